//! Words → what is known of them: when each was seen, whether it was ever whole, and what followed it.

use super::words::Words;

/// log2 of the most tokens.
const MOST_BITS: u32 = 16;

/// What was seen of tokens, by hash. A token is the word so far; between words, the word before and what came since.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// 2 · the position after the token's last time, + 1 if it ended a word. 0 if it was never seen.
    seen: Vec<u32>,
    /// The last four bytes that followed, the latest lowest.
    followed: Vec<u32>,
    shift: u32,
    /// The token's entry of `followed`.
    token: usize,
    /// The word's entry of `seen`.
    slot: usize,
    position: u32,
    /// Steps of the time since the word so far was seen: 2 log2, at most 20; 0 for a new word.
    pub age: u32,
    /// Whether the word so far was ever a whole word.
    pub whole: bool,
    /// What followed the token the last times, the latest lowest.
    pub next: u32,
}

impl Tokens {
    /// Tables of 2^`bits` tokens, but at most 2^16.
    pub fn new(bits: u32) -> Self {
        Self::with(bits, vec![], vec![])
    }

    fn with(bits: u32, mut seen: Vec<u32>, mut followed: Vec<u32>) -> Self {
        let bits = bits.min(MOST_BITS);
        for table in [&mut seen, &mut followed] {
            table.clear();
            table.resize(1 << bits, 0);
        }
        Self { seen, followed, shift: 64 - bits, token: 0, slot: 0, position: 0, age: 0, whole: false, next: 0 }
    }

    /// Forgets all tokens, and has room for 2^`bits` from now on, but at most 2^16.
    pub fn restart(&mut self, bits: u32) {
        let (seen, followed) = (std::mem::take(&mut self.seen), std::mem::take(&mut self.followed));
        *self = Self::with(bits, seen, followed);
    }

    /// Takes in a byte that `words` has taken in.
    #[inline(always)]
    pub fn push(&mut self, byte: u8, words: &Words) {
        self.position = self.position.wrapping_add(2);
        self.followed[self.token] = self.followed[self.token] << 8 | u32::from(byte);
        let word = words.words[0];
        let token =
            if word != 0 { u64::from(word) } else { u64::from(words.words[1]) << 32 | u64::from(words.gaps[0]) };
        self.token = (token.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        self.next = self.followed[self.token];
        if word != 0 {
            self.slot = self.token;
            let seen = &mut self.seen[self.slot];
            let since = (self.position.wrapping_sub(*seen) >> 1) + 1;
            self.age = if *seen < 2 { 0 } else { 1 + half_octaves(since) };
            self.whole = *seen & 1 != 0;
            *seen = self.position | *seen & 1;
        } else {
            self.seen[self.slot] |= 1;
        }
    }
}

/// 2 log2 of `n` ≥ 1, rounded down, at most 19.
#[inline(always)]
fn half_octaves(n: u32) -> u32 {
    let octave = n.ilog2();
    let half = if octave > 0 { n >> (octave - 1) & 1 } else { 0 };
    (2 * octave + half).min(19)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(tokens: &mut Tokens, words: &mut Words, text: &str) {
        for byte in text.bytes() {
            words.push(byte);
            tokens.push(byte, words);
        }
    }

    #[test]
    fn a_word_is_known_once_it_was_seen_and_whole_once_it_ended() {
        let (mut tokens, mut words) = (Tokens::new(12), Words::default());
        push(&mut tokens, &mut words, "wonderland");
        assert_eq!((tokens.age, tokens.whole), (0, false));
        push(&mut tokens, &mut words, " Wonder");
        assert!(tokens.age > 0 && !tokens.whole, "{tokens:?}");
        push(&mut tokens, &mut words, "land");
        assert!(tokens.whole);
        let age = tokens.age;
        push(&mut tokens, &mut words, &format!("{} wonderland", "x ".repeat(500)));
        assert!(tokens.age > age && tokens.age <= 20);
    }

    #[test]
    fn what_followed_a_word_is_remembered() {
        let (mut tokens, mut words) = (Tokens::new(12), Words::default());
        push(&mut tokens, &mut words, "word, word; word");
        assert_eq!(tokens.next, u32::from(b',') << 8 | u32::from(b';'));
        tokens.restart(12);
        assert_eq!((tokens.next, tokens.age), (0, 0));
    }
}
