//! The output gets the access control list and user attributes where the system has them; elsewhere nobody gains a
//! right.

use std::{
    env,
    ffi::OsStr,
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use foretell_testkit::skip_without;
use tempfile::TempDir;

use crate::sandbox::{Expect, FORE, Sandbox, text};

const ACCESS: &str = "system.posix_acl_access";
const DEFAULT: &str = "system.posix_acl_default";

/// Owner 6, user 1234 6, the file's group nothing, mask 6, others nothing.
fn list() -> Vec<u8> {
    let entries =
        [(0x01u16, 6u16, u32::MAX), (0x02, 6, 1234), (0x04, 0, u32::MAX), (0x10, 6, u32::MAX), (0x20, 0, u32::MAX)];
    let entry = |(kind, rights, id): (u16, u16, u32)| {
        [&kind.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat()
    };
    [2u32.to_le_bytes().to_vec(), entries.into_iter().flat_map(entry).collect()].concat()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// A directory on a file system that has access control lists, with a file `f`.
fn with_lists() -> Option<TempDir> {
    let places = [env::temp_dir(), PathBuf::from("/dev/shm"), env!("CARGO_TARGET_TMPDIR").into()];
    for place in &places {
        let Ok(folder) = TempDir::new_in(place) else { continue };
        let f = folder.path().join("f");
        fs::write(&f, text(300)).unwrap();
        fs::set_permissions(&f, Permissions::from_mode(0o600)).unwrap();
        if xattr::set(&f, ACCESS, &list()).is_ok() && xattr::set(&f, "user.note", b"x").is_ok() {
            xattr::remove(&f, ACCESS).unwrap();
            xattr::remove(&f, "user.note").unwrap();
            fs::set_permissions(&f, Permissions::from_mode(0o600)).unwrap();
            return Some(folder);
        }
    }
    skip_without("lists", &format!("no file system with access control lists and user attributes at {places:?}"));
    None
}

/// The same, and `f` has a list and a user attribute.
fn with_list_of_f() -> Option<TempDir> {
    let folder = with_lists()?;
    let f = folder.path().join("f");
    xattr::set(&f, ACCESS, &list()).unwrap();
    xattr::set(&f, "user.note", b"of f").unwrap();
    Some(folder)
}

#[track_caller]
fn fore(folder: &Path, args: &str) {
    Sandbox::new().fore(args).current_dir(folder).expect_code(0).is_silent();
}

#[test]
fn lists_and_user_attributes_go_along_in_both_directions() {
    let Some(folder) = with_list_of_f() else { return };
    let folder = folder.path();
    for (args, result) in
        [("-1 f", "f.fore"), ("-d f.fore", "f"), ("-1 f", "f.fore"), ("-d --recover f.fore", "f"), ("-1 f -o g", "g")]
    {
        fore(folder, args);
        let result = folder.join(result);
        assert_eq!(xattr::get(&result, ACCESS).unwrap(), Some(list()), "{args}");
        assert_eq!(xattr::get(&result, "user.note").unwrap().as_deref(), Some(&b"of f"[..]), "{args}");
        assert_eq!(mode(&result), 0o660, "{args}");
    }
}

#[test]
fn attributes_of_a_read_only_file_go_along_too() {
    let Some(folder) = with_lists() else { return };
    let f = folder.path().join("f");
    xattr::set(&f, "user.note", b"of f").unwrap();
    fs::set_permissions(&f, Permissions::from_mode(0o400)).unwrap();
    if nix::unistd::geteuid().is_root() {
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        nix::unistd::chown(&f, Some(65534.into()), Some(65534.into())).unwrap();
    }
    let s = Sandbox::new();
    s.fore_unprivileged("-1 f").current_dir(folder.path()).expect_code(0).is_silent();
    let coded = folder.path().join("f.fore");
    assert_eq!(xattr::get(&coded, "user.note").unwrap().as_deref(), Some(&b"of f"[..]));
    assert_eq!(mode(&coded), 0o400);
}

#[test]
fn a_list_that_a_directory_gives_to_new_files_adds_nobody_to_a_copy() {
    let Some(folder) = with_lists() else { return };
    let folder = folder.path();
    fs::set_permissions(folder.join("f"), Permissions::from_mode(0o660)).unwrap();
    xattr::set(folder, DEFAULT, &list()).unwrap();
    fore(folder, "-1 f");
    assert_eq!((xattr::get(folder.join("f.fore"), ACCESS).unwrap(), mode(&folder.join("f.fore"))), (None, 0o660));
}

#[test]
fn a_new_file_gets_the_list_that_its_directory_gives_to_any() {
    let Some(folder) = with_lists() else { return };
    let folder = folder.path();
    xattr::set(folder, DEFAULT, &list()).unwrap();
    fs::write(folder.join("any"), "").unwrap();
    fore(folder, "-1 -o new");
    for name in [ACCESS, DEFAULT].map(OsStr::new) {
        assert_eq!(xattr::get(folder.join("new"), name).unwrap(), xattr::get(folder.join("any"), name).unwrap());
    }
    assert_eq!(mode(&folder.join("new")), mode(&folder.join("any")));
}

#[test]
fn where_a_list_cannot_be_kept_the_group_gets_its_own_rights_only() {
    let Some(folder) = with_list_of_f() else { return };
    let folder = folder.path();
    // A file system without lists, where the system lets us have one.
    let script = "mkdir disk && mount -t ramfs none disk && echo there && $FORE -1k f -o disk/f.fore; echo $?; stat -c %a disk/f.fore";
    let mut wrapped = Sandbox::new().command("unshare");
    let wrapped = wrapped.args(["-rm", "sh", "-c", script]).env("FORE", FORE).current_dir(folder).output();
    let printed = wrapped.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
    let printed = String::from_utf8_lossy(&printed);
    let warning = "fore: disk/f.fore: cannot keep the access control list, so fewer may read it: ";
    match printed.strip_prefix("there\n") {
        Some(rest) => assert!(rest.starts_with(&format!("2\n600\n{warning}")) && rest.lines().count() == 3, "{rest}"),
        None => skip_without("mounts", &format!("no ramfs can be mounted in a namespace of its own: {printed}")),
    }
}
