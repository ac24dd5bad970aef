//! What the experts say → logits of a nibble: a mixer or two layers of them, and a bias for what they still get wrong.

pub mod bias;
pub mod mixer;
pub mod stack;
