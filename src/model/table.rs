//! Zeroed memory for rows that are looked up by hash.

use memmap2::MmapMut;

use crate::{Error, ErrorKind, Result, math::F32x16};

/// Tables from this size on ask for huge pages: their rows are looked up at random, and would miss the TLB each time.
const HUGE_FROM: usize = 1 << 24;

/// 2^bits rows of 16 lanes. A page of it takes memory only once one of its rows is written.
#[derive(Debug)]
pub struct Table {
    map: MmapMut,
    shift: u32,
}

impl Table {
    /// All rows zero; `bits` is 1 to 32.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryLimit`] if the system does not have the memory.
    pub fn new(bits: u32) -> Result<Self> {
        let bytes = size_of::<F32x16>() << bits;
        let map = MmapMut::map_anon(bytes).map_err(|_| {
            Error::new(
                ErrorKind::MemoryLimit,
                format!("the system does not give the {bytes} bytes that the model needs"),
            )
        })?;
        if bytes >= HUGE_FROM {
            advise_huge_pages(&map);
        }
        Ok(Self { map, shift: 32 - bits })
    }

    /// The row of `hash`, chosen by its upper bits.
    #[inline(always)]
    pub fn row(&self, hash: u32) -> &F32x16 {
        let rows: &[F32x16] = bytemuck::cast_slice(&self.map);
        &rows[(hash >> self.shift) as usize]
    }

    /// Asks for the row of `hash` to be in the cache soon. Has no other effect.
    #[inline(always)]
    pub fn prefetch(&self, hash: u32) {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            // SAFETY: SSE is part of x86-64, and a prefetch reads nothing and cannot fault, whatever the address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(self.row(hash)).cast()) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = hash;
    }

    /// The row of `hash`, to be changed.
    #[inline(always)]
    pub fn row_mut(&mut self, hash: u32) -> &mut F32x16 {
        let rows: &mut [F32x16] = bytemuck::cast_slice_mut(&mut self.map);
        &mut rows[(hash >> self.shift) as usize]
    }
}

/// Only advice: where it is not taken everything is the same but slower.
#[cfg(target_os = "linux")]
fn advise_huge_pages(map: &MmapMut) {
    let _ = map.advise(memmap2::Advice::HugePage);
}

#[cfg(not(target_os = "linux"))]
fn advise_huge_pages(_: &MmapMut) {}
