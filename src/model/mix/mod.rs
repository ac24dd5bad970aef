//! Inputs from the experts → probabilities of a nibble: geometric mixing of all sixteen values, in one layer or two, and a
//! bias for what it gets wrong; and then, at slower levels, logistic mixing at each node of the nibble's tree.

pub mod bias;
pub mod logistic;
pub mod mixer;
pub mod stack;
pub mod tree;
