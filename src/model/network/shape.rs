//! What the work of a step depends on, so that the compiler may know it.

use crate::model::level::Params;

/// The parts of a network. For each plain one there is a compiled step of its own, in which loops over contexts have a
/// fixed length and what the level lacks is not asked for: docs/EXPERIMENTS.md, "Speed of levels 1 to 3".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How many contexts have rows.
    pub contexts: usize,
    /// Whether there is nothing but these contexts, the match model, one mixer and the bias. Then the arithmetic is the
    /// quick one, and rows are found by [`near`](crate::model::experts::rows::Rows::near).
    pub plain: bool,
    /// Whether the bias sees what the match expects: on plain levels.
    pub sees_match: bool,
}

impl Shape {
    /// That of level 1, of level 2, and of level 3.
    pub const FIRST: Self = Self::plain(5);
    pub const SECOND: Self = Self::plain(8);
    pub const THIRD: Self = Self::plain(12);

    const fn plain(contexts: usize) -> Self {
        Self { contexts, plain: true, sees_match: true }
    }

    /// The shape of the network of `params`.
    pub fn of(params: &Params) -> Self {
        let plain = [Self::FIRST, Self::SECOND, Self::THIRD].contains(&Self::plain(params.contexts))
            && params.mlp.is_none()
            && params.recurrent.is_none()
            && params.selectors == 0
            && params.mixers == 1;
        Self { contexts: params.contexts, plain, sees_match: plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Level;

    #[test]
    fn the_first_three_levels_are_plain() {
        for level in Level::all() {
            assert_eq!(Shape::of(&level.params(1 << 20)).plain, level.get() <= 3, "{level:?}");
        }
    }
}
