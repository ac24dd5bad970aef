//! Deflate streams as other programs write them.

use foretell::unstable::deflate::{Dialect, Family, Sink, Token, Trailer, Work, deflate};

/// `content`, deflated.
pub fn deflated(content: &[u8], family: Family, level: u8) -> Vec<u8> {
    struct Stream(Vec<u8>);
    impl Sink for Stream {
        fn token(&mut self, _: Token) -> bool {
            true
        }
        fn bytes(&mut self, bytes: &[u8]) -> bool {
            self.0.extend_from_slice(bytes);
            true
        }
    }
    let mut stream = Stream(vec![]);
    assert!(deflate(content, Dialect { family, level }, &mut Work::new(u64::MAX), &mut stream));
    stream.0
}

/// What GNU gzip makes of `content` without a name.
pub fn gzip(content: &[u8], level: u8) -> Vec<u8> {
    let effort = [0, 4, 0, 0, 0, 0, 0, 0, 0, 2][usize::from(level)];
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, 3];
    [&header[..], &deflated(content, Family::Gzip, level), &Trailer::Gzip.bytes(content)].concat()
}
