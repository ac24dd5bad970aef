//! Content for the model's digests.

/// Words, numbers, columns, binary records, zeros and noise: every part of the model gets work.
pub fn mixed_content() -> Vec<u8> {
    let mut content = Vec::new();
    let mut state = 1u32;
    for i in 0..600u32 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        content.extend(format!("{:04} item {} costs {}\n", i, ["ab", "Cd", "eé"][i as usize % 3], state % 97).bytes());
        content.extend((i * 3).to_le_bytes());
        content.extend([0; 5]);
        content.push((state >> 24) as u8);
    }
    content
}

/// A short text and a short document, as the built-in prior knows many: they get shorter by it at each level.
pub fn familiar_content() -> Vec<u8> {
    let text =
        "The box that came with this letter has everything in it that you asked for; open it when you are at home.\n";
    let document = r#"{"id": 17, "name": "first item", "enabled": true, "tags": ["small", "blue"], "price": 12.50}"#;
    [text, document, "\nstatic int count(const char *name)\n{\n    return name ? 1 : 0;\n}\n"].concat().into_bytes()
}
