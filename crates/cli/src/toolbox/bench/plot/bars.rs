//! The lower picture: a bar for the size that each codec needs.

use plotters::{prelude::*, style::text_anchor::HPos};

use super::canvas::{Area, HUFFMAN, LEFT, NAME_LEN, ORDER0, PEER, shade, text};
use crate::toolbox::{
    bench::{
        codec::Codec,
        matrix::{Matrix, Measured},
    },
    table::short_names,
};

/// Height of the title.
const HEAD: i32 = 56;
/// Height of a bar and the space around it.
const STEP: i32 = 18;
/// The left end of bars, and the length of the longest.
const START: i32 = 200;
const LONGEST: f64 = 720.0;
/// More bars than this are too many to read: the total alone is drawn.
const MOST_BARS: usize = 40;

/// Bars that belong together: one file's, or the total's.
pub struct Group {
    title: String,
    bars: Vec<Bar>,
}

struct Bar {
    label: String,
    color: RGBColor,
    bits_per_byte: f64,
}

impl Group {
    /// Height of its title, its bars, and the space after them.
    fn height(&self) -> i32 {
        STEP * (self.bars.len() as i32 + 1) + STEP / 2
    }
}

/// Height of the picture of `groups`.
pub fn height(groups: &[Group]) -> i32 {
    HEAD + groups.iter().map(Group::height).sum::<i32>() + STEP / 2
}

/// The bars of each file, or of all files together if there would be too many bars.
pub fn groups(matrix: &Matrix, total: &Measured) -> Vec<Group> {
    let group =
        |name: &str, file: &Measured| Group { title: format!("{name}, {} bytes", file.size), bars: bars(matrix, file) };
    if matrix.files.len() * (matrix.codecs.len() + 1) > MOST_BARS {
        return vec![group(&format!("{} files", matrix.files.len()), total)];
    }
    let names = short_names(matrix.files.iter().map(|file| file.name.as_str()), NAME_LEN);
    let named = names.iter().zip(&matrix.files).filter(|(_, file)| file.size > 0);
    named.map(|(name, file)| group(name, file)).collect()
}

/// A bar for the order-0 entropy and one for each codec, the longest first.
fn bars(matrix: &Matrix, file: &Measured) -> Vec<Bar> {
    let levels = matrix.codecs.iter().filter(|codec| matches!(codec, Codec::Neural(_))).count();
    let bar = |label, color, bits| Bar { label, color, bits_per_byte: file.per_byte(bits).unwrap_or_default() };
    let mut bars = vec![bar("order-0 entropy".to_owned(), ORDER0, file.order0_bits)];
    for (i, (codec, sample)) in matrix.codecs.iter().zip(&file.samples).enumerate() {
        let color = match codec {
            Codec::Huffman => HUFFMAN,
            Codec::Neural(_) | Codec::NoPrior(_) => shade((i - 1) % levels, levels),
            Codec::Peer(_) => PEER,
        };
        bars.extend(sample.map(|sample| bar(codec.label(), color, 8.0 * sample.size as f64)));
    }
    bars.sort_by(|a, b| b.bits_per_byte.total_cmp(&a.bits_per_byte));
    bars
}

/// Draws the groups one below the other.
pub fn draw(area: &Area, groups: &[Group]) -> anyhow::Result<()> {
    area.draw(&text("Compressed size in bits per byte", (LEFT, 26), 20, HPos::Left))?;
    let bars = groups.iter().flat_map(|group| &group.bars);
    let most = bars.fold(0.0, |most: f64, bar| most.max(bar.bits_per_byte));
    let mut top = HEAD;
    for group in groups {
        area.draw(&text(&group.title, (LEFT, top), 14, HPos::Left))?;
        for (bar, y) in group.bars.iter().zip((top + STEP..).step_by(STEP as usize)) {
            let right = START + (bar.bits_per_byte / most * LONGEST) as i32;
            area.draw(&text(&bar.label, (START - 8, y), 13, HPos::Right))?;
            area.draw(&Rectangle::new([(START, y - 7), (right, y + 7)], bar.color.filled()))?;
            area.draw(&text(&format!("{:.3}", bar.bits_per_byte), (right + 6, y), 13, HPos::Left))?;
        }
        top += group.height();
    }
    Ok(())
}
