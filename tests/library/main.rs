//! The library as those who use it meet it. One program: it is linked once.

mod adapters;
mod api;
mod copies;
mod damage;
mod expanded;
mod golden;
mod insight;
mod lead;
mod limits;
mod mutations;
mod partial_io;
mod random_access;
mod recovery;
mod round_trip;
mod sizes;
mod streaming;
mod structure;
mod threads;
