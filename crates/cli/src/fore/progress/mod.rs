//! How far the work is, while it lasts: on a terminal a bar and a line that change in place.
//!
//! ```text
//! Progress of the library (bytes so far) + Total of the file + Totals of the run → Snapshot → ProgressMeter shows it,
//!                                                                                         and SIGUSR1 prints it
//! ```

mod meter;
mod run;
mod snapshot;
mod total;
mod totals;

pub use self::{
    meter::{ProgressMeter, Shown, tell},
    run::{Run, When},
    snapshot::Snapshot,
    total::{Total, content_len},
    totals::Totals,
};
