//! Content that must come back.

/// [`foretell::compress`], for tests that have the memory.
#[track_caller]
pub fn compress(content: &[u8], options: &foretell::EncodeOptions) -> Vec<u8> {
    foretell::compress(content, options).unwrap()
}

/// Compresses `content` and decompresses it again, which must give it back; says how many bytes it took meanwhile,
/// which must not be much more than stored.
#[track_caller]
pub fn round_trip(content: &[u8], options: &foretell::EncodeOptions) -> usize {
    let coded = compress(content, options);
    assert!(foretell::decompress(&coded).unwrap() == content, "{} bytes, {options:?}", content.len());
    let limit = content.len() + content.len() / 1000 + 64;
    assert!(coded.len() <= limit, "{} bytes became {}, {options:?}", content.len(), coded.len());
    coded.len()
}
