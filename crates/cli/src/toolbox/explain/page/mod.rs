//! A report as one page for a browser: its tables as they are, and what was coded as data for the script.
//!
//! The page asks for nothing from anywhere: style and script stand in it, and its policy allows these alone, by their
//! digests.

mod details;
mod pack;
mod svg;
mod tables;

use std::io::{self, Write};

use foretell::insight::Place;
use serde_json::json;
use sha2::{Digest, Sha256};

use self::{
    details::{Details, PER_HALF, SHARES},
    pack::{base64, packed, varint},
    tables::{escaped, fields, lines},
};
use super::{
    fields::is_text,
    report::Report,
    run::{Run, Watcher},
    scale,
};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("data.js"), include_str!("draw.js"), include_str!("act.js"));

/// The most bytes that a page can show.
const MOST_SHOWN: u64 = 1 << 26;
/// A page is at most so many times as long as what it shows, and details may take this many bytes in any case.
const MOST_GROWTH: usize = 3;
const LEAST_DETAILS: usize = 700_000;
/// Bytes of a page beside the data, more than there are.
const FRAME: usize = 180_000;
/// While the content comes, so many are kept.
const MOST_DETAILS: usize = 1 << 20;
/// The step of a cost of eight bits: its steps are finer below.
const EIGHT_BITS: f32 = 32.0;

/// What the page shows of each byte.
pub struct Page {
    bytes: Vec<u8>,
    /// The steps of the costs.
    steps: Vec<u8>,
    details: Details,
    /// The places that differ from what comes next: where among all bytes, which kind, where in the content, how long.
    places: Vec<[u64; 4]>,
    last: Option<Place>,
}

impl Default for Page {
    fn default() -> Self {
        let details = Details::new(MOST_DETAILS);
        Self { bytes: Vec::new(), steps: Vec::new(), details, places: Vec::new(), last: None }
    }
}

impl Page {
    fn note_place(&mut self, run: &Run) {
        let at = self.bytes.len() as u64;
        let goes_on = match (self.last, run.place) {
            (Some(Place::At(end)), Place::At(start)) => end == start,
            (last, place) => last == Some(place),
        };
        if !goes_on {
            self.places.push(match run.place {
                Place::At(start) => [at, 0, start, 0],
                Place::Inflated { start, len } => [at, 1, start, len],
                _ => [at, 2, 0, 0],
            });
        }
        self.last = Some(match run.place {
            Place::At(start) => Place::At(start + run.bytes.len() as u64),
            place => place,
        });
    }

    /// Writes the page.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let blobs = self.blobs();
        let data = self.data(report);
        for part in pieces(PAGE) {
            match part {
                Part::Text(text) => out.write_all(text.as_bytes())?,
                Part::Name(name) => out.write_all(filled(name, report, &data, &blobs).as_bytes())?,
            }
        }
        Ok(())
    }

    /// What the script must know beside the bytes.
    fn data(&self, report: &Report) -> String {
        let data = json!({
            "name": report.name, "length": self.bytes.len(), "content": report.account.content,
            "text": is_text(&self.bytes[..self.bytes.len().min(1 << 16)]),
            "experts": self.details.names(), "details": self.details.len(), "least": self.details.least_bits,
            "eight": EIGHT_BITS, "half": PER_HALF, "shares": SHARES,
            "colours": (0..scale::STEPS).map(scale::rgb).collect::<Vec<_>>(),
        });
        // Nothing in it may look like the end of its element, or like a comment.
        data.to_string().replace('<', "\\u003c")
    }

    /// The bytes, their costs, their places and as many details as there is room for, packed.
    fn blobs(&mut self) -> [(&'static str, String); 4] {
        let mut places = Vec::new();
        self.places.iter().flatten().for_each(|&number| varint(&mut places, number));
        let [bytes, costs, places] = [&self.bytes, &self.steps, &places].map(|bytes| packed(bytes));
        let room = (MOST_GROWTH * self.bytes.len()).saturating_sub(bytes.len() + costs.len() + places.len() + FRAME);
        let details = self.details_within(room.max(LEAST_DETAILS));
        [("bytes", bytes), ("costs", costs), ("places", places), ("details", details)]
    }

    /// The details of the dearest bytes, packed, that take at most `room` bytes.
    fn details_within(&mut self, room: usize) -> String {
        loop {
            let details = packed(&self.details.columns());
            if details.len() <= room {
                return details;
            }
            // A little fewer than seem to fit, as the dearest take the most.
            let fit = self.details.len() as f64 * room as f64 / details.len() as f64;
            self.details.drop_cheapest((0.95 * fit) as usize);
        }
    }
}

impl Watcher for Page {
    fn look(&mut self, run: &Run) -> io::Result<()> {
        if run.start + run.bytes.len() as u64 > MOST_SHOWN {
            let text = format!("a page shows at most {} MiB: explain a part of it, or with --tables", MOST_SHOWN >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        self.note_place(run);
        self.bytes.extend_from_slice(run.bytes);
        self.steps.extend(run.bits.iter().map(|&bits| step(bits)));
        for detail in run.details {
            self.details.add(detail, run.bits[(detail.at - run.start) as usize]);
        }
        Ok(())
    }
}

/// The step of a cost: [`EIGHT_BITS`] of eight bits, and finer ones below.
fn step(bits: f32) -> u8 {
    ((bits / 8.0).sqrt() * EIGHT_BITS).round() as u8
}

/// A part of the page: text, or a name between two pairs of braces.
enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn pieces(page: &str) -> impl Iterator<Item = Part<'_>> {
    page.split("{{").enumerate().flat_map(|(i, piece)| match piece.split_once("}}") {
        Some((name, text)) if i > 0 => vec![Part::Name(name), Part::Text(text)],
        _ => vec![Part::Text(piece)],
    })
}

/// What stands in place of a name.
fn filled(name: &str, report: &Report, data: &str, blobs: &[(&'static str, String)]) -> String {
    let digest = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text)));
    match name {
        "style-digest" => digest(STYLE),
        "script-digest" => digest(SCRIPT),
        "style" => STYLE.to_owned(),
        "script" => SCRIPT.to_owned(),
        "name" => escaped(&report.name),
        "head" => escaped(&report.head()),
        "fields" => fields(report),
        "curve" => svg::curve(&report.curve),
        "dearest" => lines(&report.dearest),
        "cheapest" => lines(&report.cheapest),
        "data" => data.to_owned(),
        "blobs" => {
            let blob = |(name, text): &(&str, String)| {
                format!("<script type=\"application/octet-stream\" id=\"blob-{name}\">{text}</script>\n")
            };
            blobs.iter().map(blob).collect()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_exact_at_eight_bits_and_fit_a_byte() {
        assert_eq!((step(0.0), step(8.0), step(40.0)), (0, 32, 72));
        assert!(step(0.5) > step(0.4) && step(1.0) > step(0.8));
    }

    #[test]
    fn every_name_of_the_page_is_filled() {
        let names = [
            "style-digest",
            "script-digest",
            "style",
            "script",
            "name",
            "head",
            "fields",
            "curve",
            "dearest",
            "cheapest",
            "data",
            "blobs",
        ];
        for part in pieces(PAGE) {
            if let Part::Name(name) = part {
                assert!(names.contains(&name), "{name}");
            }
        }
        assert_eq!(escaped("<a href=\"&\">"), "&lt;a href=&quot;&amp;&quot;&gt;");
    }

    #[test]
    fn style_and_script_cannot_end_their_elements() {
        assert!(!SCRIPT.contains("</") && !STYLE.contains("</") && !SCRIPT.contains("<!--"));
    }
}
