//! A matrix as a picture: how the network learnt, above; the size that each codec needed, below.

mod bars;
mod canvas;
mod curves;

use anyhow::ensure;
use plotters::prelude::*;

use self::canvas::WIDTH;
use super::matrix::Matrix;
use foretell::Level;

/// Height of the upper picture.
const CURVES_HEIGHT: i32 = 490;

/// The picture, as SVG.
///
/// # Errors
/// Nothing to draw: no file with any content was measured.
pub fn svg(matrix: &Matrix, levels: &[Level]) -> anyhow::Result<String> {
    let total = matrix.total();
    ensure!(total.size > 0, "nothing to draw: no content was measured");
    let groups = bars::groups(matrix, &total);
    let height = CURVES_HEIGHT + bars::height(&groups);
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (WIDTH as u32, height as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically(CURVES_HEIGHT);
    curves::draw(&above, matrix, &total, levels)?;
    bars::draw(&below, &groups)?;
    root.present()?;
    drop((above, below, root));
    Ok(svg)
}
