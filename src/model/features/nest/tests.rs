//! Tags, keys, quotes and places in small texts.

use super::*;

/// What is open after `text`, and the byte that stood last in the place of the next one.
fn after(text: &str) -> (Nest, u8) {
    let bytes = text.as_bytes();
    let mut nest = Nest::new();
    let mut was = 0;
    for &byte in bytes {
        nest.push(byte, was);
        was = nest.stood().map_or(0, |at| bytes.get(at).copied().unwrap_or(0));
    }
    (nest, was)
}

#[test]
fn tags_and_braces_open_and_close() {
    let top = |text: &str| after(text).0.top();
    assert_eq!(top("<a><b>x</b>"), top("<a>"));
    assert_eq!(top("<a href='x'>"), top("<a>"));
    assert_ne!(top("<a><b>"), top("<a>"));
    assert_eq!(top("<a><br/>"), top("<a>"));
    assert_eq!(top(r#"{"key": {"x": {}"#), top(r#"{"key": {"#));
    assert_eq!(top("</a></a>}}"), 0);
}

#[test]
fn a_closing_tag_repeats_the_open_one() {
    let text = "<root><name>x</na";
    assert_eq!(after(text).0.closing(), text.find("me>"));
    assert_eq!(after("<root>x").0.closing(), None);
}

#[test]
fn the_value_of_the_same_key_is_followed() {
    // A brace is known by the key before it, so the first one differs from those that follow.
    let text = r#"{"id":17,"at":5},{"id":18,"at":5},{"id":1"#;
    let (nest, was) = after(text);
    assert_eq!((was, nest.same, nest.differs), (b'8', 1, 0));
}

#[test]
fn quotes_and_brackets_open_and_close() {
    for (text, quote) in [("(\"a\"", b'('), ("\"a", b'"'), ("don't", 0), ("`so,'", 0), ("[(]", 0), ("\"a\n\n", 0)] {
        assert_eq!(after(text).0.quote(), quote, "{text:?}");
    }
}

#[test]
fn any_depth_is_borne() {
    after(&"<a b='{'>{<c d='{{{{".repeat(100));
    after(&"([{".repeat(100));
    after(&"}>)]</x>".repeat(100));
}
