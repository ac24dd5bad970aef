//! Learns what the MLP and the recurrent expert of level 9 start from, from the project's own files, and writes it into
//! the sources: `cargo run --release --features unstable --example start-weights`, in the project's folder. Takes a
//! minute, and writes the same bits on every machine.

use std::{error::Error, fs, path::Path};

use foretell::unstable::networks::start_weights;

/// The files to learn from.
const FOLDER: &str = "corpus/training";
/// Where the files of the two networks are.
const FILES: [&str; 2] = ["src/model/experts/mlp/trained.weights", "src/model/experts/recurrent/trained.weights"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    collect(Path::new(FOLDER), &mut files)?;
    // In an order in which kinds mix, since what comes last is remembered best.
    let count = files.len();
    assert!(count % 61 != 0, "each file has a place in the order");
    let mixed: Vec<_> = (0..count).map(|i| std::mem::take(&mut files[i * 61 % count])).collect();
    for (path, weights) in FILES.iter().zip(start_weights(&mixed)?) {
        fs::write(path, weights)?;
    }
    Ok(())
}

/// Adds the files in `folder`, by name.
fn collect(folder: &Path, files: &mut Vec<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(fs::read(path)?);
        }
    }
    Ok(())
}
