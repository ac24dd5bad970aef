use super::*;
use crate::toolbox::explain::fields::tests::{charged, names};

#[test]
fn values_have_the_paths_that_lead_to_them() {
    let text = br#"{"a":{"b":[1,2,{"c":"x\"y"}]},"d":null}
{"a":{"b":[]},"d":true}
[[7],"s"] 8"#;
    let (fields, faults) = charged(text, |ledger| Box::new(Json::new(ledger)));
    assert_eq!(faults, 0);
    let found = names(&fields);
    // The bytes and values of each.
    let expected = [
        ("(keys and punctuation)", 54, 0),
        (".a.b[]", 4, 2),
        (".a.b[].c", 6, 1),
        (".d", 10, 2),
        ("(top)", 1, 1),
        ("[]", 3, 1),
        ("[][]", 2, 1),
    ];
    for (name, bytes, values) in &expected[1..] {
        assert!(found.contains(&(*name, *bytes, *values)), "{name}: {found:?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
}

#[test]
fn other_text_has_faults() {
    for text in ["{\"a\" 1}", "hello", "[12:30:01] started", "{a:1}", "[1 2]", "}{", "{\"a\":x}"] {
        let (_, faults) = charged(text.as_bytes(), |ledger| Box::new(Json::new(ledger)));
        assert!(faults > 0, "{text}");
    }
}

#[test]
fn deep_and_broken_content_is_charged_whole_and_soon() {
    let deep = [vec![b'['; 1 << 20], vec![b']'; 1 << 19]].concat();
    let keys: Vec<u8> = (0..50_000).flat_map(|i| format!("{{\"k{i}\":").into_bytes()).collect();
    let open = [b"{\"a\":\"".as_slice(), &vec![b'x'; 1 << 20]].concat();
    let wide: Vec<u8> = (0..50_000).flat_map(|i| format!("{{\"{i}{}\":1}}\n", "y".repeat(150)).into_bytes()).collect();
    for text in [deep, keys, open, wide] {
        let (fields, _) = charged(&text, |ledger| Box::new(Json::new(ledger)));
        assert!(fields.len() <= MOST_PATHS + 2);
        assert_eq!(fields.iter().map(|field| field.bytes).sum::<u64>(), text.len() as u64);
    }
}
