//! The upper picture: bits per byte against the position in the content.

use std::ops::Range;

use plotters::{prelude::*, style::text_anchor::HPos};

use super::canvas::{Area, FAINT, HUFFMAN, INK, LEFT, NAME_LEN, ORDER0, WIDTH, shade, text};
use crate::toolbox::{
    bench::{
        curve::{WINDOWS, window, window_end},
        matrix::{Matrix, Measured},
    },
    table::short_names,
};
use foretell::Level;

/// Height of the title and the legend.
const HEAD: i32 = 92;

/// A line of the upper picture, and its name in the legend.
struct Line {
    label: String,
    color: RGBColor,
    points: Vec<(f64, f64)>,
}

/// Draws the curve of each level, with order-0 entropy and Huffman coding to compare with.
pub fn draw(area: &Area, matrix: &Matrix, total: &Measured, levels: &[Level]) -> anyhow::Result<()> {
    // Positions in a single file are in bytes, those in several files are shares of each.
    let (title, axis, end) = match matrix.files.as_slice() {
        [file] => (short_names([file.name.as_str()], NAME_LEN).concat(), "position in the file", total.size as f64),
        files => (format!("{} files", files.len()), "position in each file", 100.0),
    };
    let unit = if matrix.files.len() == 1 { bytes } else { percent };
    let curves: Vec<_> = (0..levels.len()).map(|level| curve(matrix, total, level, end)).collect();
    let start = curves.iter().flatten().fold(end / 2.0, |start: f64, point| start.min(point.0));
    let lines = lines(total, levels, curves, start..end);
    let top = lines.iter().flat_map(|line| &line.points).fold(0.0, |top: f64, point| top.max(point.1));

    let (head, body) = area.split_vertically(HEAD);
    head.draw(&text(&format!("Learning curve: {title}"), (LEFT, 28), 20, HPos::Left))?;
    draw_legend(&head, &lines)?;
    let mut chart = ChartBuilder::on(&body)
        .margin_left(20)
        .margin_right(40)
        .x_label_area_size(50)
        .y_label_area_size(LEFT - 20)
        .build_cartesian_2d((start..end).log_scale().with_key_points(ticks(start, end)), 0.0..top * 1.05)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT)
        .axis_style(INK)
        .label_style(("sans-serif", 14, &INK))
        .axis_desc_style(("sans-serif", 15, &INK))
        .x_desc(axis)
        .x_label_formatter(&|x| unit(*x))
        .y_desc("bits per byte")
        .draw()?;
    for line in lines {
        chart.draw_series(LineSeries::new(line.points, line.color.stroke_width(2)))?;
    }
    Ok(())
}

/// Order-0 entropy and Huffman coding as horizontal lines, then the curve of each level.
fn lines(total: &Measured, levels: &[Level], curves: Vec<Vec<(f64, f64)>>, x: Range<f64>) -> Vec<Line> {
    let level_line = |name: &str, bits: f64, color| {
        let bits = total.per_byte(bits).unwrap_or_default();
        Line { label: format!("{name} {bits:.3}"), color, points: vec![(x.start, bits), (x.end, bits)] }
    };
    let mut lines = vec![level_line("order-0 entropy", total.order0_bits, ORDER0)];
    lines.extend(total.samples[0].map(|sample| level_line("Huffman", 8.0 * sample.size as f64, HUFFMAN)));
    lines.extend(curves.into_iter().enumerate().map(|(i, points)| Line {
        label: format!("neural -{}", levels[i].get()),
        color: shade(i, levels.len()),
        points,
    }));
    lines
}

/// Positions up to `end` and the mean bits per byte of all files there. Windows of few bytes say little, so they are
/// joined.
fn curve(matrix: &Matrix, total: &Measured, level: usize, end: f64) -> Vec<(f64, f64)> {
    let least_bytes = (total.size / 16).clamp(1, 400);
    let mut points = Vec::new();
    let (mut bits, mut bytes, mut start) = (0.0, 0, 0.0);
    for i in 0..WINDOWS {
        for file in &matrix.files {
            if let Some(window_bits) = file.curves[level].get(i) {
                let window = window(file.size, i);
                bits += window_bits;
                bytes += window.end - window.start;
            }
        }
        if bytes >= least_bytes {
            points.push(((start + window_end(i)) / 2.0 * end, bits / bytes as f64));
            (bits, bytes, start) = (0.0, 0, window_end(i));
        }
    }
    points
}

/// The numbers 1, 2 and 5 times powers of ten from `start` to `end`.
fn ticks(start: f64, end: f64) -> Vec<f64> {
    let decades = start.log10().floor() as i32..=end.log10().floor() as i32;
    let ticks = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(decade)));
    ticks.filter(|tick| (start..=end).contains(tick)).collect()
}

fn bytes(count: f64) -> String {
    match count {
        1e6.. => format!("{} MB", count / 1e6),
        1e3.. => format!("{} KB", count / 1e3),
        _ => format!("{count} B"),
    }
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1e4).round() / 1e4)
}

fn draw_legend(area: &Area, lines: &[Line]) -> anyhow::Result<()> {
    let (mut x, mut y) = (LEFT, 56);
    for line in lines {
        let width = 46 + 7 * line.label.chars().count() as i32;
        if x + width > WIDTH {
            (x, y) = (LEFT, y + 20);
        }
        area.draw(&PathElement::new([(x, y), (x + 24, y)], line.color.stroke_width(3)))?;
        area.draw(&text(&line.label, (x + 30, y), 14, HPos::Left))?;
        x += width;
    }
    Ok(())
}
