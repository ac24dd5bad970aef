//! Readers and writers that break off at any byte: nothing is lost, nothing is read too far, nothing is held back.

use std::{
    io::{self, Cursor, ErrorKind::*, Read, Write},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use foretell::{
    DecodeOptions, Decoder, EncodeOptions, Encoder, Error, ErrorKind, IndexedReader, Level, Method, Progress,
    decompress, write::AutoFinish,
};
use foretell_testkit::{
    Part, Random, compress, frame_of, gzip, mutate,
    properties::{BreaksOff, decode_from},
    text,
};

/// What a caller is to try again after.
pub const TRANSIENT: [io::ErrorKind; 3] = [WouldBlock, TimedOut, Interrupted];

pub fn fast() -> EncodeOptions {
    EncodeOptions::new().level(Level::FASTEST).built_in_prior(false)
}

/// A frame of several short blocks, so that it ends with an index.
pub fn indexed() -> Vec<u8> {
    flushed(&fast().method(Method::Huffman))
}

/// A frame that was flushed several times.
fn flushed(options: &EncodeOptions) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new(), options);
    for piece in text()[..400].chunks(150) {
        encoder.write_all(piece).unwrap();
        encoder.flush().unwrap();
    }
    encoder.finish().unwrap()
}

/// Frames of each method, one with an index, several joined, and with zeros at the end.
pub fn streams() -> Vec<Vec<u8>> {
    let some = &text()[..300];
    let mut all: Vec<_> =
        [Method::Store, Method::Huffman, Method::Neural].map(|method| compress(some, &fast().method(method))).into();
    all.push(compress(&gzip(&some.repeat(2), 6), &fast()));
    all.push(frame_of(&[Part::Stored(b"abc"), Part::Copied(b"bcbcbc", 2), Part::Stored(b"d")]));
    all.push(indexed());
    all.push(flushed(&fast()));
    all.push([&all[0][..], &all[4], &indexed(), &[0; 9], &compress(b"", &fast()), &[0; 5]].concat());
    all
}

/// Fails once, at byte `at`.
pub struct FailsOnce<'a> {
    pub data: &'a [u8],
    pub at: usize,
    pub error: Option<io::Error>,
}

impl Read for FailsOnce<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == 0
            && let Some(error) = self.error.take()
        {
            return Err(error);
        }
        let most = if self.error.is_some() { self.at } else { usize::MAX };
        let n = out.len().min(most);
        let n = self.data.read(&mut out[..n])?;
        self.at = self.at.saturating_sub(n);
        Ok(n)
    }
}

/// Reads all, and tries again after transient errors; gives back the content and these errors.
pub fn read_stubbornly(reader: &mut impl Read) -> io::Result<(Vec<u8>, Vec<io::ErrorKind>)> {
    let (mut content, mut errors, mut piece) = (vec![], vec![], [0; 64]);
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok((content, errors)),
            Ok(n) => content.extend_from_slice(&piece[..n]),
            Err(error) if TRANSIENT.contains(&error.kind()) => errors.push(error.kind()),
            Err(error) => return Err(error),
        }
    }
}

#[test]
fn a_reader_that_is_not_ready_at_any_byte_costs_nothing() {
    for (i, coded) in streams().iter().enumerate() {
        let content = decompress(coded).unwrap();
        for at in 0..=coded.len() {
            let kind = TRANSIENT[at % 3];
            for threads in [1, 3] {
                let reader = FailsOnce { data: coded, at, error: Some(kind.into()) };
                let mut decoder = Decoder::new(reader, &DecodeOptions::new().threads(threads));
                let (found, errors) = read_stubbornly(&mut decoder).unwrap();
                assert!(found == content, "stream {i}, byte {at}, {threads} threads");
                assert!(!decoder.trailing_garbage());
                // With several threads, the decoder gives out a finished block instead.
                assert!(errors == [kind] || threads > 1 && errors.is_empty(), "stream {i}, byte {at}: {errors:?}");
            }
        }
    }
}

/// Gives `step` bytes and an error by turns.
pub struct Stutters<'a> {
    pub data: &'a [u8],
    pub step: usize,
    pub turn: usize,
}

impl Read for Stutters<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn % 2 == 1 {
            return Err(TRANSIENT[self.turn / 2 % 3].into());
        }
        let n = out.len().min(self.step);
        self.data.read(&mut out[..n])
    }
}

#[test]
fn a_reader_that_is_not_ready_every_other_time_costs_nothing() {
    for coded in streams() {
        let content = decompress(&coded).unwrap();
        for step in [1, 2, 7, 100] {
            for threads in [1, 3] {
                let reader = Stutters { data: &coded, step, turn: 0 };
                let (found, errors) =
                    read_stubbornly(&mut Decoder::new(reader, &DecodeOptions::new().threads(threads))).unwrap();
                assert!(found == content, "steps of {step}, {threads} threads");
                assert!(errors.len() > coded.len() / step / 8);
            }
        }
    }
}

#[test]
fn damage_is_the_same_whether_the_reader_breaks_off_or_not() {
    let streams = streams();
    for case in 0..3000 {
        let mut random = Random(case);
        let coded = &streams[random.below(streams.len())];
        let bad = mutate(coded, &mut random);
        let broken = decode_from(BreaksOff { data: &bad, turn: case as usize % 7 });
        assert!(broken == decode_from(bad.as_slice()), "case {case}: {broken:?}");
    }
}

#[test]
fn what_was_read_is_given_out_before_an_error_of_the_reader() {
    let coded = indexed();
    let first = Decoder::new(coded.as_slice(), &DecodeOptions::new()).read(&mut [0; 1000]).unwrap();
    for threads in [1, 2, 3] {
        for kind in TRANSIENT {
            // The index is not there, and will not come.
            let reader = (&coded[..coded.len() - 20]).chain(FailsAlways(kind));
            let mut decoder = Decoder::new(reader, &DecodeOptions::new().threads(threads));
            let mut content = vec![0; 400];
            decoder.read_exact(&mut content).unwrap();
            assert!(content == text()[..400]);
            assert!((0..3).all(|_| decoder.read(&mut [0]).unwrap_err().kind() == kind));
        }
        // A final error waits for its turn too, and every later read returns it again.
        let reader = (&coded[..coded.len() - 20]).chain(FailsAlways(ConnectionReset));
        let mut decoder = Decoder::new(reader, &DecodeOptions::new().threads(threads));
        let mut content = vec![];
        let error = decoder.read_to_end(&mut content).unwrap_err();
        assert_eq!((content.len(), error.kind()), (400, ConnectionReset));
        assert!(first < 400 && (0..3).all(|_| decoder.read(&mut [0]).unwrap_err().kind() == ConnectionReset));
    }
}

struct FailsAlways(io::ErrorKind);

impl Read for FailsAlways {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
}

#[test]
fn an_error_told_again_is_the_same() {
    let coded = indexed();
    let errors: [fn() -> io::Error; 3] =
        [|| io::Error::from_raw_os_error(5), || ConnectionAborted.into(), || io::Error::other("the tape is torn")];
    for at in [0, 2, 5, 12, 40, coded.len() - 3] {
        for (threads, error) in [1, 3].into_iter().flat_map(|threads| errors.map(|error| (threads, error))) {
            let reader = FailsOnce { data: &coded, at, error: Some(error()) };
            let mut decoder = Decoder::new(reader, &DecodeOptions::new().threads(threads));
            let first = decoder.read_to_end(&mut vec![]).unwrap_err();
            for told in [first, decoder.read(&mut [0]).unwrap_err(), decoder.read(&mut [0]).unwrap_err()] {
                assert_eq!((told.kind(), told.raw_os_error()), (error().kind(), error().raw_os_error()));
                assert_eq!(told.to_string(), error().to_string());
                assert_eq!(Error::from(told).kind(), ErrorKind::Io);
            }
        }
    }
    let mut damaged = coded.clone();
    damaged[30] ^= 1;
    let mut decoder = Decoder::new(damaged.as_slice(), &DecodeOptions::new());
    let told = [(); 3].map(|()| Error::from(decoder.read_to_end(&mut vec![]).unwrap_err()));
    assert!(told.iter().all(|error| error.kind() == told[0].kind() && error.to_string() == told[0].to_string()));
}

#[test]
fn a_single_frame_ends_where_it_ends() {
    for coded in &streams()[..6] {
        let content = decompress(coded).unwrap();
        for tail in [&b"NEXT PART"[..], b"", b"\0\0", b"\xf0re", coded] {
            for threads in [1, 3] {
                let stream = [coded, tail].concat();
                let mut decoder =
                    Decoder::new(stream.as_slice(), &DecodeOptions::new().threads(threads).single_frame(true));
                let mut found = vec![];
                decoder.read_to_end(&mut found).unwrap();
                assert!(found == content);
                assert_eq!(decoder.read(&mut [0]).unwrap(), 0);
                assert_eq!((decoder.frames(), decoder.trailing_garbage(), decoder.remainder()), (1, false, &b""[..]));
                assert!(decoder.into_inner() == tail);
            }
        }
    }
}

#[test]
fn what_follows_the_last_frame_can_be_had_whole() {
    let coded = compress(b"content", &fast());
    for tail in [&b"NEXT PART"[..], b"N", b"", b"\xf0", b"\xf0rXY", b"\xf0r"] {
        let stream = [&coded, &[0; 3][..], tail].concat();
        let mut decoder = Decoder::new(stream.as_slice(), &DecodeOptions::new());
        decoder.read_to_end(&mut vec![]).unwrap();
        let rest = [decoder.remainder(), decoder.get_ref()].concat();
        assert_eq!(rest, tail);
    }
}

#[test]
fn several_threads_give_out_what_is_ready_before_they_read_on() {
    /// Waits before the second block until the first is done, and takes note of being asked for the third.
    struct Waits<'a> {
        data: &'a [u8],
        second: usize,
        third: usize,
        read: usize,
        progress: Arc<Progress>,
        is_third_asked_for: Arc<Mutex<bool>>,
    }
    impl Read for Waits<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.read == self.second {
                wait_until(|| self.progress.raw() >= 100);
                // From there to the end of the job it is microseconds.
                thread::sleep(Duration::from_millis(500));
            }
            *self.is_third_asked_for.lock().unwrap() |= self.read >= self.third;
            let bounds = [self.second, self.third, self.data.len()];
            let most = bounds.into_iter().find(|&bound| bound > self.read).unwrap_or(self.read) - self.read;
            let n = out.len().min(most);
            out[..n].copy_from_slice(&self.data[self.read..self.read + n]);
            self.read += n;
            Ok(n)
        }
    }
    let mut encoder = Encoder::new(Vec::new(), &fast());
    let mut ends = vec![];
    for piece in text().chunks(100).take(5) {
        encoder.write_all(piece).unwrap();
        encoder.flush().unwrap();
        ends.push(encoder.get_ref().len());
    }
    let coded = encoder.finish().unwrap();
    let (progress, is_third_asked_for) = (Arc::new(Progress::default()), Arc::new(Mutex::new(false)));
    let reader = Waits {
        data: &coded,
        second: ends[0],
        third: ends[1],
        read: 0,
        progress: Arc::clone(&progress),
        is_third_asked_for: Arc::clone(&is_third_asked_for),
    };
    let mut decoder = Decoder::new(reader, &DecodeOptions::new().threads(3).progress(progress));
    assert_eq!(decoder.read(&mut [0; 1000]).unwrap(), 100);
    assert!(!*is_third_asked_for.lock().unwrap());
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came about");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Takes `step` bytes and gives an error by turns, for flushing too.
pub struct Grudging {
    pub taken: Vec<u8>,
    pub step: usize,
    pub turn: usize,
}

impl Grudging {
    pub fn new(step: usize) -> Self {
        Self { taken: vec![], step, turn: 0 }
    }

    fn agree(&mut self) -> io::Result<()> {
        self.turn += 1;
        if self.turn % 2 == 1 { Err(TRANSIENT[self.turn / 2 % 3].into()) } else { Ok(()) }
    }
}

impl Write for Grudging {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.agree()?;
        let n = bytes.len().min(self.step);
        self.taken.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.agree()
    }
}

/// Makes a call again until it succeeds; its transient errors are counted.
pub fn insist<T>(errors: &mut usize, mut call: impl FnMut() -> io::Result<T>) -> T {
    loop {
        match call() {
            Ok(done) => return done,
            Err(error) => assert!(TRANSIENT.contains(&error.kind()), "{error}"),
        }
        *errors += 1;
    }
}

/// Writes `content` in pieces, flushes after each, and finishes, however often that must be tried; tells how often.
fn write_stubbornly<W: Write>(encoder: &mut Encoder<W>, content: &[u8], piece: usize) -> usize {
    let mut errors = 0;
    for mut piece in content.chunks(piece) {
        while !piece.is_empty() {
            piece = &piece[insist(&mut errors, || encoder.write(piece))..];
        }
        insist(&mut errors, || encoder.flush());
    }
    insist(&mut errors, || encoder.try_finish());
    assert_eq!(encoder.total_in(), content.len() as u64);
    errors
}

#[test]
fn a_writer_that_is_not_ready_every_other_time_gets_the_same_bytes() {
    let repeats = Random(3).bytes(1 << 20).repeat(4);
    for (method, content, piece, step) in [
        (Method::Neural, &text()[..1000], 400, 1),
        (Method::Huffman, &Random(1).bytes(1000).repeat(400), 150_000, 1000),
        (Method::Store, &Random(2).bytes(200_000), 70_000, 4096),
        // Copies go on over flushes, and over those that must be repeated.
        (Method::Copy, &repeats, 1_300_000, 1 << 16),
    ] {
        for threads in [1, 3] {
            let options = fast().method(method).threads(threads).content_size(content.len() as u64);
            let mut plain = Encoder::new(Vec::new(), &options);
            assert_eq!(write_stubbornly(&mut plain, content, piece), 0);
            let plain = plain.finish().unwrap();
            assert!(decompress(&plain).unwrap() == content);

            let mut encoder = Encoder::new(Grudging::new(step), &options);
            let errors = write_stubbornly(&mut encoder, content, piece);
            assert!(errors >= 4, "{errors}");
            assert!(encoder.get_ref().taken == plain, "{method:?}, {threads} threads");
            // Nothing more comes of trying again, and nothing can be added.
            insist(&mut 0, || encoder.try_finish());
            insist(&mut 0, || encoder.flush());
            assert_eq!(encoder.write(b"more").unwrap_err().kind(), InvalidInput);
            assert!(encoder.get_ref().taken == plain);
        }
    }
}

/// Fails at its call number `at`, once.
pub struct FailsAt {
    pub taken: Vec<u8>,
    pub at: usize,
    pub calls: usize,
    pub kind: io::ErrorKind,
}

impl FailsAt {
    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        if self.calls - 1 == self.at { Err(self.kind.into()) } else { Ok(()) }
    }
}

impl Write for FailsAt {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.call()?;
        let n = bytes.len().min(5000);
        self.taken.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.call()
    }
}

#[test]
fn an_error_of_the_writer_says_that_nothing_was_taken_and_is_told_once() {
    let content = Random(5).bytes(200_000);
    let options = fast().method(Method::Store).block_len(1 << 16).unwrap();
    let plain = compress(&content, &options);
    for kind in [StorageFull, WouldBlock, Interrupted] {
        for at in 0.. {
            let writer = FailsAt { taken: vec![], at, calls: 0, kind };
            let mut encoder = Encoder::new(writer, &options.clone().content_size(content.len() as u64));
            let mut told = 0;
            let mut again = |done: io::Result<usize>| {
                done.unwrap_or_else(|error| {
                    assert_eq!(error.kind(), kind);
                    told += 1;
                    0
                })
            };
            let mut rest = content.as_slice();
            while !rest.is_empty() {
                rest = &rest[again(encoder.write(rest))..];
            }
            while again(encoder.try_finish().map(|()| 1)) == 0 {}
            assert!(encoder.get_ref().taken == plain, "{kind:?}, call {at}");
            let has_failed = encoder.get_ref().calls > at;
            // A writer that is not ready is asked again in any case; another error may come only once.
            assert!(told == usize::from(has_failed) || kind != StorageFull && told == 0, "{kind:?}, call {at}");
            if !has_failed {
                break;
            }
        }
    }
}

#[test]
fn finish_goes_on_after_an_interruption() {
    for at in 0..3 {
        let writer = FailsAt { taken: vec![], at, calls: 0, kind: Interrupted };
        let mut encoder = Encoder::new(writer, &fast());
        // What `write_all` does.
        insist(&mut 0, || encoder.write(b"some content"));
        assert_eq!(decompress(&encoder.finish().unwrap().taken).unwrap(), b"some content");
    }
}

#[test]
fn a_block_is_in_the_writer_when_the_write_that_completes_it_returns() {
    let content: Vec<u8> = Random(9).bytes(4 << 16).iter().map(|byte| byte & 15).collect();
    let options = fast().block_len(1 << 16).unwrap();
    let mut encoder = Encoder::new(Vec::new(), &options);
    for (i, block) in content.chunks(1 << 16).enumerate() {
        assert_eq!(encoder.write(block).unwrap(), block.len());
        let mut so_far = vec![0; (i + 1) << 16];
        Decoder::new(encoder.get_ref().as_slice(), &DecodeOptions::new()).read_exact(&mut so_far).unwrap();
        assert!(content.starts_with(&so_far));
    }
}

#[test]
fn with_several_threads_a_block_is_in_the_writer_once_it_is_ready_and_any_call_is_made() {
    let content: Vec<u8> = Random(9).bytes(1 << 16).iter().map(|byte| byte & 15).collect();
    let mut encoder = Encoder::new(Vec::new(), &fast().block_len(1 << 16).unwrap().threads(3));
    encoder.write_all(&content).unwrap();
    wait_until(|| encoder.write(b"").unwrap() == 0 && encoder.get_ref().len() > 1000);
    let mut found = vec![0; content.len()];
    Decoder::new(encoder.get_ref().as_slice(), &DecodeOptions::new()).read_exact(&mut found).unwrap();
    assert!(found == content);
}

#[test]
fn a_promise_of_size_can_still_be_kept_after_finishing_too_early() {
    let mut encoder = Encoder::new(Vec::new(), &fast().content_size(10));
    encoder.write_all(b"12345").unwrap();
    assert!(encoder.try_finish().is_err());
    encoder.write_all(b"67890").unwrap();
    assert_eq!(decompress(&encoder.finish().unwrap()).unwrap(), b"1234567890");
}

#[test]
fn dropping_finishes_if_that_was_asked_for_and_tells_who_wants_to_know() {
    let mut coded = vec![];
    let mut writer: AutoFinish<_> = Encoder::new(&mut coded, &fast()).auto_finish();
    writer.write_all(b"to be dropped").unwrap();
    writer.flush().unwrap();
    drop(writer);
    assert_eq!(decompress(&coded).unwrap(), b"to be dropped");

    let mut told = None;
    let mut room = [0; 15];
    let mut writer = Encoder::new(&mut room[..], &fast()).on_finish(|done| told = Some(done.map(drop)));
    writer.write_all(b"to be dropped").unwrap();
    drop(writer);
    assert_eq!(told.unwrap().unwrap_err().kind(), WriteZero);
}

#[test]
fn a_panic_does_not_make_what_broke_off_look_whole() {
    let coded = Arc::new(Mutex::new(vec![]));
    struct Shared(Arc<Mutex<Vec<u8>>>);
    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let writer = Shared(Arc::clone(&coded));
    let broken = thread::spawn(move || {
        let mut writer = Encoder::new(writer, &fast()).auto_finish();
        writer.write_all(b"the first half, ").unwrap();
        panic!("as this test wants it");
    });
    assert!(broken.join().is_err());
    assert!(decompress(&coded.lock().unwrap()).is_err());
}

#[test]
fn a_file_whose_reader_fails_once_can_be_read_on() {
    /// Fails at its read number `at`, once.
    struct FailsAt(Cursor<Vec<u8>>, usize, usize);
    impl Read for FailsAt {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1 == self.2 { Err(io::ErrorKind::TimedOut.into()) } else { self.0.read(out) }
        }
    }
    impl io::Seek for FailsAt {
        fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    // The last block is a copy of copies: after a failure on the way to it, no half-made block may be used.
    let (a, b) = (Random(1).bytes(50), Random(2).bytes(30));
    let parts = [Part::Stored(&a), Part::Stored(&b), Part::Copied(&a, 80), Part::Copied(&b, 80), Part::Copied(&a, 80)];
    let (coded, content) = (frame_of(&parts), [&a[..], &b, &a, &b, &a].concat());
    for at in 1.. {
        let Ok(mut reader) = IndexedReader::new(FailsAt(Cursor::new(coded.clone()), 0, at), &DecodeOptions::new())
        else {
            continue;
        };
        let mut has_failed = false;
        for start in [160, 0, 160, 50, 170, 80, 0] {
            let mut found = vec![0; 40];
            io::Seek::seek(&mut reader, io::SeekFrom::Start(start as u64)).unwrap();
            match reader.read_exact(&mut found) {
                Ok(()) => assert!(found == content[start..start + 40], "read {at}, from {start}"),
                Err(error) => {
                    assert!(error.kind() == io::ErrorKind::TimedOut && !has_failed, "read {at}, from {start}: {error}");
                    has_failed = true;
                }
            }
        }
        if !has_failed && at > 20 {
            break;
        }
    }
}
