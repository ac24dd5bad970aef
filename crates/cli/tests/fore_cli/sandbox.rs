//! A directory of its own for each test, and `fore` running in it.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read},
    os::{
        fd::OwnedFd,
        unix::{fs::PermissionsExt, process::CommandExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use foretell_testkit::skip;
use tempfile::TempDir;

/// The command under test.
pub const FORE: &str = env!("CARGO_BIN_EXE_fore");

pub struct Sandbox(TempDir);

impl Sandbox {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With a file `f` in it.
    pub fn with_f() -> Self {
        let sandbox = Self::new();
        sandbox.write("f", &text(3000));
        sandbox
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A file of `len` zeros that takes no room.
    pub fn zeros(&self, name: &str, len: u64) {
        File::create(self.path(name)).unwrap().set_len(len).unwrap();
    }

    /// All names in the directory, sorted, with spaces between.
    pub fn names(&self) -> String {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names.join(" ")
    }

    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(self.0.path()).stdin(Stdio::null());
        for variable in ["FORE_LEVEL", "FORE_THREADS", "FORETELL_MODELS"] {
            command.env_remove(variable);
        }
        command
    }

    /// `fore` with `args`, split at spaces.
    pub fn fore(&self, args: &str) -> Command {
        let mut command = self.command(FORE);
        command.args(args.split_whitespace());
        command
    }

    /// Runs `fore` and expects this exit code; returns its output.
    #[track_caller]
    pub fn run(&self, args: &str, code: i32) -> Printed {
        self.fore(args).expect_code(code)
    }

    /// Runs `fore` on `input` as standard input.
    #[track_caller]
    pub fn pipe(&self, args: &str, input: &[u8], code: i32) -> Printed {
        self.write("..stdin", input);
        let result = self.fore(args).stdin(File::open(self.path("..stdin")).unwrap()).expect_code(code);
        fs::remove_file(self.path("..stdin")).unwrap();
        result
    }

    /// `fore` without root's power to ignore permissions.
    pub fn fore_unprivileged(&self, args: &str) -> Command {
        if !nix::unistd::geteuid().is_root() {
            return self.fore(args);
        }
        let open = fs::Permissions::from_mode(0o777);
        fs::set_permissions(self.0.path(), open).unwrap();
        let bin = self.0.path().with_extension("bin");
        fs::copy(FORE, &bin).unwrap();
        let mut command = self.command(bin);
        command.args(args.split_whitespace()).uid(65534).gid(65534);
        command
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0.path().with_extension("bin"));
    }
}

/// The output of a command.
#[derive(Debug)]
pub struct Printed {
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Printed {
    #[track_caller]
    pub fn is_silent(&self) {
        assert!(self.stdout.is_empty() && self.stderr.is_empty(), "{self:?}");
    }

    /// One line on standard error that is a message of `fore` and contains all of `words`.
    #[track_caller]
    pub fn complains(&self, words: &[&str]) {
        self.says(words);
        assert!(self.stderr.starts_with("fore: "), "{self:?}");
    }

    /// One line on standard error that contains all of `words`.
    #[track_caller]
    pub fn says(&self, words: &[&str]) {
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {self:?}");
        }
    }
}

pub trait Expect {
    fn expect_code(&mut self, code: i32) -> Printed;
}

impl Expect for Command {
    #[track_caller]
    fn expect_code(&mut self, code: i32) -> Printed {
        // A program that was just copied is busy as long as a child that another test forked holds it open.
        let output = wait_until(|| match self.output() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => None,
            result => Some(result.unwrap()),
        });
        let printed = Printed { stdout: output.stdout, stderr: String::from_utf8_lossy(&output.stderr).into_owned() };
        assert_eq!(output.status.code(), Some(code), "{:?} printed {}", self.get_args(), printed.stderr);
        printed
    }
}

/// The device to which nothing can be written, or `None` on a system without it.
pub fn full_device() -> Option<File> {
    let full = File::options().write(true).open("/dev/full");
    if full.is_err() {
        skip("there is no /dev/full");
    }
    full.ok()
}

/// Waits for the end of `child`, but not for ever.
#[track_caller]
pub fn wait(child: &mut Child) -> ExitStatus {
    wait_until(|| child.try_wait().unwrap())
}

/// Tries until there is something.
#[track_caller]
pub fn wait_until<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain");
        sleep(Duration::from_millis(5));
    }
}

/// Reads the rest of the master side of a terminal whose other side is closed.
pub fn drain(master: OwnedFd) -> String {
    let mut bytes = Vec::new();
    // The end of a terminal is an error on some systems.
    let _ = File::from(master).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Some text that compresses.
pub fn text(len: usize) -> Vec<u8> {
    (0..).flat_map(|i: u32| format!("{} green bottles, ", i * 7 % 100).into_bytes()).take(len).collect()
}
