//! The learning curve as a picture.

use crate::toolbox::explain::report::whole;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 44.0;
const BOTTOM: f64 = 24.0;

/// A picture of `points`: where each ends, and its bits per byte.
pub fn curve(points: &[(u64, f64)]) -> String {
    let Some(&(end, _)) = points.last() else { return String::from("<p>There are no bytes.</p>") };
    let top = points.iter().map(|&(_, rate)| rate).fold(1.0, f64::max).ceil();
    let x = |at: f64| LEFT + (WIDTH - LEFT) * at / end as f64;
    let y = |rate: f64| (HEIGHT - BOTTOM) * (1.0 - rate / top) + 4.0;
    let mut line = String::new();
    let mut start = 0;
    for &(until, rate) in points {
        let letter = if line.is_empty() { 'M' } else { 'L' };
        line += &format!("{letter}{:.1},{:.1}L{:.1},{:.1}", x(start as f64), y(rate), x(until as f64), y(rate));
        start = until;
    }
    let label = |x: f64, y: f64, anchor: &str, text: String| {
        format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>")
    };
    let rule = |rate: f64| format!("<path class=\"rule\" d=\"M{LEFT},{0:.1}H{WIDTH}\"/>", y(rate));
    let rates = [0.0, top / 2.0, top];
    let rules: String =
        rates.iter().map(|&rate| rule(rate) + &label(LEFT - 6.0, y(rate) + 4.0, "end", format!("{rate:.1}"))).collect();
    let places: String = [(0, "start"), (end / 2, "middle"), (end, "end")]
        .map(|(at, anchor)| label(x(at as f64), HEIGHT - 4.0, anchor, whole(at as f64)))
        .concat();
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Bits per byte along the content\">\
         {rules}{places}<path class=\"curve\" d=\"{line}\"/></svg>"
    )
}
