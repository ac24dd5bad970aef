//! Owner, mode, access control list, times and user attributes of one file → those of another.
//!
//! The other file arrives readable by its owner only. At no moment may a user read it who may not read the first. If
//! the access control list cannot be kept, its users and groups lose their rights and no user gains any: the mode's
//! group bits are then the list's mask, not a right of the group.

use std::{
    ffi::{OsStr, OsString},
    fs::{File, FileTimes, Metadata, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt, fchown},
    },
    path::Path,
};

use nix::errno::Errno;
use xattr::FileExt;

use super::{access_list::AccessList, folder::Folder};
use crate::common::platform::metadata::{Like, Lost, Pattern};

/// The attribute that holds a file's access control list.
const ACCESS: &str = "system.posix_acl_access";
/// The attribute of a directory that holds the list of files that come into being in it.
const DEFAULT: &str = "system.posix_acl_default";

/// Gives `file`, which is in `folder`, the metadata of its pattern; the owner where we may.
pub fn apply_metadata(file: &File, folder: &Folder, like: Like) -> Result<(), Lost> {
    let (pattern, with_times) = match like {
        Like::New => return apply_defaults(file, folder).map_err(Lost::ModeAndTimes),
        Like::Input(input) => (input, true),
        Like::Replaced(replaced) => (replaced, false),
    };
    drop_inherited_list(file).map_err(Lost::ModeAndTimes)?;
    // While its owner may still write to it, whatever the mode will be.
    let attributes = pattern.file.map_or(Ok(()), |from| copy_user_attributes(from, file));
    let list = copy_rights(file, pattern).map_err(Lost::ModeAndTimes)?;
    if with_times {
        copy_times(file, pattern.meta).map_err(Lost::ModeAndTimes)?;
    }
    list.map_err(Lost::AccessList)?;
    attributes.map_err(Lost::UserAttributes)
}

/// The mode and list that any other program's new file would have in `folder`.
fn apply_defaults(file: &File, folder: &Folder) -> io::Result<()> {
    let list = folder.readable().and_then(|folder| list_of(&File::from(folder), DEFAULT));
    if let Ok(Some(mut list)) = list {
        list.restrict(0o666);
        return file.set_xattr(ACCESS, list.bytes());
    }
    file.set_permissions(Permissions::from_mode(0o666 & !umask()))
}

/// Takes from `file` the list that it has by its directory: a wider mode would give the users in it more.
fn drop_inherited_list(file: &File) -> io::Result<()> {
    if list_of(file, ACCESS)?.is_some() { file.remove_xattr(ACCESS) } else { Ok(()) }
}

/// The list that `attribute` of `file` holds. Systems other than Linux keep lists elsewhere: none there.
fn list_of(file: &File, attribute: &str) -> io::Result<Option<AccessList>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    match file.get_xattr(attribute) {
        Err(error) if is_unknown(&error) => Ok(None),
        Err(error) => Err(error),
        Ok(None) => Ok(None),
        Ok(Some(bytes)) => AccessList::new(bytes).map(Some).ok_or(io::ErrorKind::InvalidData.into()),
    }
}

/// Copies the attributes that programs and users gave to `from`, where the file system of `to` can hold them.
fn copy_user_attributes(from: &File, to: &File) -> io::Result<()> {
    let copy = |name: &OsStr| match from.get_xattr(name)? {
        Some(value) => to.set_xattr(name, &value),
        None => Ok(()),
    };
    let names: Vec<OsString> = match from.list_xattr() {
        Ok(names) => names.filter(|name| name.as_bytes().starts_with(b"user.")).collect(),
        Err(error) if is_unknown(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    // All are tried: one that does not fit must not keep the others away.
    let copied: Vec<_> = names.iter().map(|name| copy(name)).collect();
    copied.into_iter().find(|copied| copied.as_ref().is_err_and(|error| !is_unknown(error))).unwrap_or(Ok(()))
}

/// Gives `file` the owner, group, mode and list of `pattern`. The inner error: all but the list could be kept.
fn copy_rights(file: &File, pattern: Pattern) -> io::Result<io::Result<()>> {
    // As they are now: rights that the owner took from others in the meantime must not come back.
    let now = pattern.file.map(File::metadata).transpose()?;
    let meta = now.as_ref().unwrap_or(pattern.meta);
    if nix::unistd::geteuid().is_root() {
        // Where even root may not, the file stays ours.
        let _ = fchown(file, Some(meta.uid()), None);
    }
    let same_group = file.metadata()?.gid() == meta.gid() || fchown(file, None, Some(meta.gid())).is_ok();
    let mut mode = meta.mode() & 0o777;
    let list = pattern.file.map_or(Err(Errno::EACCES.into()), |from| list_of(from, ACCESS));
    let kept = match list {
        Ok(None) => Ok(()),
        Ok(Some(mut list)) => {
            if !same_group {
                list.forget_group();
            }
            let Err(error) = file.set_xattr(ACCESS, list.bytes()) else { return Ok(Ok(())) };
            mode = list.mode_without(mode);
            Err(error)
        }
        Err(error) => {
            mode &= 0o700;
            Err(error)
        }
    };
    if !same_group {
        let both = mode >> 3 & mode & 0o7;
        mode = mode & 0o700 | both << 3 | both;
    }
    file.set_permissions(Permissions::from_mode(mode))?;
    Ok(kept)
}

fn copy_times(file: &File, meta: &Metadata) -> io::Result<()> {
    file.set_times(FileTimes::new().set_modified(meta.modified()?).set_accessed(meta.accessed()?))
}

/// Whether the file system has no such attributes.
fn is_unknown(error: &io::Error) -> bool {
    let codes = [Errno::EOPNOTSUPP as i32, Errno::ENOSYS as i32];
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// The mode bits that new files do not get. The call that reads them also sets them, so they differ for a moment. That
/// is safe because no other thread creates files.
fn umask() -> u32 {
    use nix::sys::stat::{Mode, umask};
    let mask = umask(Mode::from_bits_truncate(0o077));
    umask(mask);
    mask.bits() as u32
}

/// Whether the owner of `file` may read it.
pub fn owner_may_read(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.mode() & 0o400 != 0)
}

/// Whether there is a program at `path`.
pub fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.mode() & 0o111 != 0)
}
