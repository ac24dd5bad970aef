//! Files written by any version that is still read decode: every `tests/golden/vMODEL-METHOD.fore` to
//! `tests/golden/sample`, or to that many times over if the method is `copy`, which has nothing to do on short content,
//! or to what gzip makes of it if the method is `unpacked`, or to the [`parts`] between flushes if it is `segments`.
//!
//! Those of the present model version are also what compressing gives today. A new version adds files and keeps the old
//! ones; `FORETELL_WRITE_GOLDEN=1 cargo test --test library golden` writes those of the present version.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Once,
};

use foretell::{BlockKind, EncodeOptions, Encoder, Level, Method, decompress, inspect, unstable::model};
use foretell_testkit::{compress, gzip, noise, writes_golden};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn sample() -> Vec<u8> {
    fs::read(folder().join("sample")).unwrap()
}

/// What the golden file of this name decodes to.
fn content(path: &Path) -> Vec<u8> {
    let method = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.rsplit('-').next());
    match method {
        Some("copy") => sample().repeat(COPIES),
        Some("unpacked") => gzip(&sample(), 6),
        Some("segments") => parts().concat(),
        _ => sample(),
    }
}

/// Content for segments of each kind that can go on, with one network.
fn parts() -> Vec<Vec<u8>> {
    let sample = sample();
    vec![sample[..1000].to_vec(), noise(1, 500), gzip(&sample, 6), sample[1000..].to_vec()]
}

/// What compressing gives for the golden file of this name.
fn made(path: &Path, options: &EncodeOptions) -> Vec<u8> {
    if !path.to_string_lossy().contains("segments") {
        return compress(&content(path), options);
    }
    // Of known length, so that decoding takes little memory.
    let len = parts().concat().len() as u64;
    let mut encoder = Encoder::new(Vec::new(), &options.clone().content_size(len));
    for part in parts() {
        encoder.write_all(&part).unwrap();
        encoder.flush().unwrap();
    }
    encoder.finish().unwrap()
}

/// How often the content of a `copy` file repeats the sample: 3 MB in all.
const COPIES: usize = 1250;

/// The files of the present version, and how they are made.
fn present() -> Vec<(PathBuf, EncodeOptions)> {
    let alone = || EncodeOptions::new().built_in_prior(false);
    let neural = Level::all().map(|level| (format!("neural-{}", level.get()), alone().level(level)));
    // The same from the built-in prior.
    let primed = Level::all().map(|level| (format!("primed-{}", level.get()), EncodeOptions::new().level(level)));
    let others = [Method::Huffman, Method::Store, Method::Copy]
        .map(|method| (method.name().to_owned(), alone().method(method)))
        .into_iter()
        .chain(["unpacked", "segments"].map(|name| (name.to_owned(), alone())));
    let path = |name| folder().join(format!("v{}-{name}.fore", model::VERSION));
    neural.chain(primed).chain(others).map(|(name, options)| (path(name), options)).collect()
}

/// Writes the files of the present version, once and before any test reads them, if that is asked for.
fn write_if_asked() {
    static WRITTEN: Once = Once::new();
    WRITTEN.call_once(|| {
        if writes_golden() {
            for (path, options) in present() {
                fs::write(&path, made(&path, &options)).unwrap();
            }
        }
    });
}

#[test]
fn golden_files_of_all_versions_decode() {
    write_if_asked();
    let mut files = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "fore") {
            assert!(decompress(&fs::read(&path).unwrap()).unwrap() == content(&path), "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= present().len());
}

#[test]
fn golden_files_of_this_version_are_made_again_bit_for_bit() {
    write_if_asked();
    for (path, options) in present() {
        let coded = made(&path, &options);
        let same = fs::read(&path).unwrap() == coded;
        assert!(same, "{}: a change in bits needs a new version", path.display());
    }
}

#[test]
fn golden_headers_say_what_is_inside() {
    write_if_asked();
    for (name, kinds) in [
        ("neural-6", vec![BlockKind::Neural]),
        ("huffman", vec![BlockKind::Huffman]),
        ("store", vec![BlockKind::Stored]),
        ("copy", vec![BlockKind::Stored, BlockKind::Copy]),
        ("unpacked", vec![BlockKind::Expanded]),
        ("segments", vec![BlockKind::Expanded]),
    ] {
        let path = folder().join(format!("v{}-{name}.fore", model::VERSION));
        let golden = fs::read(&path).unwrap();
        let frames = inspect(golden.as_slice()).unwrap();
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].raw_size, content(&path).len() as u64);
        assert_eq!(frames[0].coded_size, golden.len() as u64);
        for kind in BlockKind::all() {
            assert_eq!(frames[0].blocks(kind), u64::from(kinds.contains(&kind)), "{kind:?}");
        }
    }
}
