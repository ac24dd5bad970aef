//! Where the streams stood that expanded content holds.

use std::ops::Range;

use super::{
    expand::Expanded,
    inflate::inflate,
    recipe::{Entry, bad_recipe},
};
use crate::Result;

/// A stream that was expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamPlace {
    /// Its bytes in the content, with the trailer that is computed.
    pub stream: Range<usize>,
    /// What it holds, in the expanded bytes.
    pub content: Range<usize>,
}

/// The streams of `expanded`, which `raw` was expanded to.
///
/// # Errors
/// The recipe is damaged, or does not fit.
pub fn places(expanded: &Expanded, raw: &[u8]) -> Result<Vec<StreamPlace>> {
    let content_len = expanded.bytes.len().checked_sub(expanded.recipe_len).ok_or_else(bad_recipe)?;
    let (content, mut recipe) = expanded.bytes.split_at(content_len);
    let (mut places, mut from, mut raw_from) = (Vec::new(), 0usize, 0usize);
    while !recipe.is_empty() {
        let entry = Entry::read(&mut recipe)?;
        let start = raw_from.checked_add(entry.gap).filter(|&start| start <= raw.len()).ok_or_else(bad_recipe)?;
        let inflated = inflate(&raw[start..], entry.len).map_err(|_| bad_recipe())?;
        let held = from + entry.gap..from + entry.gap + inflated.content.len();
        let trailer = entry.trailer.bytes(content.get(held.clone()).ok_or_else(bad_recipe)?);
        raw_from = start + inflated.consumed + trailer.len();
        from = held.end;
        places.push(StreamPlace { stream: start..raw_from, content: held });
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::{super::expand, *};

    #[test]
    fn streams_are_found_where_they_stood() {
        let gzipped = foretell_testkit::gzip(&b"a stream of a text, a text of a stream; ".repeat(9), 6);
        let raw = [b"before".as_slice(), &gzipped, b"between", &gzipped, b"after"].concat();
        let expanded = expand(&raw).unwrap();
        let places = places(&expanded, &raw).unwrap();
        assert_eq!(places.len(), 2);
        for place in places {
            assert_eq!(inflate(&raw[place.stream.clone()], 1 << 20).unwrap().content, expanded.bytes[place.content]);
            // Its trailer is the end of the gzip member.
            assert!(raw[..place.stream.end].ends_with(&gzipped));
        }
    }
}
