//! Files → better constants: a search along one constant at a time, with a budget of time.
//!
//! Each constant is tried a step up and a step down (by a factor, at first 1.5). While a step makes the tune set
//! smaller, the search goes on in that direction; once no constant gets better, the steps become shorter. What counts is
//! the mean over kinds of the logarithm of a kind's size, so that large files and kinds do not drown the others. The
//! check set never steers the search: its figures are for the decision afterwards.

use std::time::{Duration, Instant};

use anyhow::bail;
use foretell::{
    Level,
    unstable::model::tuned::{Setting, set, settings},
};

use crate::{
    content::{Content, groups},
    probe,
    table::{Table, change, whole},
};

/// The first factor of a step, and the last.
const FIRST_STEP: f64 = 1.5;
const LAST_STEP: f64 = 1.04;

/// The constants that networks of `level` ask for, whose names begin as one of `prefixes`, or all without one.
///
/// # Errors
/// No memory for the network, or there is no such constant.
pub fn constants(level: Level, prior: bool, prefixes: &[String]) -> anyhow::Result<Vec<(String, Setting)>> {
    probe(level, prior, 9000)?.cost(&b"A network asks for what it uses. ".repeat(270));
    let own_level = format!("level.{}.", level.get());
    let is_wanted = |name: &str| {
        (!name.starts_with("level.") || name.starts_with(&own_level))
            && (prefixes.is_empty() || prefixes.iter().any(|prefix| name.starts_with(prefix.as_str())))
    };
    let found: Vec<_> = settings().into_iter().filter(|(name, _)| is_wanted(name)).collect();
    if found.is_empty() {
        bail!("level {} uses no constant of that name; `lab tune --names` lists them", level.get());
    }
    Ok(found)
}

/// Sets a constant as "NAME=VALUE" says.
///
/// # Errors
/// As of [`constants`], or this is no assignment.
pub fn assign(level: Level, prior: bool, assignment: &str) -> anyhow::Result<()> {
    let parts = assignment.split_once('=').and_then(|(name, value)| Some((name, value.parse().ok()?)));
    let Some((name, value)) = parts else { bail!("\"{assignment}\" is no NAME=VALUE") };
    constants(level, prior, &[name.to_owned()])?;
    if !set(name, value) {
        bail!("there is no constant {name}; `lab tune --names` lists them");
    }
    Ok(())
}

/// The list of constants, as a table.
///
/// # Errors
/// As of [`constants`].
pub fn names(level: Level, prior: bool, prefixes: &[String]) -> anyhow::Result<String> {
    let mut table = Table::new(["constant", "value", "least", "most"]);
    for (name, setting) in constants(level, prior, prefixes)? {
        table.row([name, number(setting.value), number(setting.least), number(setting.most)]);
    }
    Ok(table.render())
}

/// How the search goes about it.
#[derive(Clone, Debug)]
pub struct Search {
    /// The level.
    pub level: Level,
    /// Whether networks start from the built-in prior.
    pub prior: bool,
    /// What the names begin with; all constants, if none is named.
    pub prefixes: Vec<String>,
    /// How long it may take, with the measurements of both sets at first and of the check set in the end, which are made
    /// in any case.
    pub budget: Duration,
}

/// The files of one set, by kind.
struct Set<'a> {
    kinds: Vec<Vec<&'a Content>>,
}

impl<'a> Set<'a> {
    fn new(contents: &'a [Content], set: &str) -> Self {
        let of_kind = |kind: String| contents.iter().filter(|c| c.set == set && c.kind == kind).collect();
        let kinds: Vec<Vec<_>> = groups(contents, |content| &content.kind).into_iter().map(of_kind).collect();
        Self { kinds: kinds.into_iter().filter(|kind| !kind.is_empty()).collect() }
    }

    /// The bytes that each kind takes, or `None` if that cannot be known before `until`.
    fn sizes(&self, search: &Search, until: Option<Instant>) -> anyhow::Result<Option<Vec<f64>>> {
        let mut sizes = Vec::new();
        for kind in &self.kinds {
            let mut bits = 0.0;
            for content in kind {
                if until.is_some_and(|until| Instant::now() > until) {
                    return Ok(None);
                }
                bits += probe(search.level, search.prior, content.bytes.len())?.cost(&content.bytes);
            }
            sizes.push(bits / 8.0);
        }
        Ok(Some(sizes))
    }
}

/// The mean over kinds of the logarithm of their sizes.
fn score(sizes: &[f64]) -> f64 {
    sizes.iter().map(|&size| size.max(1.0).ln()).sum::<f64>() / sizes.len() as f64
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The constants that changed: name, value before, value after.
    pub changes: Vec<(String, f64, f64)>,
    /// How many constants there were.
    pub constants: usize,
    /// How many values were tried.
    pub tried: usize,
    /// The bytes of each kind of the tune set, before and after.
    pub tune: [Vec<f64>; 2],
    /// The same of the check set; empty if there is none.
    pub check: [Vec<f64>; 2],
}

/// Searches. What it finds stays set.
///
/// # Errors
/// No memory for a network, no such constant, or no file of the tune set.
pub fn search(contents: &[Content], search: &Search) -> anyhow::Result<Outcome> {
    let begun = Instant::now();
    let (tune, check) = (Set::new(contents, "tune"), Set::new(contents, "check"));
    if tune.kinds.is_empty() {
        bail!("no file of the set \"tune\"");
    }
    let constants = constants(search.level, search.prior, &search.prefixes)?;
    let whole_set = |set: &Set| set.sizes(search, None).map(Option::unwrap_or_default);
    let before = whole_set(&tune)?;
    let check_begun = Instant::now();
    let check_before = whole_set(&check)?;
    // The check set will take as long again.
    let until = begun + search.budget.saturating_sub(check_begun.elapsed());
    let Climbed { values, tried, sizes: after } = climb(&tune, search, &constants, &before, until)?;
    let changes = constants.iter().zip(values).map(|((name, setting), value)| (name.clone(), setting.value, value));
    Ok(Outcome {
        changes: changes.filter(|(_, before, after)| before != after).collect(),
        constants: constants.len(),
        tried,
        tune: [before, after],
        check: [check_before, whole_set(&check)?],
    })
}

/// A search as tables: the constants that changed, and what all changes together make of both sets.
///
/// # Errors
/// As of [`search`].
pub fn report(contents: &[Content], how: &Search) -> anyhow::Result<String> {
    let begun = Instant::now();
    let outcome = search(contents, how)?;
    let mut constants = Table::new(["constant", "before", "after"]);
    for (name, before, after) in &outcome.changes {
        constants.row([name.clone(), number(*before), number(*after)]);
    }
    let mut sets = Table::new(["set", "bytes before", "after", "change", "mean of kinds", "worst kind"]);
    for (name, [before, after]) in [("tune", &outcome.tune), ("check", &outcome.check)] {
        if !before.is_empty() {
            sets.row(set_row(name, before, after));
        }
    }
    let (level, seconds) = (how.level.get(), begun.elapsed().as_secs());
    let what = format!("Level {level}, {} constants, {} trials in {seconds} s.", outcome.constants, outcome.tried);
    Ok(format!("{what}\n\n{}\n{}", constants.render(), sets.render()))
}

/// The best values of constants, how many were tried, and what the tune set takes with the best.
struct Climbed {
    values: Vec<f64>,
    tried: usize,
    sizes: Vec<f64>,
}

/// Sets the constants to the best values that are found before `until`. With the first ones the tune set takes `sizes`.
fn climb(
    tune: &Set,
    search: &Search,
    constants: &[(String, Setting)],
    sizes: &[f64],
    until: Instant,
) -> anyhow::Result<Climbed> {
    let mut best_sizes = sizes.to_vec();
    let mut best: Vec<f64> = constants.iter().map(|(_, setting)| setting.value).collect();
    let (mut step, mut tried) = (FIRST_STEP, 0);
    'search: while step > LAST_STEP {
        let mut found = false;
        for (i, (name, setting)) in constants.iter().enumerate() {
            for factor in [step, 1.0 / step] {
                loop {
                    let value = stepped(best[i], factor, setting);
                    if value == best[i] {
                        break;
                    }
                    set(name, value);
                    let Some(sizes) = tune.sizes(search, Some(until))? else {
                        set(name, best[i]);
                        break 'search;
                    };
                    tried += 1;
                    // NaN, if a constant breaks the arithmetic, is not less.
                    if score(&sizes) < score(&best_sizes) - 1e-6 {
                        (best[i], best_sizes, found) = (value, sizes, true);
                    } else {
                        set(name, best[i]);
                        break;
                    }
                }
            }
        }
        if !found {
            step = step.sqrt();
        }
    }
    Ok(Climbed { values: best, tried, sizes: best_sizes })
}

/// A step from `value` by `factor`, within the range of its setting; from 0, a hundredth of the range. To four digits, as
/// constants are written.
fn stepped(value: f64, factor: f64, setting: &Setting) -> f64 {
    let up = if value == 0.0 { (setting.most - setting.least) / 100.0 } else { value * factor };
    let digits = 10f64.powf(3.0 - up.abs().log10().floor());
    let mut value = if digits.is_finite() { (up * digits).round() / digits } else { up };
    if setting.default.fract() == 0.0 && setting.least.fract() == 0.0 && setting.least >= 1.0 {
        value = value.round();
    }
    value.clamp(setting.least, setting.most)
}

fn set_row(name: &str, before: &[f64], after: &[f64]) -> [String; 6] {
    let sum = |sizes: &[f64]| sizes.iter().sum::<f64>();
    let worst = before.iter().zip(after).map(|(before, after)| after / before).fold(f64::MIN, f64::max);
    let [before_sum, after_sum] = [sum(before), sum(after)];
    [
        name.to_owned(),
        whole(before_sum.ceil() as u64),
        whole(after_sum.ceil() as u64),
        change(after_sum, before_sum),
        change((score(after) - score(before)).exp(), 1.0),
        change(worst, 1.0),
    ]
}

/// A constant's value, with no more digits than it has.
fn number(value: f64) -> String {
    // Through f32, as 0.1 is another number there.
    format!("{}", value as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_in_their_range_and_leave_zero() {
        let setting = |default, least, most| Setting { default, value: default, least, most };
        assert_eq!(stepped(0.01, 1.5, &setting(0.01, 0.0, 0.1)), 0.015);
        assert_eq!(stepped(0.09, 1.5, &setting(0.01, 0.0, 0.1)), 0.1);
        assert_eq!(stepped(0.0, 1.5, &setting(0.01, 0.0, 0.1)), 0.001);
        assert_eq!(stepped(-12.0, 1.5, &setting(-12.0, -20.0, -4.0)), -18.0);
        assert_eq!(stepped(33.0, 1.5, &setting(32.0, 8.0, 256.0)), 50.0);
    }
}
