//! `foretell bench --ablate`.

use super::*;

#[test]
fn bench_ablate_has_a_row_for_each_component_that_the_level_has() {
    let folder = corpus();
    let report = |level: &str| json(foretell(&folder).args(["bench", "--ablate", "--json", "--level", level, "."]));
    let (fast, dense) = (report("1"), report("7"));
    for report in [&fast, &dense] {
        let rows = report["results"].as_array().unwrap();
        let level = foretell::Level::new(report["level"].as_u64().unwrap() as u8).unwrap();
        assert_eq!(rows.len(), 1 + foretell::unstable::model::Component::of(level).count());
        assert_eq!((&rows[0]["component"], &rows[0]["change_percent"]), (&"whole network".into(), &0.0.into()));
        assert_eq!(report["size"], 4000);
        for row in rows {
            let bytes = |row: &Value| row["bytes"].as_f64().unwrap();
            let change = 100.0 * (bytes(row) / bytes(&rows[0]) - 1.0);
            assert!((row["bits_per_byte"].as_f64().unwrap() - 8.0 * bytes(row) / 4000.0).abs() < 1e-5, "{row}");
            assert!((row["change_percent"].as_f64().unwrap() - change).abs() < 1e-2, "{row}");
        }
        assert!(rows.iter().any(|row| row["change_percent"].as_f64().unwrap() > 0.0), "{report}");
        assert!(rows.iter().any(|row| row["component"] == "context 1: last 4 | last 2"), "{report}");
    }
    let has_mlp = |report: &Value| report["results"].as_array().unwrap().iter().any(|r| r["component"] == "MLP");
    assert!(!has_mlp(&fast) && has_mlp(&dense));
}

#[test]
fn bench_ablate_prints_tables_and_csv_and_takes_one_level() {
    let folder = corpus();
    let run = |args: &[&str]| stdout(foretell(&folder).args(["bench", "--ablate", "-l1", "a text.txt"]).args(args));
    let (table, csv) = (run(&[]), run(&["--csv"]));
    assert!(table.starts_with("component ") && table.contains("\nwhole network "), "{table}");
    assert!(csv.starts_with("component,bytes,bits_per_byte,change_percent\nwhole network,"), "{csv}");
    assert_eq!(table.lines().count(), csv.lines().count());
    assert!(csv.contains("\n\"context "), "names with commas are quoted: {csv}");
    let mut two = foretell(&folder);
    two.args(["bench", "--ablate", "-l1,2", "a text.txt"]).assert().code(1).stderr(contains("one level at a time"));
    foretell(&folder).args(["bench", "--ablate", "--peers"]).assert().code(1).stderr(contains("cannot be used with"));
    let mut empty = foretell(&folder);
    empty.args(["bench", "--ablate", "-l1", "more/empty"]).assert().success().stdout(contains(" -"));
    let mut missing = foretell(&folder);
    missing.args(["bench", "--ablate", "-l1", "missing"]).assert().code(1).stderr(contains("foretell: missing: "));
}
