//! An access control list as Linux keeps it (POSIX.1e), and the mode that can replace it.

/// The list in the system's form: a version, then for each entry its kind, its rights and the user or group that has
/// them, all with the low byte first.
pub struct AccessList(Vec<u8>);

/// Kinds of entries.
const OWNER: u16 = 0x01;
const USER: u16 = 0x02;
const GROUP_OF_FILE: u16 = 0x04;
const GROUP: u16 = 0x08;
const MASK: u16 = 0x10;
const OTHER: u16 = 0x20;

const VERSION: [u8; 4] = [2, 0, 0, 0];
const ENTRY: usize = 8;

impl AccessList {
    /// The list in `bytes`; `None` if they have another form.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let entries = bytes.strip_prefix(&VERSION)?;
        (entries.len() % ENTRY == 0).then_some(Self(bytes))
    }

    /// The list in the system's form.
    pub fn bytes(&self) -> &[u8] {
        &self.0
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

    /// Removes the rights that `mode` does not give, as the system does for new files.
    pub fn restrict(&mut self, mode: u16) {
        let group = if self.rights(MASK).is_some() { MASK } else { GROUP_OF_FILE };
        self.change(|kind, rights| match kind {
            OWNER => rights & mode >> 6,
            OTHER => rights & mode,
            _ if kind == group => rights & mode >> 3,
            _ => rights,
        });
    }

    /// Narrows the list for a file that could not get its group: members of the intended group now count as others.
    pub fn forget_group(&mut self) {
        let mask = self.rights(MASK).unwrap_or(0o7);
        let groups = self.entries().filter(|&(kind, _)| kind == GROUP || kind == GROUP_OF_FILE);
        let both = groups.fold(self.rights(OTHER).unwrap_or(0), |both, (_, rights)| both & rights & mask);
        self.change(|kind, rights| if kind == GROUP_OF_FILE || kind == OTHER { both } else { rights });
    }

    /// The mode for a file that had this list with `mode`, and can only have a mode now. The group gets the rights of
    /// its own entry. The users and groups that the list names now count as the group or as others, so neither of these
    /// gets a right that the list denied one of them.
    pub fn mode_without(&self, mode: u32) -> u32 {
        let mask = self.rights(MASK).unwrap_or(0o7);
        let named = self.entries().filter(|&(kind, _)| kind == USER || kind == GROUP);
        let least = named.fold(0o7, |least, (_, rights)| least & rights & mask);
        let group = self.rights(GROUP_OF_FILE).unwrap_or(0) & mask & least;
        let other = self.rights(OTHER).unwrap_or(0) & least;
        mode & 0o700 | u32::from(group & 0o7) << 3 | u32::from(other & 0o7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u16, u16)]) -> AccessList {
        let entry = |&(kind, rights): &(u16, u16)| [kind.to_le_bytes(), rights.to_le_bytes(), [0; 2], [0; 2]].concat();
        AccessList::new([VERSION.to_vec(), entries.iter().flat_map(entry).collect()].concat()).unwrap()
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
            assert!(AccessList::new(bytes.to_vec()).is_none());
        }
    }
}
