//! Files written by any released version decode for ever: every `tests/golden/vMODEL-METHOD.fore` to `tests/golden/sample`.
//!
//! Those of the present model version are also what compressing gives today. A new version adds files and keeps the old
//! ones; `FORETELL_WRITE_GOLDEN=1 cargo test --test golden` writes those of the present version.

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::compress;
use foretell::{Level, Method, Options, decompress, inspect, model};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn sample() -> Vec<u8> {
    fs::read(folder().join("sample")).unwrap()
}

/// The files of the present version, and how they are made.
fn present() -> Vec<(PathBuf, Options)> {
    let neural = Level::all().map(|level| (format!("neural-{}", level.get()), Options::new().level(level)));
    let others =
        [Method::Huffman, Method::Store].map(|method| (method.name().to_owned(), Options::new().method(method)));
    let path = |name| folder().join(format!("v{}-{name}.fore", model::VERSION));
    neural.chain(others).map(|(name, options)| (path(name), options)).collect()
}

#[test]
fn golden_files_of_all_versions_decode() {
    let mut files = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "fore") {
            assert!(decompress(&fs::read(&path).unwrap()).unwrap() == sample(), "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= present().len());
}

#[test]
fn golden_files_of_this_version_are_made_again_bit_for_bit() {
    for (path, options) in present() {
        let coded = compress(&sample(), &options);
        if std::env::var_os("FORETELL_WRITE_GOLDEN").is_some() {
            fs::write(&path, &coded).unwrap();
        }
        let same = fs::read(&path).unwrap() == coded;
        assert!(same, "{}: a change in bits needs a new version", path.display());
    }
}

#[test]
fn golden_headers_say_what_is_inside() {
    for (name, method) in [("neural-6", Method::Neural), ("huffman", Method::Huffman), ("store", Method::Store)] {
        let golden = fs::read(folder().join(format!("v1-{name}.fore"))).unwrap();
        let frames = inspect(golden.as_slice()).unwrap();
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].raw_size, sample().len() as u64);
        assert_eq!(frames[0].coded_size, golden.len() as u64);
        assert_eq!(frames[0].blocks[method as usize], 1);
        assert_eq!(frames[0].blocks.iter().sum::<u64>(), 1);
    }
}
