//! Zeroed memory for rows that are looked up by hash.

use memmap2::{Advice, MmapMut};

use crate::{Error, ErrorKind, Result, math::F32x16};

/// Tables from this size on ask for huge pages: their rows are looked up at random, and would miss the TLB each time.
const HUGE_FROM: usize = 1 << 22;

/// 2^bits rows of 16 lanes. A page of it takes memory only when one of its rows is first written.
#[derive(Debug)]
pub struct Table {
    map: MmapMut,
    shift: u32,
}

impl Table {
    /// All rows zero. `bits` ≤ 32.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryLimit`] if the system has not enough memory.
    pub fn new(bits: u32) -> Result<Self> {
        let bytes = size_of::<F32x16>() << bits;
        let map = MmapMut::map_anon(bytes).map_err(|_| {
            Error::new(ErrorKind::MemoryLimit, format!("the model needs {bytes} bytes of memory, which the system has not"))
        })?;
        #[cfg(target_os = "linux")]
        if bytes >= HUGE_FROM {
            // Only advice: without it everything is the same but slower.
            let _ = map.advise(Advice::HugePage);
        }
        Ok(Self { map, shift: 32 - bits })
    }

    /// The row of `hash`, chosen by its upper bits.
    #[inline(always)]
    pub fn row(&self, hash: u32) -> &F32x16 {
        let rows: &[F32x16] = bytemuck::cast_slice(&self.map);
        &rows[(hash >> self.shift) as usize]
    }

    /// The row of `hash`, to be changed.
    #[inline(always)]
    pub fn row_mut(&mut self, hash: u32) -> &mut F32x16 {
        let rows: &mut [F32x16] = bytemuck::cast_slice_mut(&mut self.map);
        &mut rows[(hash >> self.shift) as usize]
    }
}
