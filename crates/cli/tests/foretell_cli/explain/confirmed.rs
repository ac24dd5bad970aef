//! What a field costs is what its absence saves: each field is replaced by a constant, and the rest is compressed again.

use std::collections::BTreeMap;

use foretell::{EncodeOptions, Level, compress};
use foretell_testkit::Random;

use super::folder;
use crate::{foretell, json};

const LINES: usize = 700;
const LEVEL: u8 = 4;

/// The values of a field in all lines, by its name, from the one that costs most to one that costs little.
fn values(random: &mut Random) -> BTreeMap<&'static str, Vec<String>> {
    let words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath"];
    let mut of = |make: &mut dyn FnMut(&mut Random) -> String| (0..LINES).map(|_| make(random)).collect();
    BTreeMap::from([
        ("token", of(&mut |random| format!("{:010x}", random.bits() >> 24))),
        ("amount", of(&mut |random| format!("{}", 10_000 + random.below(90_000)))),
        ("user", of(&mut |random| format!("u{}", random.below(64)))),
        ("state", of(&mut |random| words[random.below(8)].to_owned())),
        ("kind", of(&mut |random| ["a", "b"][usize::from(random.below(10) == 0)].to_owned())),
    ])
}

/// How the lines of a format are made, and what the field of a value is called.
struct Format {
    line: fn(&BTreeMap<&str, &str>) -> String,
    header: &'static str,
    field: fn(&str) -> String,
}

const FORMATS: [Format; 3] = [
    Format {
        line: |v| {
            format!(
                "{{\"token\":\"{}\",\"of\":{{\"amount\":{},\"user\":\"{}\"}},\"state\":\"{}\",\"kind\":\"{}\"}}\n",
                v["token"], v["amount"], v["user"], v["state"], v["kind"]
            )
        },
        header: "",
        field: |name| if ["amount", "user"].contains(&name) { format!(".of.{name}") } else { format!(".{name}") },
    },
    Format {
        line: |v| format!("{},{},{},{},{}\n", v["token"], v["amount"], v["user"], v["state"], v["kind"]),
        header: "token,amount,user,state,kind\n",
        field: str::to_owned,
    },
    Format {
        line: |v| {
            format!(
                "INFO request token={} amount={} user={} state={} kind={} done\n",
                v["token"], v["amount"], v["user"], v["state"], v["kind"]
            )
        },
        header: "",
        field: |name| format!("{name}= <*>"),
    },
];

fn content(format: &Format, values: &BTreeMap<&str, Vec<String>>, constant: Option<&str>) -> String {
    let line = |i: usize| {
        let value = |name, all: &'_ [String]| all[if constant == Some(name) { 0 } else { i }].clone();
        let all: Vec<(&str, String)> = values.iter().map(|(&name, all)| (name, value(name, all))).collect();
        (format.line)(&all.iter().map(|(name, value)| (*name, value.as_str())).collect())
    };
    format.header.to_owned() + &(0..LINES).map(line).collect::<String>()
}

#[test]
fn the_dearest_fields_cost_what_their_absence_saves() {
    let values = values(&mut Random(11));
    let options = EncodeOptions::new().level(Level::new(LEVEL).unwrap());
    let bits = |content: &str| 8.0 * compress(content.as_bytes(), &options).unwrap().len() as f64;
    for format in &FORMATS {
        let whole = content(format, &values, None);
        let folder = folder("file", whole.as_bytes());
        let report = json(foretell(&folder).args(["explain", "--json", "-l", &LEVEL.to_string(), "file"]));
        let all = bits(&whole);
        let mut charged: Vec<(f64, f64, &str)> = Vec::new();
        for &name in values.keys() {
            let field = (format.field)(name);
            let rows = report["fields"].as_array().unwrap();
            let row = rows.iter().find(|row| row["name"].as_str().unwrap().starts_with(&field));
            let cost = row.unwrap_or_else(|| panic!("{field} is not in {rows:#?}"))["bits"].as_f64().unwrap();
            charged.push((cost, all - bits(&content(format, &values, Some(name))), name));
        }
        charged.sort_by(|a, b| b.0.total_cmp(&a.0));
        let saved: Vec<f64> = charged.iter().map(|&(_, saved, _)| saved).collect();
        assert!(saved.is_sorted_by(|a, b| a >= b), "another order: {charged:?}");
        for &(cost, saved, name) in &charged[..3] {
            assert!((cost - saved).abs() < 0.25 * saved, "{name}: {cost:.0} bits, but {saved:.0} without it");
        }
    }
}
