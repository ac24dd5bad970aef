//! A survey as a picture: how the network learnt, above; what each codec needed, below.

mod bars;
mod curves;

use anyhow::ensure;
use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::survey::Survey;
use foretell::Level;

const WIDTH: i32 = 1000;
const CURVES_HEIGHT: i32 = 490;
/// Where titles and the axis of the curves start.
const LEFT: i32 = 90;
/// The longest name in characters that fits in a title.
const NAME_LEN: usize = 40;

const INK: RGBColor = RGBColor(40, 40, 40);
const FAINT: RGBColor = RGBColor(225, 225, 225);
// Colours that differ for the colour-blind as well (after Okabe and Ito).
const ORDER0: RGBColor = RGBColor(130, 130, 130);
const HUFFMAN: RGBColor = RGBColor(230, 159, 0);
const PEER: RGBColor = RGBColor(165, 205, 185);
const NEURAL: RGBColor = RGBColor(0, 90, 160);

/// Where to draw, in pixels.
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The picture, as SVG.
///
/// # Errors
/// Nothing to draw: no file with any content was measured.
pub fn svg(survey: &Survey, levels: &[Level]) -> anyhow::Result<String> {
    let total = survey.total();
    ensure!(total.size > 0, "nothing to draw: no content was measured");
    let groups = bars::groups(survey, &total);
    let height = CURVES_HEIGHT + bars::height(&groups);
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (WIDTH as u32, height as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically(CURVES_HEIGHT);
    curves::draw(&above, survey, &total, levels)?;
    bars::draw(&below, &groups)?;
    root.present()?;
    drop((above, below, root));
    Ok(svg)
}

/// The colour of level `i` of `n`: the higher the darker.
fn shade(i: usize, n: usize) -> RGBColor {
    let light = 0.75 * (n - 1 - i) as f64 / n as f64;
    let mix = |dark: u8| (f64::from(dark) + (235.0 - f64::from(dark)) * light) as u8;
    RGBColor(mix(NEURAL.0), mix(NEURAL.1), mix(NEURAL.2))
}

/// A text of one line whose `side` is at `at`, and whose middle is at that height.
fn text<'a>(text: &str, at: (i32, i32), size: i32, side: HPos) -> Text<'a, (i32, i32), String> {
    let style = ("sans-serif", size).into_font().color(&INK).pos(Pos::new(side, VPos::Center));
    Text::new(text.to_owned(), at, style)
}
