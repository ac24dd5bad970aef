//! Owner, mode, access control list, times and user attributes of one file → those of another.
//!
//! The other one comes here readable by its owner only, and at no moment may anybody read it who may not read the first
//! one. Where a list of access rights cannot be kept, those whom it names lose what it gave them, and nobody gains: the
//! mode's bits for the group are then the list's mask, which is no one's right.

use std::{
    ffi::{OsStr, OsString},
    fs::{File, FileTimes, Metadata, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt, fchown},
    },
};

use nix::errno::Errno;
use xattr::FileExt;

use super::{folder::Folder, report::plain};

/// The attribute that holds a file's access control list.
const ACCESS: &str = "system.posix_acl_access";
/// The attribute of a directory that holds the list of files that come into being in it.
const DEFAULT: &str = "system.posix_acl_default";

/// Whose attributes a complete file gets.
#[derive(Clone, Copy)]
pub enum Like<'a> {
    /// Those of any new file.
    New,
    /// All of the input that it was made of.
    Input(Pattern<'a>),
    /// All but the times of the file that it replaces.
    Replaced(Pattern<'a>),
}

/// A file whose attributes are copied.
#[derive(Clone, Copy)]
pub struct Pattern<'a> {
    pub meta: &'a Metadata,
    /// Itself, where it can be opened.
    pub file: Option<&'a File>,
}

/// Gives `file`, which is in `folder`, its attributes; the owner where we may. The error is a sentence about what could not
/// be kept.
pub fn dress(file: &File, folder: &Folder, like: Like) -> Result<(), String> {
    let mode_and_time = |error: io::Error| format!("cannot keep mode and time: {}", plain(&error));
    let (pattern, times) = match like {
        Like::New => return dress_as_new(file, folder).map_err(mode_and_time),
        Like::Input(input) => (input, true),
        Like::Replaced(replaced) => (replaced, false),
    };
    drop_inherited_list(file).map_err(mode_and_time)?;
    // While its owner may still write to it, whatever the mode will be.
    let attributes = pattern.file.map_or(Ok(()), |from| copy_user_attributes(from, file));
    let rights = copy_rights(file, pattern).map_err(mode_and_time)?;
    if times {
        copy_times(file, pattern.meta).map_err(mode_and_time)?;
    }
    rights.map_err(|error| format!("cannot keep the access control list, so fewer may read it: {}", plain(&error)))?;
    attributes.map_err(|error| format!("cannot keep user attributes: {}", plain(&error)))
}

/// The mode and list that any other program's new file would have here.
fn dress_as_new(file: &File, folder: &Folder) -> io::Result<()> {
    let list = folder.readable().and_then(|folder| list_of(&File::from(folder), DEFAULT));
    if let Ok(Some(mut list)) = list {
        list.restrict(0o666);
        return file.set_xattr(ACCESS, &list.0);
    }
    file.set_permissions(Permissions::from_mode(0o666 & !umask()))
}

/// Takes from `file` the list that it has by its directory, of which a wider mode would make more.
fn drop_inherited_list(file: &File) -> io::Result<()> {
    if list_of(file, ACCESS)?.is_some() { file.remove_xattr(ACCESS) } else { Ok(()) }
}

/// The list that `attribute` of `file` holds. Where systems keep them elsewhere, there is none.
fn list_of(file: &File, attribute: &str) -> io::Result<Option<List>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    match file.get_xattr(attribute) {
        Err(error) if is_unknown(&error) => Ok(None),
        Err(error) => Err(error),
        Ok(None) => Ok(None),
        Ok(Some(bytes)) => List::new(bytes).map(Some).ok_or(io::ErrorKind::InvalidData.into()),
    }
}

/// Copies what programs and users noted about `from`, as far as there is a place for that.
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
    // One that does not fit does not keep the others away.
    let copied: Vec<_> = names.iter().map(|name| copy(name)).collect();
    copied.into_iter().find(|copied| copied.as_ref().is_err_and(|error| !is_unknown(error))).unwrap_or(Ok(()))
}

/// Gives `file` the owner, group, mode and list of `pattern`. If only the list cannot be kept, that is the inner error.
fn copy_rights(file: &File, pattern: Pattern) -> io::Result<io::Result<()>> {
    // As they are now: what its owner has taken from others meanwhile is not to be given back.
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
            let Err(error) = file.set_xattr(ACCESS, &list.0) else { return Ok(Ok(())) };
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

/// Whether the file system knows no such attributes.
fn is_unknown(error: &io::Error) -> bool {
    let codes = [Errno::EOPNOTSUPP as i32, Errno::ENOSYS as i32];
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// An access control list as the system keeps it: a version, then for each entry its kind, rights and whose they are, all
/// with the low byte first.
struct List(Vec<u8>);

/// Kinds of entries.
const OWNER: u16 = 0x01;
const USER: u16 = 0x02;
const GROUP_OF_FILE: u16 = 0x04;
const GROUP: u16 = 0x08;
const MASK: u16 = 0x10;
const OTHER: u16 = 0x20;

const VERSION: [u8; 4] = [2, 0, 0, 0];
const ENTRY: usize = 8;

impl List {
    /// `None` if the bytes have another form.
    fn new(bytes: Vec<u8>) -> Option<Self> {
        let entries = bytes.strip_prefix(&VERSION)?;
        (entries.len() % ENTRY == 0).then_some(Self(bytes))
    }

    /// Kind and rights of each entry.
    fn entries(&self) -> impl Iterator<Item = (u16, u16)> {
        let halves =
            |entry: &[u8]| (u16::from_le_bytes([entry[0], entry[1]]), u16::from_le_bytes([entry[2], entry[3]]));
        self.0[VERSION.len()..].chunks_exact(ENTRY).map(halves)
    }

    /// The rights that the list gives to this kind, if it has an entry of it.
    fn rights(&self, kind: u16) -> Option<u16> {
        self.entries().find(|&(found, _)| found == kind).map(|(_, rights)| rights)
    }

    fn change(&mut self, change: impl Fn(u16, u16) -> u16) {
        for entry in self.0[VERSION.len()..].chunks_exact_mut(ENTRY) {
            let kind = u16::from_le_bytes([entry[0], entry[1]]);
            let rights = u16::from_le_bytes([entry[2], entry[3]]);
            entry[2..4].copy_from_slice(&change(kind, rights).to_le_bytes());
        }
    }

    /// Takes away what `mode` does not give, as the system does for new files.
    fn restrict(&mut self, mode: u16) {
        let group = if self.rights(MASK).is_some() { MASK } else { GROUP_OF_FILE };
        self.change(|kind, rights| match kind {
            OWNER => rights & mode >> 6,
            OTHER => rights & mode,
            _ if kind == group => rights & mode >> 3,
            _ => rights,
        });
    }

    /// For a file whose group is not the one that was meant, and whose old group now falls under the others.
    fn forget_group(&mut self) {
        let mask = self.rights(MASK).unwrap_or(0o7);
        let groups = self.entries().filter(|&(kind, _)| kind == GROUP || kind == GROUP_OF_FILE);
        let both = groups.fold(self.rights(OTHER).unwrap_or(0), |both, (_, rights)| both & rights & mask);
        self.change(|kind, rights| if kind == GROUP_OF_FILE || kind == OTHER { both } else { rights });
    }

    /// A mode in place of this list, for a file that had this `mode` with it: the group has what its own entry gave it; and
    /// as those whom the list names now count as the group or as others, neither has what the list denied one of them.
    fn mode_without(&self, mode: u32) -> u32 {
        let mask = self.rights(MASK).unwrap_or(0o7);
        let named = self.entries().filter(|&(kind, _)| kind == USER || kind == GROUP);
        let least = named.fold(0o7, |least, (_, rights)| least & rights & mask);
        let group = self.rights(GROUP_OF_FILE).unwrap_or(0) & mask & least;
        let other = self.rights(OTHER).unwrap_or(0) & least;
        mode & 0o700 | u32::from(group & 0o7) << 3 | u32::from(other & 0o7)
    }
}

/// The mode bits that new files do not get. Asking for them means setting them, so this holds no other value
/// for longer than it takes; no other thread of ours creates files.
fn umask() -> u32 {
    use nix::sys::stat::{Mode, umask};
    let mask = umask(Mode::from_bits_truncate(0o077));
    umask(mask);
    mask.bits() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u16, u16)]) -> List {
        let entry = |&(kind, rights): &(u16, u16)| [kind.to_le_bytes(), rights.to_le_bytes(), [0; 2], [0; 2]].concat();
        List::new([VERSION.to_vec(), entries.iter().flat_map(entry).collect()].concat()).unwrap()
    }

    #[test]
    fn without_its_list_a_file_gives_nobody_more_than_with_it() {
        // One user may read and write, the group nothing: the mode's bits for the group are the mask.
        let one = list(&[(OWNER, 6), (USER, 6), (GROUP_OF_FILE, 0), (MASK, 6), (OTHER, 0)]);
        assert_eq!(one.mode_without(0o660), 0o600);
        // The mask takes from the group too.
        let masked = list(&[(OWNER, 7), (USER, 7), (GROUP_OF_FILE, 7), (MASK, 4), (OTHER, 4)]);
        assert_eq!(masked.mode_without(0o744), 0o744);
        // One user may not read what all others may.
        let denied = list(&[(OWNER, 6), (USER, 0), (GROUP_OF_FILE, 4), (MASK, 4), (OTHER, 4)]);
        assert_eq!(denied.mode_without(0o644), 0o600);
    }

    #[test]
    fn a_group_that_is_not_the_one_that_was_meant_gets_what_all_others_have_too() {
        let mut own = list(&[(OWNER, 6), (USER, 6), (GROUP_OF_FILE, 6), (MASK, 6), (OTHER, 4)]);
        own.forget_group();
        assert_eq!((own.rights(GROUP_OF_FILE), own.rights(OTHER), own.rights(USER)), (Some(4), Some(4), Some(6)));
        // What the mask or a list's entry kept from a group, its members do not get as others.
        for denied in [[(GROUP, 4), (MASK, 0)], [(GROUP, 0), (MASK, 4)]] {
            let mut list = list(&[&[(OWNER, 6), (GROUP_OF_FILE, 4)][..], &denied, &[(OTHER, 4)]].concat());
            list.forget_group();
            assert_eq!((list.rights(GROUP_OF_FILE), list.rights(OTHER)), (Some(0), Some(0)));
        }
    }

    #[test]
    fn bytes_of_another_form_are_no_list() {
        for bytes in [&b""[..], b"\x02", b"\x01\0\0\0", b"\x02\0\0\0\x01\0\x06"] {
            assert!(List::new(bytes.to_vec()).is_none());
        }
    }
}
