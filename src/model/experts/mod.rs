//! Features → logits of a nibble, by experts of different kinds. The mixers weigh them.

pub mod match_model;
pub mod mlp;
pub mod prior;
pub mod recurrent;
pub mod rows;
pub mod trained;
