//! Files written by released versions decode for ever: `tests/golden/NAME-METHOD.fore` to `tests/golden/NAME`.
//!
//! Files of the present version are also what compressing gives today. A new version adds files and keeps the old ones;
//! `FORETELL_WRITE_GOLDEN=1 cargo test --test golden` writes those of the present version.

use std::{fs, path::Path};

use foretell::{Level, Method, Options, compress, decompress, inspect};

/// Name within the version, content's file, options.
fn cases() -> Vec<(String, Options)> {
    let neural = Level::all().map(|level| (format!("neural-{}", level.get()), Options::new().level(level)));
    let others =
        [Method::Huffman, Method::Store].map(|method| (method.name().to_owned(), Options::new().method(method)));
    neural.chain(others).collect()
}

#[test]
fn golden_files_decode_and_are_made_again_bit_for_bit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let content = fs::read(folder.join("sample")).unwrap();
    for (name, options) in cases() {
        let path = folder.join(format!("v1-{name}.fore"));
        if std::env::var_os("FORETELL_WRITE_GOLDEN").is_some() {
            fs::write(&path, compress(&content, &options)).unwrap();
        }
        let golden = fs::read(&path).unwrap();
        assert!(decompress(&golden).unwrap() == content, "{name}");
        assert!(compress(&content, &options) == golden, "{name}: a change in bits needs a new version");
    }
}

#[test]
fn golden_headers_say_what_is_inside() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let content = fs::read(folder.join("sample")).unwrap();
    for (name, method) in [("neural-6", Method::Neural), ("huffman", Method::Huffman), ("store", Method::Store)] {
        let golden = fs::read(folder.join(format!("v1-{name}.fore"))).unwrap();
        let frames = inspect(golden.as_slice()).unwrap();
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].raw_size, content.len() as u64);
        assert_eq!(frames[0].coded_size, golden.len() as u64);
        assert_eq!(frames[0].blocks[method as usize], 1);
        assert_eq!(frames[0].blocks.iter().sum::<u64>(), 1);
    }
}
