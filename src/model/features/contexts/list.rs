//! The form of a list of contexts: a name and two numbers on each line.

pub use crate::model::features::expected::Expected;
use crate::model::features::{hash::hash, history::History};

/// The most contexts that a level may use: the length of each list.
pub const MAX_CONTEXTS: usize = TIERS * TIER;
pub const TIERS: usize = 8;
/// Contexts in a tier.
pub const TIER: usize = 4;

/// Two numbers that together say what a context is; its place in the list keeps it apart from the others.
pub type Context = (u64, u64);
/// Computes the contexts of a tier.
pub type Tier = fn(&History, &Expected) -> [Context; TIER];

/// Declares the contexts of one kind of data. `$view` computes the values that several lines of a tier use. Bytes in
/// names are counted back from the next one, which is byte 0.
macro_rules! contexts {
    ($view:ident($h:ident, $e:ident) as $v:ident: $($tier:ident { $($name:literal => $context:expr,)+ })+) => {
        /// What the contexts see.
        pub const NAMES: [&str; super::list::MAX_CONTEXTS] = [$($($name,)+)+];
        /// The functions that compute the contexts.
        pub const TIERS: [super::list::Tier; super::list::TIERS] = [$($tier),+];
        $(
            fn $tier($h: &History, $e: &super::list::Expected) -> [super::list::Context; super::list::TIER] {
                let $v = $view($h, $e);
                // Not every tier uses all three.
                let _ = (&$v, $e);
                [$($context,)+]
            }
        )+
    };
}
pub(super) use contexts;

/// The last `n` bytes.
#[inline(always)]
pub fn last(history: &History, n: u32) -> u64 {
    history.last8 & (u64::MAX >> (64 - 8 * n))
}

/// Several numbers as one.
#[inline(always)]
pub fn mix(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0, |mixed, &number| hash(mixed, number.wrapping_add(1))) >> 8
}
