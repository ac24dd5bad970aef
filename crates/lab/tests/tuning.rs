//! The search for constants. In a process of its own, as constants are set for all networks of a process.

use std::{fs, path::Path, time::Duration};

use foretell::Level;
use foretell_lab::{
    content::Content,
    tune::{self, Search},
};

#[test]
fn a_search_finds_what_was_made_worse_never_reports_worse_and_keeps_to_its_budget() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/written/lighthouse.txt");
    let text = fs::read(&path).unwrap();
    let content = |set: &str, bytes: &[u8]| Content {
        kind: "text".to_owned(),
        set: set.to_owned(),
        path: path.clone(),
        bytes: bytes.to_owned(),
    };
    let contents = [content("tune", &text[..3000]), content("check", &text[4000..7000])];
    let search = |prefix: &str, seconds| Search {
        level: Level::FASTEST,
        prior: false,
        prefixes: vec![prefix.to_owned()],
        budget: Duration::from_secs(seconds),
    };
    let size = |sizes: &[f64]| sizes.iter().sum::<f64>();

    let nothing = tune::search(&contents, &search("mix.mixer.", 0)).unwrap();
    assert!(nothing.changes.is_empty() && nothing.tune[0] == nothing.tune[1], "{nothing:?}");

    tune::assign(Level::FASTEST, false, "level.1.first_weight=1.2").unwrap();
    for wrong in ["level.1.first_weight", "level.1.first_weight=x", "level.1.first=1", "no=1"] {
        assert!(tune::assign(Level::FASTEST, false, wrong).is_err(), "{wrong}");
    }
    let found = tune::search(&contents, &search("level.1.first_weight", 60)).unwrap();
    let [(name, before, after)] = &found.changes[..] else { panic!("{found:?}") };
    assert_eq!((name.as_str(), *before), ("level.1.first_weight", 1.2));
    assert!((0.1..0.9).contains(after), "{found:?}");
    assert!(size(&found.tune[1]) < size(&nothing.tune[0]) * 1.01, "{found:?}");
    assert!(size(&found.check[1]) < size(&found.check[0]), "{found:?}");

    for seconds in [0, 1] {
        let found = tune::search(&contents, &search("", seconds)).unwrap();
        assert!(size(&found.tune[1]) <= size(&found.tune[0]), "{found:?}");
    }
    assert!(tune::search(&contents, &search("no.such", 1)).is_err());
    assert!(tune::search(&contents[1..], &search("", 1)).is_err(), "nothing to tune on");
    let names = tune::names(Level::DEFAULT, false, &["mix.".to_owned()]).unwrap();
    assert!(names.contains("mix.mixer.BOOST_STEPS") && !names.contains("experts"), "{names}");
}
