//! Features → logits of a nibble, by experts of different kinds. The mixers weigh what each says.

pub mod match_model;
pub mod mlp;
pub mod prior;
pub mod rows;
