//! The size of the same samples by zstd with a dictionary, the nearest rival of a model.

use std::{fs, path::Path};

use anyhow::Context;

use crate::toolbox::bench::peers::{command, time};

/// zstd's default for the size of a dictionary: larger ones save little more.
const MOST_BYTES: u64 = 112_640;
/// A dictionary is trained on at most about this many samples, evenly spread: each must be a file of its own.
const MOST_SAMPLES: usize = 100_000;
/// The most files of one run of zstd.
const FILES: usize = 500;

/// The size of the dictionary to compare with a model of `size` bytes.
pub fn size_against(size: u64) -> u64 {
    size.min(MOST_BYTES)
}

/// Bytes of all files that `zstd -19 -D` makes of the samples `held_out`, each alone, with a dictionary of `size` bytes
/// at most that was trained on the samples `kept`.
///
/// # Errors
/// A run of `zstd` that failed, as it does with few samples; or no room for temporary files.
pub fn coded_len(zstd: &Path, size: u64, kept: &[&[u8]], held_out: &[&[u8]]) -> anyhow::Result<u64> {
    let folder = tempfile::tempdir().context("temporary folder")?;
    let folder = folder.path();
    let every = kept.len().div_ceil(MOST_SAMPLES).max(1);
    let kept = write(folder, "kept", kept.iter().copied().step_by(every))?;
    let held_out = write(folder, "held-out", held_out.iter().copied())?;
    fs::write(folder.join("list"), kept.join("\n") + "\n").context("temporary folder")?;
    let mut train = command(zstd, folder);
    train.args(["--train", "-q", &format!("--maxdict={size}"), "-o", "dictionary", "--filelist", "list"]);
    time(train).context("training")?;
    fs::create_dir(folder.join("coded")).context("temporary folder")?;
    for files in held_out.chunks(FILES) {
        let mut compress = command(zstd, folder);
        compress.args(["-19", "-q", "-D", "dictionary", "--output-dir-flat", "coded"]).args(files);
        time(compress).context("compression")?;
    }
    // Each file by its name: one that is missing is an error.
    let coded = held_out.iter().map(|name| {
        let name = name.trim_start_matches("held-out/");
        let meta = fs::metadata(folder.join(format!("coded/{name}.zst")));
        meta.map(|meta| meta.len()).context("a compressed file")
    });
    coded.sum()
}

/// Writes each sample to a file in a new folder of that name; returns their paths from `folder` on.
fn write<'a>(folder: &Path, name: &str, samples: impl Iterator<Item = &'a [u8]>) -> anyhow::Result<Vec<String>> {
    let write = |(i, sample)| {
        let path = format!("{name}/{i:07}");
        fs::write(folder.join(&path), sample).map(|()| path)
    };
    let paths = fs::create_dir(folder.join(name)).and_then(|()| samples.enumerate().map(write).collect());
    paths.context("temporary folder")
}
