//! Numbers that were found by trying. In a normal build each is a constant. With the feature `lab` the laboratory sets
//! them by name while it runs, to try others (`docs/LAB.md`).

/// Declares numbers, each with the range in which the laboratory looks for better ones. The name that it knows them by
/// is that of the module below `model` and the constant's: `mix.mixer.BOOST`. A use is `BOOST.get()`.
macro_rules! tuned {
    ($($(#[$doc:meta])* $vis:vis $name:ident: $type:ty = $value:expr, in $least:literal..=$most:literal;)+) => {$(
        $(#[$doc])*
        #[cfg(not(feature = "lab"))]
        $vis const $name: $crate::model::tuned::Tuned<$type> = $crate::model::tuned::Tuned::new($value);
        $(#[$doc])*
        #[cfg(feature = "lab")]
        $vis static $name: $crate::model::tuned::Tuned<$type> =
            $crate::model::tuned::Tuned::new(concat!(module_path!(), "::", stringify!($name)), $value, $least as f64, $most as f64);
    )+};
}
pub(crate) use tuned;

#[cfg(not(feature = "lab"))]
pub use fixed::Tuned;
#[cfg(feature = "lab")]
pub use settable::{Setting, Tuned, set, settings, value_of};

#[cfg(not(feature = "lab"))]
mod fixed {
    /// A number.
    #[derive(Clone, Copy, Debug)]
    pub struct Tuned<T>(T);

    impl<T: Copy> Tuned<T> {
        /// This number.
        pub const fn new(value: T) -> Self {
            Self(value)
        }

        /// The number.
        #[inline(always)]
        pub const fn get(self) -> T {
            self.0
        }
    }
}

#[cfg(feature = "lab")]
mod settable {
    use std::{
        collections::BTreeMap,
        sync::{
            Mutex, MutexGuard, PoisonError,
            atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
        },
    };

    /// What the laboratory knows of a number.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Setting {
        /// What it is in a normal build.
        pub default: f64,
        /// What it is now.
        pub value: f64,
        /// The least that is tried.
        pub least: f64,
        /// The most that is tried.
        pub most: f64,
    }

    /// Each number that was asked for since the program began, by name.
    static SETTINGS: Mutex<BTreeMap<String, Setting>> = Mutex::new(BTreeMap::new());
    /// How often numbers were set; begins at 1, so that a [`Tuned`] of zeros has not been looked up yet.
    static GENERATION: AtomicU32 = AtomicU32::new(1);

    fn lock() -> MutexGuard<'static, BTreeMap<String, Setting>> {
        SETTINGS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers that were asked for until now. A network that has learnt from a few kilobytes has asked for all that
    /// its level uses.
    pub fn settings() -> Vec<(String, Setting)> {
        lock().iter().map(|(name, setting)| (name.clone(), *setting)).collect()
    }

    /// Sets the number of this name for all networks from now on; whether there is one. Networks that are at work would
    /// get other numbers in between: there should be none.
    pub fn set(name: &str, value: f64) -> bool {
        let mut settings = lock();
        let Some(setting) = settings.get_mut(name) else { return false };
        setting.value = value;
        GENERATION.fetch_add(1, Relaxed);
        true
    }

    /// The number of this name, for those that are not declared by `tuned!`.
    pub fn value_of(name: &str, default: f32, least: f64, most: f64) -> f32 {
        let default = f64::from(default);
        let setting = Setting { default, value: default, least, most };
        lock().entry(name.to_owned()).or_insert(setting).value as f32
    }

    /// A number that can be set.
    #[derive(Debug)]
    pub struct Tuned<T> {
        path: &'static str,
        default: T,
        least: f64,
        most: f64,
        /// The generation in which the number was looked up, and its bits.
        found: AtomicU64,
    }

    impl<T: Number> Tuned<T> {
        /// The number that a normal build has, by the path of its constant.
        pub const fn new(path: &'static str, default: T, least: f64, most: f64) -> Self {
            Self { path, default, least, most, found: AtomicU64::new(0) }
        }

        /// The number as it is set.
        #[inline]
        pub fn get(&self) -> T {
            let (generation, found) = (GENERATION.load(Relaxed), self.found.load(Relaxed));
            if (found >> 32) as u32 == generation { T::from_bits(found as u32) } else { self.look_up(generation) }
        }

        #[cold]
        fn look_up(&self, generation: u32) -> T {
            let path = self.path.split_once("::model::").map_or(self.path, |(_, path)| path);
            let default = self.default.to_f64();
            let setting = Setting { default, value: default, least: self.least, most: self.most };
            let number = T::from_f64(lock().entry(path.replace("::", ".")).or_insert(setting).value);
            self.found.store(u64::from(generation) << 32 | u64::from(number.to_bits()), Relaxed);
            number
        }
    }

    /// A type of number of at most 32 bits, or one that is not larger than they hold.
    pub trait Number: Copy {
        fn from_f64(value: f64) -> Self;
        fn to_f64(self) -> f64;
        fn from_bits(bits: u32) -> Self;
        fn to_bits(self) -> u32;
    }

    impl Number for f32 {
        fn from_f64(value: f64) -> Self {
            value as Self
        }
        fn to_f64(self) -> f64 {
            f64::from(self)
        }
        fn from_bits(bits: u32) -> Self {
            Self::from_bits(bits)
        }
        fn to_bits(self) -> u32 {
            self.to_bits()
        }
    }

    macro_rules! whole {
        ($($type:ty)+) => {$(
            impl Number for $type {
                fn from_f64(value: f64) -> Self {
                    value.round() as Self
                }
                fn to_f64(self) -> f64 {
                    self as f64
                }
                fn from_bits(bits: u32) -> Self {
                    bits as Self
                }
                fn to_bits(self) -> u32 {
                    self as u32
                }
            }
        )+};
    }
    whole!(u32 usize);
}
