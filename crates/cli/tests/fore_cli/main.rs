//! The command `fore` as its users meet it. `contract Tnn` names the case of its gzip-like contract.

mod arithmetic;
mod attributes;
mod basics;
mod batches;
mod callers;
mod changed;
mod damage;
mod descriptors;
mod errors;
mod faults;
mod list;
mod live;
mod metadata;
mod models;
mod names;
mod options;
mod parts;
mod places;
mod power;
mod refusals;
mod sandbox;
mod side_by_side;
mod streams;
mod terminal;
mod walking;
