//! The page for browsers: whole in itself, small, and with the data of the content. What it does in a browser is tried by
//! `tests/page.py`.

use std::{fs, path::Path};

use foretell_testkit::noise;
use predicates::str::contains;

use super::folder;
use crate::foretell;

/// The page on a file.
fn page(content: &[u8], args: &[&str]) -> String {
    let folder = folder("a <b> & \"c\".log", content);
    let mut command = foretell(&folder);
    command.args(["explain", "-l1", "-o", "page.html"]).args(args).arg("a <b> & \"c\".log").assert().success();
    fs::read_to_string(folder.path().join("page.html")).unwrap()
}

/// The text of the element that begins with `start`.
fn element<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let from = page.find(start).unwrap_or_else(|| panic!("{start} is not there")) + start.len();
    &page[from..from + page[from..].find(end).unwrap()]
}

fn log(lines: usize) -> Vec<u8> {
    (0..lines)
        .flat_map(|i| format!("12:{:02}:00 job {} ended </script> <!-- {}\n", i % 60, i * 7 % 100, i % 3).into_bytes())
        .collect()
}

#[test]
fn the_page_asks_for_nothing_and_is_well_formed() {
    let page = page(&log(300), &[]);
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    let policy = element(&page, "Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("script-src 'sha256-"));
    for from_outside in ["src=", "href=\"http", "url(", "@import", "import(", "fetch(", "XMLHttpRequest", " style="] {
        assert!(!page.contains(from_outside), "{from_outside}");
    }
    // What stands in the content is no markup.
    assert!(page.contains("a &lt;b&gt; &amp; &quot;c&quot;.log"));
    assert_eq!(page.matches("</script>").count(), page.matches("<script").count());
    for (open, close) in [("<table", "</table>"), ("<tr", "</tr>"), ("<section", "</section>"), ("<td", "</td>")] {
        assert_eq!(page.matches(open).count(), page.matches(close).count(), "{open}");
    }
    assert!(page.contains("job &lt;*&gt;") && page.contains("<svg ") && page.contains("class=\"total\""));
}

#[test]
fn the_data_are_those_of_the_content() {
    let content = log(300);
    let page = page(&content, &[]);
    let data: serde_json::Value =
        serde_json::from_str(element(&page, "<script type=\"application/json\" id=\"data\">", "</script>")).unwrap();
    assert_eq!(data["length"], content.len());
    assert_eq!((&data["text"], &data["eight"]), (&serde_json::json!(true), &serde_json::json!(32.0)));
    assert!(data["details"].as_u64().unwrap() > 100 && data["least"] == 0.5);
    assert!(data["experts"].as_array().unwrap().iter().any(|name| name == "match model"));
    let unpacked = |name: &str| {
        let start = format!("<script type=\"application/octet-stream\" id=\"blob-{name}\">");
        inflated(&unbased(element(&page, &start, "</script>")))
    };
    assert!(unpacked("bytes") == content);
    let costs = unpacked("costs");
    assert_eq!(costs.len(), content.len());
    // The steps are those of the costs: the sum is that of the table, within the width of steps.
    let bits: f64 = costs.iter().map(|&step| (f64::from(step) / 32.0).powi(2) * 8.0).sum();
    let report = foretell::compress(&content, &foretell::EncodeOptions::new().level(foretell::Level::FASTEST)).unwrap();
    let overhead = 8.0 * report.len() as f64 - bits;
    assert!((0.0..0.1 * bits + 60.0 * 8.0).contains(&overhead), "{bits}, {overhead}");
}

#[test]
fn a_page_is_at_most_three_times_its_content() {
    let text = foretell_testkit::text();
    for content in [log(25_000), noise(3, 1 << 20), text.repeat(1 + (900 << 10) / text.len())] {
        let page = page(&content, &[]);
        assert!(page.len() <= 3 * content.len(), "{} bytes for {}", page.len(), content.len());
    }
    assert!(page(b"", &[]).len() < 60_000 && page(b"x", &[]).len() < 60_000);
}

#[test]
fn a_page_is_not_overwritten_unasked() {
    let folder = folder("file", b"content");
    fs::write(folder.path().join("page.html"), "mine").unwrap();
    let mut refused = foretell(&folder);
    let refused = refused.args(["explain", "-l1", "-o", "page.html", "file"]).assert().code(1);
    refused.stderr(contains("page.html: already exists; -f overwrites it"));
    assert_eq!(fs::read(folder.path().join("page.html")).unwrap(), b"mine");
    foretell(&folder).args(["explain", "-l1", "-fo", "page.html", "file"]).assert().success();
    assert!(Path::new(&folder.path().join("page.html")).metadata().unwrap().len() > 1000);
}

/// The bytes of a text in base 64.
fn unbased(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let values: Vec<u32> = text
        .bytes()
        .filter_map(|byte| digits.iter().position(|&digit| digit == byte))
        .map(|value| value as u32)
        .collect();
    let bytes = |four: &[u32]| {
        let number = four.iter().fold(0, |number, value| number << 6 | value) << (6 * (4 - four.len()));
        number.to_be_bytes()[1..four.len()].to_vec()
    };
    values.chunks(4).flat_map(bytes).collect()
}

/// The content of a deflate stream.
fn inflated(stream: &[u8]) -> Vec<u8> {
    foretell::unstable::deflate::inflate(stream, 1 << 26).unwrap().content
}
