//! Files that another process writes to while they are read.

use std::{fs, io::Write, path::PathBuf};

use tempfile::TempDir;

use super::*;

const ANY: Allowed = Allowed { special: true, symlink: true, odd: true };

fn file_of(len: usize) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("f");
    fs::write(&path, vec![7; len]).unwrap();
    (folder, path)
}

#[test]
fn a_file_that_shrinks_is_an_error_where_it_ends() {
    let (_folder, path) = file_of(1 << 18);
    let mut input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap();
    assert_eq!(input.len(), Some(1 << 18));
    input.read_exact(&mut vec![0; 1 << 16]).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
    let error = input.read(&mut [0; 9]).unwrap_err().to_string();
    assert_eq!(error, "file changed while it was read, from 262144 bytes to 10; try again when nobody writes to it");
}

/// Opens a file of 100 bytes, reads half of it, does `amid`, reads the rest, does `after`, then removes it. The message
/// of that, and whether the file still exists.
fn parted(amid: impl FnOnce(&mut File), after: impl FnOnce(&mut File)) -> (String, bool) {
    let (_folder, path) = file_of(100);
    let mut file = File::options().read(true).write(true).open(&path).unwrap();
    let mut input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap().watched().unwrap();
    input.read_exact(&mut [0; 50]).unwrap();
    amid(&mut file);
    let read = input.read_to_end(&mut Vec::new());
    if let Err(error) = read.and_then(|_| input.check_read()) {
        return (error.to_string(), path.exists());
    }
    after(&mut file);
    let message = input.source().remove().err().map(|problem| problem.to_string()).unwrap_or_default();
    (message.replace(&path.display().to_string(), "f"), path.exists())
}

fn nothing(_: &mut File) {}

fn write_at(file: &mut File, bytes: &[u8], at: u64) {
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn a_file_left_alone_is_removed() {
    assert_eq!(parted(nothing, nothing), (String::new(), false));
}

#[test]
fn a_file_that_grew_is_read_to_its_old_end_and_stays() {
    let append = |file: &mut File| write_at(file, b"more", 100);
    let message = "f: grew by 4 bytes meanwhile, not removed; only its first 100 were read";
    assert_eq!(parted(append, nothing), (message.into(), true));
    assert_eq!(parted(nothing, append), (message.into(), true));
}

#[test]
fn a_file_written_to_where_it_was_read_is_of_two_states() {
    let message = "file changed while it was read; try again when nobody writes to it";
    let write = |file: &mut File| write_at(file, b"x", 20);
    assert_eq!(parted(write, nothing), (message.into(), true));
    // Growing does not hide it, nor does setting the time back.
    let rewrite = |file: &mut File| write_at(file, &[1; 200], 0);
    let message = "file changed while it was read, from 100 bytes to 200; try again when nobody writes to it";
    assert_eq!(parted(rewrite, nothing), (message.into(), true));
}

#[test]
fn a_file_written_to_after_it_was_read_stays() {
    let write = |file: &mut File| write_at(file, b"x", 20);
    let message = "f: changed meanwhile, not removed; the output is whole";
    assert_eq!(parted(nothing, write), (message.into(), true));
    // The bytes read until then are still there.
    assert_eq!(parted(|file| write_at(file, b"x", 80), nothing), (message.into(), true));
    let message = "f: changed meanwhile, from 100 bytes to 9, not removed; the output is whole";
    assert_eq!(parted(nothing, |file| file.set_len(9).unwrap()), (message.into(), true));
}

#[test]
fn a_file_written_to_with_its_time_set_back_stays() {
    let hidden = |file: &mut File| {
        let modified = file.metadata().unwrap().modified().unwrap();
        write_at(file, b"x", 20);
        file.set_times(fs::FileTimes::new().set_modified(modified)).unwrap();
    };
    let message = "file changed while it was read; try again when nobody writes to it";
    assert_eq!(parted(hidden, nothing), (message.into(), true));
    let message = "f: its mode or names changed meanwhile, or its content with the time set back, not removed; the output is whole";
    assert_eq!(parted(nothing, hidden), (message.into(), true));
}

#[test]
fn another_file_that_took_the_name_is_not_removed() {
    let (folder, path) = file_of(100);
    let input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap();
    fs::rename(&path, folder.path().join("moved")).unwrap();
    fs::write(&path, "another").unwrap();
    assert!(input.source().remove().is_err());
    assert_eq!(fs::read(&path).unwrap(), b"another");
}

#[test]
fn empty_files_are_read_and_have_no_certain_length() {
    let (_folder, path) = file_of(0);
    let mut input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap();
    assert_eq!((input.len(), input.read(&mut [0; 9]).unwrap()), (None, 0));
}
