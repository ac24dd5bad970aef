//! Other compressors, run as programs: one table of how, and one function that does it.
//!
//! Each works on fixed names in a temporary folder of its own: `content` becomes `coded` or an archive, and that
//! becomes `content` again in the subfolder `out`. The times include starting the program and its file access.

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

use super::sample::Sample;
use crate::common::platform::is_executable;

/// How to run a compressor with one thread. Arguments are in one string, with spaces between them.
pub struct Spec {
    /// The program's name on PATH.
    pub program: &'static str,
    /// The usual name of this program at these settings.
    pub label: &'static str,
    /// The arguments that decide the size.
    pub settings: &'static str,
    /// Further arguments for compressing `content` to standard output or into the archive.
    compress: &'static str,
    /// Arguments for decompressing standard input to standard output, or the archive into the current folder.
    decompress: &'static str,
    /// Whether it makes archives of files, and does not turn streams into streams.
    archiver: bool,
}

const SPECS: [Spec; 8] = [
    stream("gzip", "gzip -9", "-9", "-n -c content", "-d -c"),
    stream("bzip2", "bzip2 -9", "-9", "-c content", "-d -c"),
    stream("xz", "xz -9e", "-9e", "-T1 -c content", "-T1 -d -c"),
    stream("zstd", "zstd -22", "--ultra -22 --long=27", "--single-thread -q -c content", "--long=27 -q -d -c"),
    stream("brotli", "brotli -11", "-q 11 --lgwin=24", "-c content", "-d -c"),
    stream("bzip3", "bzip3 -b64", "-b 64", "-e -j 1 -c content", "-d -j 1 -c"),
    archive("7z", "7z PPMd", "-m0=PPMd:o=16:mem=1g", "a -mmt=1 -bd -y coded.7z content", "x -mmt=1 -bd -y ../coded.7z"),
    archive("zpaq", "zpaq -m5", "-m5", "a coded.zpaq content -t1", "x ../coded.zpaq -t1"),
];

/// A program that writes compressed data to standard output, and reads it from standard input.
const fn stream(
    program: &'static str,
    label: &'static str,
    settings: &'static str,
    compress: &'static str,
    decompress: &'static str,
) -> Spec {
    Spec { program, label, settings, compress, decompress, archiver: false }
}

/// A program that makes archives; ours is called `coded.` and the program's name.
const fn archive(
    program: &'static str,
    label: &'static str,
    settings: &'static str,
    compress: &'static str,
    decompress: &'static str,
) -> Spec {
    Spec { archiver: true, ..stream(program, label, settings, compress, decompress) }
}

/// Environment variables that change the settings of these programs: the report would not show that.
const SETTINGS_IN_THE_ENVIRONMENT: [&str; 7] =
    ["GZIP", "BZIP", "BZIP2", "XZ_DEFAULTS", "XZ_OPT", "ZSTD_CLEVEL", "ZSTD_NBTHREADS"];

/// A compressor found on this machine.
pub struct Peer {
    /// How to run it.
    pub spec: &'static Spec,
    program: PathBuf,
}

/// The compressors that are on PATH, and the names of those that are not.
pub fn find() -> (Vec<Peer>, Vec<&'static str>) {
    let path = env::var_os("PATH").unwrap_or_default();
    let (mut found, mut absent) = (Vec::new(), Vec::new());
    for spec in &SPECS {
        match find_on(&path, spec.program) {
            Some(program) => found.push(Peer { spec, program }),
            None => absent.push(spec.program),
        }
    }
    (found, absent)
}

/// The path of `program`, if it is on PATH.
pub fn find_program(program: &str) -> Option<PathBuf> {
    find_on(&env::var_os("PATH").unwrap_or_default(), program)
}

/// The whole path of `program`, since commands are run in other folders than the current one.
fn find_on(path: &OsStr, program: &str) -> Option<PathBuf> {
    let folders = env::split_paths(path).filter(|folder| !folder.as_os_str().is_empty());
    folders
        .map(|folder| folder.join(program))
        .find(|file| is_executable(file))
        .and_then(|file| std::path::absolute(file).ok())
}

impl Peer {
    /// Compresses `content`, decompresses that, and compares.
    ///
    /// # Errors
    /// A program that failed, or bytes that did not come back as they were.
    pub fn measure(&self, content: &[u8]) -> anyhow::Result<Sample> {
        let folder = tempfile::tempdir().context("temporary folder")?;
        let folder = folder.path();
        let out = folder.join("out");
        fs::create_dir(&out).and_then(|()| fs::write(folder.join("content"), content)).context("temporary folder")?;
        let restored = out.join("content");

        let Spec { program, settings, compress, decompress, archiver, .. } = self.spec;
        let (coded, compress, decompress) = if *archiver {
            let compress = self.command(folder, &[compress, settings]);
            (folder.join(format!("coded.{program}")), compress, self.command(&out, &[decompress]))
        } else {
            let coded = folder.join("coded");
            let mut compress = self.command(folder, &[settings, compress]);
            compress.stdout(File::create(&coded)?);
            let mut decompress = self.command(&out, &[decompress]);
            decompress.stdin(File::open(&coded)?).stdout(File::create(&restored)?);
            (coded, compress, decompress)
        };
        let compress = time(compress).context("compression")?;
        let decompress = time(decompress).context("decompression")?;

        let size = fs::metadata(&coded).context("compressed file")?.len();
        ensure!(fs::read(&restored).context("decompressed file")? == content, "the round trip gave other bytes");
        Ok(Sample { size, compress, decompress })
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = command(&self.program, folder);
        command.args(arguments.iter().flat_map(|part| part.split_whitespace()));
        command
    }
}

/// `program`, to be run in `folder` with the settings in its arguments and no others.
pub fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    for name in SETTINGS_IN_THE_ENVIRONMENT {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end; returns the time that it took.
///
/// # Errors
/// It cannot be run, or it failed: with the first line of its standard error.
pub fn time(mut command: Command) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let output = command.output()?;
    let time = start.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{}: {}",
            output.status,
            said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it gave no reason")
        );
    }
    Ok(time)
}
