//! Zeroed memory for rows that are looked up by hash.

use std::marker::PhantomData;

use bytemuck::Pod;
use memmap2::MmapMut;

use crate::{Error, ErrorKind, Result};

/// Tables from this size on ask for huge pages: their rows are looked up at random, and would miss the TLB each time.
const HUGE_FROM: usize = 1 << 22;

/// 2^bits rows of type `T`. A page of them takes memory only once one of its rows is written.
#[derive(Debug)]
pub struct Table<T> {
    map: MmapMut,
    shift: u32,
    rows: PhantomData<T>,
}

impl<T: Pod> Table<T> {
    /// All rows zero; `bits` is 1 to 32.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryLimit`] if the system does not have the memory.
    pub fn new(bits: u32) -> Result<Self> {
        let bytes = size_of::<T>() << bits;
        let map = MmapMut::map_anon(bytes).map_err(|_| {
            Error::new(
                ErrorKind::MemoryLimit,
                format!("the system does not give the {bytes} bytes that the model needs"),
            )
        })?;
        if bytes >= HUGE_FROM {
            advise_huge_pages(&map);
        }
        Ok(Self { map, shift: 64 - bits, rows: PhantomData })
    }

    /// Where the row of `hash` is: its upper bits.
    #[inline(always)]
    pub fn place(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    /// All rows.
    #[inline(always)]
    pub fn rows(&self) -> &[T] {
        bytemuck::cast_slice(&self.map)
    }

    /// All rows, to be changed.
    #[inline(always)]
    pub fn rows_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut self.map)
    }

    /// The row of `hash`.
    #[inline(always)]
    pub fn row(&self, hash: u64) -> &T {
        &self.rows()[self.place(hash)]
    }

    /// The row of `hash`, to be changed.
    #[inline(always)]
    pub fn row_mut(&mut self, hash: u64) -> &mut T {
        let place = self.place(hash);
        &mut self.rows_mut()[place]
    }
}

/// Asks for the cache line of `value` to be near soon. Has no other effect.
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

/// Only advice: where it is not taken everything is the same but slower.
#[cfg(target_os = "linux")]
fn advise_huge_pages(map: &MmapMut) {
    let _ = map.advise(memmap2::Advice::HugePage);
}

#[cfg(not(target_os = "linux"))]
fn advise_huge_pages(_: &MmapMut) {}
