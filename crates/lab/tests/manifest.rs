//! The manifest of real files is one: no file twice, both sets in every kind, packages that their script understands.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_package(package: &str) -> bool {
    let Some((registry, rest)) = package.strip_prefix("pkg:").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let (name, file) = rest.split_once('?').unwrap_or((rest, ""));
    let pinned = name.split_once('@').is_some_and(|(name, version)| !name.is_empty() && !version.is_empty());
    let wheel = file.starts_with("file_name=") && file.ends_with(".whl");
    pinned && (matches!(registry, "npm" | "cargo") && file.is_empty() || registry == "pypi" && wheel)
}

#[test]
fn every_kind_has_files_of_both_sets_and_every_line_is_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/real-files/MANIFEST.tsv");
    let manifest = fs::read_to_string(path).unwrap();
    let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let (mut files, mut contents, mut packages) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    let mut total = 0;
    for line in manifest.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, set, package, package_digest, path, size, digest] = fields[..] else { panic!("{line}") };
        assert!(["tune", "check"].contains(&set), "{line}");
        assert!(is_package(package) && is_sha256(package_digest) && is_sha256(digest) && !path.is_empty(), "{line}");
        let size: u64 = size.parse().unwrap();
        assert!((2000..=3_000_000).contains(&size), "{line}");
        assert!(files.insert((package, path)), "twice: {line}");
        assert!(contents.insert(digest), "the content of another file: {line}");
        assert_eq!(*packages.entry(package).or_insert(package_digest), package_digest, "{line}");
        kinds.entry(kind).or_default().insert(set);
        total += size;
    }
    assert!(files.len() >= 60 && kinds.len() >= 20 && total <= 40_000_000, "{} files, {total} bytes", files.len());
    let lacking: Vec<_> = kinds.iter().filter(|(_, sets)| sets.len() < 2).collect();
    assert!(lacking.is_empty(), "kinds without one of the sets: {lacking:?}");
}
