//! How far the work is, while it lasts: on a terminal a bar and a line that change in place.
//!
//! ```text
//! Progress of the library (bytes so far) + Total of the file + Totals of the run → Snapshot → ProgressMeter shows it
//! ```

mod meter;
mod run;
mod snapshot;
mod total;

pub use self::{
    meter::ProgressMeter,
    run::{Run, Totals, When},
    total::{Total, content_len},
};
