//! Other compressors, run as programs: one table of how, and one function that does it.
//!
//! Each works on fixed names in a temporary folder of its own: `content` becomes `coded` (or an archive), and that
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

use super::codec::Sample;

/// How to run a compressor with one thread. Arguments stand in one string, with spaces between them.
pub struct Spec {
    /// The program's name on PATH.
    pub program: &'static str,
    /// What people call this program at these settings.
    pub label: &'static str,
    /// Arguments that decide the size.
    pub settings: &'static str,
    /// Further arguments for compressing `content` to standard output or into the archive.
    compress: &'static str,
    /// Arguments for decompressing standard input to standard output, or the archive into the current folder.
    decompress: &'static str,
    /// The archive's name, for programs that keep archives rather than streams.
    archive: Option<&'static str>,
}

#[rustfmt::skip]
const SPECS: [Spec; 8] = [
    Spec { program: "gzip", label: "gzip -9", settings: "-9", compress: "-n -c content", decompress: "-d -c", archive: None },
    Spec { program: "bzip2", label: "bzip2 -9", settings: "-9", compress: "-c content", decompress: "-d -c", archive: None },
    Spec { program: "xz", label: "xz -9e", settings: "-9e", compress: "-T1 -c content", decompress: "-T1 -d -c", archive: None },
    Spec { program: "zstd", label: "zstd -22", settings: "--ultra -22 --long=27", compress: "-q --single-thread -c content", decompress: "-q --long=27 -d -c", archive: None },
    Spec { program: "brotli", label: "brotli -11", settings: "-q 11 --lgwin=24", compress: "-c content", decompress: "-d -c", archive: None },
    Spec { program: "bzip3", label: "bzip3 -b64", settings: "-b 64", compress: "-e -j 1 -c content", decompress: "-d -j 1 -c", archive: None },
    Spec { program: "7z", label: "7z PPMd", settings: "-m0=PPMd:o=16:mem=1g", compress: "a -mmt=1 -bd -y coded.7z content", decompress: "x -mmt=1 -bd -y ../coded.7z", archive: Some("coded.7z") },
    Spec { program: "zpaq", label: "zpaq -m5", settings: "-m5", compress: "a coded.zpaq content -t1", decompress: "x ../coded.zpaq -t1", archive: Some("coded.zpaq") },
];

/// Environment variables by which these programs take further settings: what they say would not be in the report.
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

/// The whole path of `program`, since commands are run in other folders than the current one.
fn find_on(path: &OsStr, program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    let folders = env::split_paths(path).filter(|folder| !folder.as_os_str().is_empty());
    folders.map(|folder| folder.join(&file)).find(|file| is_executable(file)).and_then(|file| std::path::absolute(file).ok())
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
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
        let coded = folder.join(self.spec.archive.unwrap_or("coded"));
        let restored = out.join("content");

        let mut command = self.command(folder, &format!("{} {}", self.spec.compress, self.spec.settings));
        if self.spec.archive.is_none() {
            command.stdout(File::create(&coded)?);
        }
        let compress = time(command).context("compression")?;

        let mut command = self.command(&out, self.spec.decompress);
        if self.spec.archive.is_none() {
            command.stdin(File::open(&coded)?).stdout(File::create(&restored)?);
        }
        let decompress = time(command).context("decompression")?;

        let size = fs::metadata(&coded).context("compressed file")?.len();
        ensure!(fs::read(&restored).context("decompressed file")? == content, "the round trip gave other bytes");
        Ok(Sample { size, compress, decompress })
    }

    fn command(&self, folder: &Path, arguments: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments.split_whitespace()).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        for name in SETTINGS_IN_THE_ENVIRONMENT {
            command.env_remove(name);
        }
        command
    }
}

/// Runs a command to its end and says how long that took.
fn time(mut command: Command) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let output = command.output()?;
    let time = start.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}", output.status, said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it gave no reason"));
    }
    Ok(time)
}
