//! Is there memory for what is to come?

use std::hint::black_box;

use crate::{Error, Result};

/// What small things take beside the large ones that are counted: buffers, lists, text.
const SMALL: u64 = 1 << 20;

/// Makes sure that the system has `bytes` of memory to give, and some for small things. Asked before work begins, as
/// memory that runs out amid it mostly ends the process: only few allocations can fail and be told of.
///
/// # Errors
/// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if it has not.
pub fn ensure(bytes: u64) -> Result<()> {
    let mut probe = Vec::<u8>::new();
    let reserved = usize::try_from(bytes + SMALL).is_ok_and(|bytes| probe.try_reserve_exact(bytes).is_ok());
    // What nobody looks at, the compiler need not allocate.
    black_box(&probe);
    if reserved { Ok(()) } else { Err(Error::no_memory(bytes + SMALL)) }
}
