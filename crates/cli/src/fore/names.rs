//! The name of a file ↔ the name of its compressed file. Names are bytes: they need not be UTF-8.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use crate::common::platform::os_str;

/// The suffix of compressed files.
pub const SUFFIX: &str = ".fore";
/// The suffix that means `.tar.fore`.
const TAR_SUFFIX: &str = ".tfore";

/// The suffixes in force.
#[derive(Debug)]
pub struct Names {
    /// What compressing appends, and what decompressing tries first.
    suffix: OsString,
}

impl Names {
    /// `custom` in place of [`SUFFIX`], if given. It must be such that the name changes and the directory does not.
    pub fn new(custom: Option<OsString>) -> Result<Self, &'static str> {
        match custom {
            None => Ok(Self { suffix: SUFFIX.into() }),
            Some(suffix) if suffix.is_empty() => Err("an empty suffix would overwrite the input"),
            Some(suffix) if suffix.as_encoded_bytes().contains(&b'/') => Err("a suffix must not contain '/'"),
            Some(suffix) => Ok(Self { suffix }),
        }
    }

    /// The name of `path` compressed: `f` → `f.fore`.
    pub fn compressed(&self, path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(&self.suffix);
        name.into()
    }

    /// The suffix that marks `path` as compressed already, if it has one.
    pub fn compressed_suffix(&self, path: &Path) -> Option<&OsStr> {
        [self.suffix.as_os_str(), TAR_SUFFIX.as_ref()].into_iter().find(|suffix| stem(path, suffix).is_some())
    }

    /// The name of `path` decompressed: `f.fore` → `f`, `f.tfore` → `f.tar`.
    pub fn decompressed(&self, path: &Path) -> Option<PathBuf> {
        let with_tar = || Some([stem(path, TAR_SUFFIX.as_ref())?, b".tar"].concat());
        let name =
            stem(path, &self.suffix).or_else(|| stem(path, SUFFIX.as_ref())).map(<[u8]>::to_vec).or_else(with_tar)?;
        Some(os_str(&name).into())
    }
}

/// `path` without `suffix`, if that leaves a name.
fn stem<'a>(path: &'a Path, suffix: &OsStr) -> Option<&'a [u8]> {
    let stem = path.as_os_str().as_encoded_bytes().strip_suffix(suffix.as_encoded_bytes())?;
    (!stem.is_empty() && !stem.ends_with(b"/")).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(names: &Names, path: &str) -> Option<String> {
        names.decompressed(path.as_ref()).map(|p| p.into_os_string().into_string().unwrap())
    }

    #[test]
    fn known_suffixes_come_off() {
        let names = Names::new(None).unwrap();
        assert_eq!(down(&names, "d/f.fore").as_deref(), Some("d/f"));
        assert_eq!(down(&names, "x.tfore").as_deref(), Some("x.tar"));
        assert_eq!(down(&names, "x.tar.fore").as_deref(), Some("x.tar"));
        for path in ["f", "f.gz", ".fore", "d/.fore", "d/.tfore", "fore"] {
            assert_eq!(down(&names, path), None, "{path}");
        }
    }

    #[test]
    fn a_suffix_of_ones_own_goes_on_and_comes_off_and_the_usual_one_still_does() {
        for suffix in [".foo", "z", "T"] {
            let names = Names::new(Some(suffix.into())).unwrap();
            let compressed = names.compressed("f".as_ref());
            assert_eq!(compressed, Path::new(&format!("f{suffix}")));
            assert_eq!(names.decompressed(&compressed).as_deref(), Some(Path::new("f")));
            assert_eq!(down(&names, "g.fore").as_deref(), Some("g"));
            assert!(
                names.compressed_suffix(&compressed).is_some() && names.compressed_suffix("f.fore".as_ref()).is_none()
            );
        }
    }

    #[test]
    fn suffixes_that_keep_the_name_or_leave_the_directory_are_refused() {
        assert!(Names::new(Some("".into())).is_err() && Names::new(Some("/x".into())).is_err());
    }

    #[test]
    fn names_that_are_not_utf8_survive() {
        let path = PathBuf::from(os_str(b"d/\xff\xfe"));
        let names = Names::new(None).unwrap();
        assert_eq!(names.decompressed(&names.compressed(&path)), Some(path));
    }
}
