//! Hashes → rows in zeroed memory.

use std::marker::PhantomData;

use bytemuck::Pod;

use crate::{Error, Result};

/// Tables of at least this many bytes ask for huge pages: their rows are looked up at random, and each would miss the
/// TLB (docs/EXPERIMENTS.md, "Speed of model 1").
#[cfg(target_os = "linux")]
const HUGE_FROM: usize = 1 << 22;

/// Tables of at most this many bytes are taken from the system at once.
#[cfg(any(unix, windows))]
const POPULATED: usize = 1 << 21;

/// Zeroed memory: mapped, and so aligned to a page, where there are pages to map.
#[cfg(any(unix, windows))]
type Memory = memmap2::MmapMut;
/// Zeroed memory: allocated, in cache lines, where nothing can be mapped, as on WebAssembly.
#[cfg(not(any(unix, windows)))]
type Memory = Box<[crate::math::F32x16]>;

/// 2^bits rows of type `T`. A page of rows takes memory only once one of them is written.
#[derive(Debug)]
pub struct Table<T> {
    /// May hold more than 2^bits rows after a restart; the others are zero.
    memory: Memory,
    /// 64 − bits.
    shift: u32,
    rows: PhantomData<T>,
}

impl<T: Pod> Table<T> {
    /// All rows zero; `bits` is 1 to 32.
    ///
    /// # Errors
    /// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory.
    pub fn new(bits: u32) -> Result<Self> {
        let bytes = (size_of::<T>() as u64) << bits;
        let memory = usize::try_from(bytes).ok().and_then(zeroed).ok_or_else(|| Error::no_memory(bytes))?;
        Ok(Self { memory, shift: 64 - bits, rows: PhantomData })
    }

    /// Zeroes all rows, and makes them 2^`bits`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn restart(&mut self, bits: u32) -> Result<()> {
        let bytes = size_of::<T>() << bits;
        if bytes > bytemuck::cast_slice::<_, u8>(&self.memory).len() {
            *self = Self::new(bits)?;
        } else {
            // Only rows that hashes led to can have been written.
            let used = size_of::<T>() << (64 - self.shift);
            bytemuck::cast_slice_mut::<_, u8>(&mut self.memory)[..used].fill(0);
            self.shift = 64 - bits;
        }
        Ok(())
    }

    /// The lowest of the bits of hashes that choose rows.
    #[inline(always)]
    pub fn shift(&self) -> u32 {
        self.shift % 64
    }

    /// The index of the row of `hash`: its upper bits.
    #[inline(always)]
    pub fn index(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    /// All rows.
    #[inline(always)]
    pub fn rows(&self) -> &[T] {
        bytemuck::cast_slice(&self.memory)
    }

    /// All rows, to be changed.
    #[inline(always)]
    pub fn rows_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut self.memory)
    }

    /// The row of `hash`.
    #[inline(always)]
    pub fn row(&self, hash: u64) -> &T {
        &self.rows()[self.index(hash)]
    }

    /// The row of `hash`, to be changed.
    #[inline(always)]
    pub fn row_mut(&mut self, hash: u64) -> &mut T {
        let index = self.index(hash);
        &mut self.rows_mut()[index]
    }
}

/// Panics if the system does not have the memory.
impl<T: Pod> Clone for Table<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::new(64 - self.shift).expect("memory for a copy of the network");
        // Rows that were never written are zero, and take no memory in the copy either.
        for (to, from) in clone.rows_mut().iter_mut().zip(self.rows()) {
            if bytemuck::bytes_of(from).iter().any(|&byte| byte != 0) {
                *to = *from;
            }
        }
        clone
    }
}

/// Starts to load the cache line of `value` into the caches. Has no other effect.
#[inline(always)]
pub fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of x86-64, and a prefetch reads nothing and cannot fault, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

/// Memory of `bytes` zeros, if the system has it.
#[cfg(any(unix, windows))]
fn zeroed(bytes: usize) -> Option<Memory> {
    // Small tables are written nearly everywhere, and taking their pages at once costs a third of one fault each.
    let mut options = memmap2::MmapOptions::new();
    options.len(bytes);
    if bytes <= POPULATED {
        options.populate();
    }
    let memory = options.map_anon().ok()?;
    #[cfg(target_os = "linux")]
    if bytes >= HUGE_FROM {
        // Only advice: where the system does not take it, everything works, but slower.
        let _ = memory.advise(memmap2::Advice::HugePage);
    }
    Some(memory)
}

/// Memory of `bytes` zeros, if the system has it. `bytes` is a multiple of a cache line, as rows are.
#[cfg(not(any(unix, windows)))]
fn zeroed(bytes: usize) -> Option<Memory> {
    bytemuck::allocation::try_zeroed_slice_box(bytes / size_of::<crate::math::F32x16>()).ok()
}
