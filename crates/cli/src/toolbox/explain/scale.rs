//! The cost of a byte → a colour. Eight bits, which a byte costs that nothing is known of, are neutral; cheaper bytes are
//! blue, and dearer ones orange, which people tell apart whatever colours they see. (ColorBrewer's PuOr and RdBu: Brewer)

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// Steps of cost that have a colour of their own: of half a bit, up to sixteen bits and more.
pub const STEPS: usize = 33;
const STEPS_PER_BIT: f64 = 2.0;
/// The step of eight bits.
const NEUTRAL: usize = 16;

/// Colours of no bits, of one, two, four, eight, twelve, and of sixteen and more.
const STOPS: [(f64, Rgb); 7] = [
    (0.0, [8, 48, 107]),
    (1.0, [33, 102, 172]),
    (2.0, [67, 147, 195]),
    (4.0, [146, 197, 222]),
    (8.0, [240, 240, 240]),
    (12.0, [253, 174, 97]),
    (16.0, [204, 76, 2]),
];

/// The step of a cost in bits.
pub fn step(bits: f64) -> usize {
    ((bits * STEPS_PER_BIT).round() as usize).min(STEPS - 1)
}

/// The colour of a step.
pub fn rgb(step: usize) -> Rgb {
    let bits = step as f64 / STEPS_PER_BIT;
    let above = STOPS.iter().position(|(stop, _)| *stop >= bits).unwrap_or(STOPS.len() - 1).max(1);
    let ((low, from), (high, to)) = (STOPS[above - 1], STOPS[above]);
    let part = ((bits - low) / (high - low)).min(1.0);
    std::array::from_fn(|i| (f64::from(from[i]) + part * (f64::from(to[i]) - f64::from(from[i]))).round() as u8)
}

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    None,
    Palette,
    True,
}

impl Depth {
    /// Those of a terminal with these variables: NO_COLOR, COLORTERM, TERM.
    pub fn of(no_color: Option<&str>, color_term: Option<&str>, term: Option<&str>) -> Self {
        match (no_color, color_term, term) {
            (Some(no), ..) if !no.is_empty() => Self::None,
            (_, Some("truecolor" | "24bit"), _) => Self::True,
            (_, _, None | Some("" | "dumb")) => Self::None,
            _ => Self::Palette,
        }
    }

    /// What makes a terminal write on the colour of `step`, in letters that can be read there.
    pub fn start(self, step: usize) -> String {
        let is_dark = step < NEUTRAL / 3 || step + 2 >= STEPS;
        let letters = if is_dark { 97 } else { 30 };
        let [red, green, blue] = rgb(step);
        match self {
            Self::None => String::new(),
            Self::True => format!("\x1b[{letters};48;2;{red};{green};{blue}m"),
            Self::Palette => format!("\x1b[{letters};48;5;{}m", nearest([red, green, blue])),
        }
    }

    /// What ends that.
    pub fn end(self) -> &'static str {
        if self == Self::None { "" } else { "\x1b[0m" }
    }
}

/// The nearest of the 216 colours of the cube that terminals of 256 colours have.
fn nearest(rgb: Rgb) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |value: u8| (0..6u8).min_by_key(|&i| LEVELS[usize::from(i)].abs_diff(value)).unwrap_or(0);
    16 + 36 * nearest(rgb[0]) + 6 * nearest(rgb[1]) + nearest(rgb[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bits_are_neutral_and_both_sides_differ() {
        let [red, green, blue] = rgb(step(8.0));
        assert!(red == green && green == blue);
        assert!(rgb(step(1.0))[2] > rgb(step(1.0))[0] && rgb(step(14.0))[0] > rgb(step(14.0))[2]);
        assert_eq!((step(0.2), step(0.3), step(40.0), rgb(step(99.0))), (0, 1, STEPS - 1, [204, 76, 2]));
    }

    #[test]
    fn terminals_say_how_many_colours_they_have() {
        assert_eq!(Depth::of(None, Some("truecolor"), Some("xterm")), Depth::True);
        assert_eq!(Depth::of(Some(""), None, Some("xterm-256color")), Depth::Palette);
        for none in [Depth::of(Some("1"), Some("truecolor"), None), Depth::of(None, None, Some("dumb"))] {
            assert_eq!(none, Depth::None);
        }
        assert_eq!(Depth::True.start(NEUTRAL), "\x1b[30;48;2;240;240;240m");
        assert_eq!(Depth::Palette.start(NEUTRAL), "\x1b[30;48;5;231m");
        assert_eq!(Depth::None.start(NEUTRAL), "");
    }
}
