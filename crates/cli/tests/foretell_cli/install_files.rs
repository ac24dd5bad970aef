//! `foretell install-files`: manual pages and completions.

use std::fs;

use crate::{corpus, foretell};

#[test]
fn manuals_and_completions_stand_where_packages_have_them() {
    let folder = corpus();
    foretell(&folder).args(["install-files", "prefix"]).assert().success().stdout("").stderr("");
    let share = folder.path().join("prefix/share");
    for name in ["fore", "unfore", "forecat", "foretell"] {
        assert!(share.join(format!("man/man1/{name}.1")).exists(), "{name}");
        assert!(share.join(format!("bash-completion/completions/{name}.bash")).exists(), "{name}");
        assert!(share.join(format!("zsh/site-functions/_{name}")).exists(), "{name}");
        assert!(share.join(format!("fish/vendor_completions.d/{name}.fish")).exists(), "{name}");
    }
    let manual = fs::read_to_string(share.join("man/man1/fore.1")).unwrap();
    assert!(manual.contains(r"\-\-block\-size") && manual.contains("FORE_THREADS"), "{manual}");
    let completions = fs::read_to_string(share.join("bash-completion/completions/unfore.bash")).unwrap();
    assert!(completions.contains("--block-size") && completions.contains("unfore"));
}

#[test]
fn a_prefix_that_is_no_folder_is_an_error() {
    let folder = corpus();
    let failed = foretell(&folder).args(["install-files", "README.md"]).assert().code(1);
    failed.stderr(predicates::str::contains("README.md/share/man/man1: Not a directory"));
}
