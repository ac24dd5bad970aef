//! Standard input, output and error, in whatever state the parent process left them.
//!
//! Rust's own handles take a closed descriptor for an empty file or for one that swallows all, keep lines back, and
//! lose count where a descriptor is non-blocking. So bytes go past them.

pub use super::platform::{stdin, stdout};
use std::{
    fs::File,
    io::{self, BufWriter, IntoInnerError, Read, Write},
};

use super::platform::{Descriptor, Ready, close, die_of_broken_pipe, wait_until};

/// Writes all of `bytes` to standard output. If that is a pipe without a reader, the process ends here, unless its
/// parent had SIGPIPE ignored.
pub fn print(bytes: &[u8]) -> io::Result<()> {
    let printed = stdout().and_then(|file| {
        let mut out = Patient(file);
        out.write_all(bytes)?;
        close(out.0)
    });
    printed.inspect_err(die_if_broken)
}

/// Standard output, for a report that is written as it comes. Where it is a pipe that lost its reader, the process ends as
/// in [`print`].
pub struct Stream(BufWriter<Patient<File>>);

impl Stream {
    /// Nothing is written yet.
    pub fn new() -> io::Result<Self> {
        Ok(Self(BufWriter::with_capacity(1 << 16, Patient(stdout()?))))
    }

    /// Writes what is held, and closes it.
    pub fn close(self) -> io::Result<()> {
        let Patient(file) = self.0.into_inner().map_err(IntoInnerError::into_error).inspect_err(die_if_broken)?;
        close(file).inspect_err(die_if_broken)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).inspect_err(die_if_broken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().inspect_err(die_if_broken)
    }
}

fn die_if_broken(error: &io::Error) {
    if error.kind() == io::ErrorKind::BrokenPipe {
        die_of_broken_pipe();
    }
}

/// Writes `text` to standard error. If that fails, no other place is left to say so.
pub fn say(text: &str) {
    let _ = Patient(io::stderr()).write_all(text.as_bytes());
}

/// Reads from or writes to a descriptor that may be non-blocking, as another process may have made it.
pub struct Patient<F>(pub F);

impl Read for Patient<File> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        patiently(&self.0, Ready::ToRead, || (&self.0).read(out))
    }
}

impl<F: Descriptor> Write for Patient<F>
where
    for<'a> &'a F: Write,
{
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        patiently(&self.0, Ready::ToWrite, || (&self.0).write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads from `file`, or writes to it, by `attempt`; waits for `file` as long as it is not ready for that.
pub fn patiently<T>(file: &impl Descriptor, ready: Ready, mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait_until(file, ready)?,
            done => return done,
        }
    }
}
