//! `--level`: a list of levels and ranges.

use crate::common::values::parse_level;
use foretell::Level;

/// Levels without repetition, lowest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels(pub Vec<Level>);

/// Levels and ranges of them between commas, such as `1,3,6-9`.
///
/// # Errors
/// A sentence for the user.
pub fn parse_levels(text: &str) -> Result<Levels, String> {
    let mut levels = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let level = |text| parse_level(text).map_err(|why| format!("`{text}` is not a level: {why}"));
        let (first, last) = (level(first)?, level(last)?);
        if first > last {
            return Err(format!("`{part}` is an empty range"));
        }
        levels.extend(Level::all().filter(|level| (first..=last).contains(level)));
    }
    levels.sort();
    levels.dedup();
    Ok(Levels(levels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<Vec<u8>, String> {
        parse_levels(text).map(|levels| levels.0.iter().map(|level| level.get()).collect())
    }

    #[test]
    fn lists_and_ranges_are_merged_in_order() {
        assert_eq!(numbers("6"), Ok(vec![6]));
        assert_eq!(numbers("6,1, 3"), Ok(vec![1, 3, 6]));
        assert_eq!(numbers("1-9"), Ok((1..=9).collect()));
        assert_eq!(numbers("7,2-4,3-5"), Ok(vec![2, 3, 4, 5, 7]));
    }

    #[test]
    fn a_text_that_is_no_level_is_named() {
        for (text, named) in
            [("0", "`0`"), ("1-10", "`10`"), ("3,x", "`x`"), ("", "``"), ("4-", "``"), ("5-2", "`5-2`")]
        {
            let message = numbers(text).unwrap_err();
            assert!(message.contains(named), "{text}: {message}");
        }
    }
}
