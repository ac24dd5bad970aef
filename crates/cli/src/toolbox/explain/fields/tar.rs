//! Archives of tar → their members. Bytes go by their place in the content, so that streams may be taken apart.

use foretell::insight::Place;

use super::{
    ledger::{Id, Ledger},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// Bytes of a header, and of what all is filled up to.
const BLOCK: u64 = 512;
/// Bytes of a long name that are kept.
const MOST_NAME: usize = 4096;

/// What the next bytes of the content are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Header,
    /// The data of a member.
    Data(Id),
    /// A long name for the next member, in the manner of GNU or of POSIX.
    Name(u8),
    /// It is no header where one must be: the rest is not told apart.
    Lost,
}

/// The scanner.
#[derive(Debug)]
pub struct Tar {
    part: Part,
    /// Where the part ends in the content, and where what follows it begins.
    end: u64,
    next: u64,
    header: Vec<u8>,
    long_name: Vec<u8>,
    name: Option<Vec<u8>>,
    headers: Id,
}

impl Tar {
    pub fn new(ledger: &mut Ledger) -> Self {
        Self {
            part: Part::Header,
            end: BLOCK,
            next: BLOCK,
            header: Vec::new(),
            long_name: Vec::new(),
            name: None,
            headers: ledger.field("(headers and padding)"),
        }
    }

    /// Whether `sample` begins with a header.
    pub fn recognise(sample: &[u8]) -> bool {
        sample.len() >= BLOCK as usize && is_header(&sample[..BLOCK as usize])
    }

    /// The field of the content's byte at `at`, and where the next field begins.
    fn at(&mut self, at: u64, ledger: &mut Ledger) -> (Id, u64) {
        while at >= self.next && self.part != Part::Lost {
            self.end_part(ledger);
        }
        match self.part {
            Part::Lost => (ledger.field("(behind the archive)"), u64::MAX),
            Part::Data(member) if at < self.end => (member, self.end),
            _ if at < self.end => (self.headers, self.end),
            _ => (self.headers, self.next),
        }
    }

    /// Keeps bytes of a header or of a long name.
    fn keep(&mut self, bytes: &[u8]) {
        match self.part {
            Part::Header => {
                self.header.extend_from_slice(&bytes[..bytes.len().min(BLOCK as usize - self.header.len())])
            }
            Part::Name(_) => {
                let room = MOST_NAME - self.long_name.len();
                self.long_name.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            _ => {}
        }
    }

    /// The part has ended: what comes next?
    fn end_part(&mut self, ledger: &mut Ledger) {
        let start = self.next;
        match self.part {
            Part::Header => {
                let header = std::mem::take(&mut self.header);
                self.begin(&header, start, ledger);
                return;
            }
            Part::Name(kind) => self.name = long_name(kind, &self.long_name),
            _ => {}
        }
        self.part = Part::Header;
        (self.end, self.next) = (start + BLOCK, start + BLOCK);
    }

    /// What follows a header begins at `start`.
    fn begin(&mut self, header: &[u8], start: u64, ledger: &mut Ledger) {
        (self.end, self.next) = (start, start);
        if header.iter().all(|&byte| byte == 0) {
            // The end, which is filled up with more of them.
            (self.end, self.next) = (start + BLOCK, start + BLOCK);
            return;
        }
        let size = if is_header(header) { number(&header[124..136]) } else { None };
        let Some(size) = size.filter(|size| *size < u64::MAX / 4) else {
            self.part = Part::Lost;
            return;
        };
        self.end = start.saturating_add(size);
        self.next = start.saturating_add(size.next_multiple_of(BLOCK));
        self.part = match header[156] {
            kind @ (b'L' | b'x') => {
                self.long_name.clear();
                Part::Name(kind)
            }
            b'K' | b'g' => Part::Name(b'g'),
            _ => {
                let name = self.name.take().unwrap_or_else(|| short_name(header));
                let id = ledger.named(&name);
                ledger.count(id, 1);
                Part::Data(id)
            }
        };
    }
}

impl Scanner for Tar {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        let mut raw = match run.place {
            Place::At(raw) => raw,
            // A stream lies within a member.
            Place::Inflated { start, .. } => {
                let (field, _) = self.at(start, ledger);
                ledger.charge(field, run.bytes.len() as u64, run.sum());
                return;
            }
            _ => return,
        };
        let (mut bytes, mut bits) = (run.bytes, run.bits);
        while !bytes.is_empty() {
            let (field, end) = self.at(raw, ledger);
            let len = (end - raw).min(bytes.len() as u64) as usize;
            if raw < self.end {
                self.keep(&bytes[..len]);
            }
            ledger.charge(field, len as u64, bits[..len].iter().map(|&bits| f64::from(bits)).sum());
            (bytes, bits) = (&bytes[len..], &bits[len..]);
            raw += len as u64;
        }
    }
}

/// Whether a block is a header, by its checksum.
fn is_header(block: &[u8]) -> bool {
    let Some(sum) = block.get(148..156).and_then(number).filter(|_| block.len() == BLOCK as usize) else {
        return false;
    };
    let of_field = |at: usize| if (148..156).contains(&at) { b' ' } else { block[at] };
    sum > 256 && sum == (0..block.len()).map(|at| u64::from(of_field(at))).sum::<u64>()
}

/// A number in octal digits, or in base 256.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        return field[1..].iter().try_fold(0u64, |sum, &byte| sum.checked_mul(256)?.checked_add(byte.into()));
    }
    let digits = field.iter().skip_while(|&&byte| byte == b' ').take_while(|byte| (b'0'..=b'7').contains(byte));
    digits.into_iter().try_fold(0u64, |sum, &digit| sum.checked_mul(8)?.checked_add(u64::from(digit - b'0')))
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn short_name(header: &[u8]) -> Vec<u8> {
    let (name, prefix) = (until_zero(&header[..100]), until_zero(&header[345..500]));
    if &header[257..262] == b"ustar" && header[262] == 0 && !prefix.is_empty() {
        [prefix, b"/", name].concat()
    } else {
        name.to_vec()
    }
}

/// The name in the data of a header for long names.
fn long_name(kind: u8, data: &[u8]) -> Option<Vec<u8>> {
    match kind {
        b'L' => Some(until_zero(data).to_vec()),
        b'x' => data.split(|&byte| byte == b'\n').find_map(|record| {
            let path = record.windows(6).position(|bytes| bytes == b" path=")?;
            Some(record[path + 6..].to_vec())
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolbox::explain::fields::tests::{charged, names, tar};

    #[test]
    fn members_have_their_bytes_whatever_their_names() {
        let long = "d/".repeat(90) + "name";
        let gnu = tar("././@LongLink", b'L', format!("{long}\0").as_bytes());
        let pax = tar("pax", b'x', b"23 path=a-path-of-pax\n");
        let archive = [
            tar("one", b'0', &[1; 700]),
            gnu,
            tar("short", b'0', &[2; 512]),
            pax,
            tar("short", b'0', b"three"),
            tar("empty", b'0', b""),
            vec![0; 1024],
        ]
        .concat();
        assert!(Tar::recognise(&archive));
        let (fields, _) = charged(&archive, |ledger| Box::new(Tar::new(ledger)));
        let found = names(&fields);
        for expected in [("one", 700, 1), (&long, 512, 1), ("a-path-of-pax", 5, 1)] {
            assert!(found.contains(&expected), "{expected:?}: {found:?}");
        }
        assert_eq!(fields.iter().map(|field| field.bytes).sum::<u64>(), archive.len() as u64);
    }

    #[test]
    fn a_cut_or_false_archive_is_charged_whole() {
        let archive = [tar("one", b'0', &[1; 700]), tar("two", b'0', &[2; 10])].concat();
        let mut huge = tar("huge", b'0', b"x");
        huge[124..136].copy_from_slice(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
        for archive in [&archive[..600], &archive[..100], &huge, &[&archive[..1536], &[7; 3000]].concat()] {
            let (fields, _) = charged(archive, |ledger| Box::new(Tar::new(ledger)));
            assert_eq!(fields.iter().map(|field| field.bytes).sum::<u64>(), archive.len() as u64);
        }
    }
}
