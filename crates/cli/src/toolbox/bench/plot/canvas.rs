//! Sizes, colours and text of the picture.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

/// Width of the whole picture.
pub const WIDTH: i32 = 1000;
/// The left end of titles, and of the axis of the curves.
pub const LEFT: i32 = 90;
/// The most characters of a name in a title.
pub const NAME_LEN: usize = 40;

pub const INK: RGBColor = RGBColor(40, 40, 40);
pub const FAINT: RGBColor = RGBColor(225, 225, 225);
// Colours that differ for the colour-blind as well (after Okabe and Ito).
pub const ORDER0: RGBColor = RGBColor(130, 130, 130);
pub const HUFFMAN: RGBColor = RGBColor(230, 159, 0);
pub const PEER: RGBColor = RGBColor(165, 205, 185);
const NEURAL: RGBColor = RGBColor(0, 90, 160);

/// An area to draw in, in pixels.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The colour of level `i` of `n`: the higher the darker.
pub fn shade(i: usize, n: usize) -> RGBColor {
    let light = 0.75 * (n - 1 - i) as f64 / n as f64;
    let mix = |dark: u8| (f64::from(dark) + (235.0 - f64::from(dark)) * light) as u8;
    RGBColor(mix(NEURAL.0), mix(NEURAL.1), mix(NEURAL.2))
}

/// One line of text: its `side` is at `at`, and its middle at that height.
pub fn text<'a>(text: &str, at: (i32, i32), size: i32, side: HPos) -> Text<'a, (i32, i32), String> {
    let style = ("sans-serif", size).into_font().color(&INK).pos(Pos::new(side, VPos::Center));
    Text::new(text.to_owned(), at, style)
}
