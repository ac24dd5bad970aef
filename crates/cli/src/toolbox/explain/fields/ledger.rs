//! Names of fields → their bytes, values and bits.

use std::collections::HashMap;

/// How many fields are told apart, so that no content takes more memory. All others are one.
const MOST_FIELDS: usize = 4096;
/// The longest name, in bytes.
const MOST_NAME: usize = 200;
/// The name of all others.
const OTHERS: &str = "(other fields)";

/// What a field takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    pub name: String,
    pub bytes: u64,
    /// How many values it has; 0 if it is no field of values.
    pub values: u64,
    pub bits: f64,
}

impl Field {
    /// Fields that are not told apart, as one; none of none.
    pub fn joined(fields: &[Self]) -> Option<Self> {
        let name = format!("({} more fields)", fields.len());
        let add = |sum: Self, field: &Self| Self {
            bytes: sum.bytes + field.bytes,
            values: sum.values + field.values,
            bits: sum.bits + field.bits,
            ..sum
        };
        (!fields.is_empty()).then(|| fields.iter().fold(Self { name, ..Self::default() }, add))
    }
}

/// A field of a [`Ledger`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(usize);

/// All fields of a content.
#[derive(Debug, Default)]
pub struct Ledger {
    fields: Vec<Field>,
    ids: HashMap<String, Id>,
}

impl Ledger {
    /// The field of this name. Characters that would change how others look are spelled out.
    pub fn field(&mut self, name: &str) -> Id {
        let name = cut(name, MOST_NAME);
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let name = if self.fields.len() < MOST_FIELDS { name } else { OTHERS };
        let next = Id(self.fields.len());
        let id = *self.ids.entry(name.to_owned()).or_insert(next);
        if id == next {
            self.fields.push(Field { name: name.to_owned(), ..Field::default() });
        }
        id
    }

    /// The field of this name, which is the bytes of a content as far as they are text.
    pub fn named(&mut self, name: &[u8]) -> Id {
        self.field(&String::from_utf8_lossy(name))
    }

    /// Charges bytes to a field.
    pub fn charge(&mut self, Id(field): Id, bytes: u64, bits: f64) {
        self.fields[field].bytes += bytes;
        self.fields[field].bits += bits;
    }

    /// Counts values of a field.
    pub fn count(&mut self, Id(field): Id, values: u64) {
        self.fields[field].values += values;
    }

    /// The fields that have any bytes, the one with the most bits first.
    pub fn into_fields(self) -> Vec<Field> {
        let mut fields = self.fields;
        fields.retain(|field| field.bytes > 0);
        fields.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.name.cmp(&b.name)));
        fields
    }
}

/// As much of `text` as takes at most `most` bytes.
pub fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_end_share_one_field_in_the_end() {
        let mut ledger = Ledger::default();
        for i in 0..100_000 {
            let id = ledger.field(&format!("{i}"));
            ledger.charge(id, 1, 2.0);
        }
        let long = ledger.field(&"ß".repeat(1000));
        ledger.charge(long, 1, 2.0);
        let fields = ledger.into_fields();
        assert_eq!(fields.len(), MOST_FIELDS + 1);
        assert_eq!((fields[0].name.as_str(), fields[0].bytes), (OTHERS, 100_001 - MOST_FIELDS as u64));
        assert_eq!(fields.iter().map(|field| field.bits).sum::<f64>(), 200_002.0);
    }
}
