//! Inputs from the experts → logits of a nibble: a mixer or a stack of two layers, and a bias for what they get wrong.

pub mod bias;
pub mod mixer;
pub mod stack;
