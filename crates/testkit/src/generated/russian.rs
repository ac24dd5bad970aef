//! Russian prose from a grammar: UTF-8 text in another script, whose words agree as real ones do.
//!
//! Six cases, three genders, hard and soft declensions, and the spelling rules that join stem and ending. Its tales
//! mean little, but each paragraph keeps to its own few people and places, as real ones do.

use super::{Rng, russian_words::*};

/// A noun: the stem of its forms (or `nominative|stem`) and the letter of its declension, upper case for people.
pub(super) struct Noun {
    pub(super) word: &'static str,
    pub(super) class: u8,
}

/// An adjective: its stem, and whether it declines like синий.
pub(super) struct Adjective {
    pub(super) stem: &'static str,
    pub(super) soft: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Case {
    Nominative,
    Genitive,
    Dative,
    Accusative,
    Instrumental,
    Prepositional,
}
use Case::*;

#[derive(Clone, Copy, PartialEq)]
enum Gender {
    Masculine,
    Feminine,
    Neuter,
}
use Gender::*;

impl Noun {
    fn gender(&self) -> Gender {
        match self.class.to_ascii_lowercase() {
            b'm' | b's' => Masculine,
            b'o' | b'e' => Neuter,
            _ => Feminine,
        }
    }

    fn is_person(&self) -> bool {
        self.class.is_ascii_uppercase()
    }

    fn form(&self, case: Case) -> String {
        let endings = match self.class.to_ascii_lowercase() {
            b'm' => ["", "а", "у", "", "ом", "е"],
            b's' => ["ь", "я", "ю", "ь", "ем", "е"],
            b'f' => ["а", "ы", "е", "у", "ой", "е"],
            b'i' => ["я", "и", "е", "ю", "ей", "е"],
            b't' => ["ь", "и", "и", "ь", "ью", "и"],
            b'y' => ["ия", "ии", "ии", "ию", "ией", "ии"],
            b'o' => ["о", "а", "у", "о", "ом", "е"],
            _ => ["ие", "ия", "ию", "ие", "ием", "ии"],
        };
        let (name, stem) = self.word.split_once('|').unwrap_or((self.word, self.word));
        // Men are treated as the genitive where things are as the nominative.
        let case = if case == Accusative && self.is_person() && self.gender() == Masculine { Genitive } else { case };
        let ending = endings[case as usize];
        join(if ending.is_empty() { name } else { stem }, ending)
    }
}

impl Adjective {
    fn form(&self, noun: &Noun, case: Case) -> String {
        let (masculine, feminine, neuter) = if self.soft {
            (["ий", "его", "ему", "ий", "им", "ем"], ["яя", "ей", "ей", "юю", "ей", "ей"], "ее")
        } else {
            (["ый", "ого", "ому", "ый", "ым", "ом"], ["ая", "ой", "ой", "ую", "ой", "ой"], "ое")
        };
        let ending = match (noun.gender(), case) {
            (Feminine, _) => feminine[case as usize],
            (Neuter, Nominative | Accusative) => neuter,
            (Masculine, Accusative) if noun.is_person() => masculine[Genitive as usize],
            _ => masculine[case as usize],
        };
        join(self.stem, ending)
    }
}

/// Stem and ending, by the spelling rules: и for ы after velars and hushers, е for о after hushers and ц.
fn join(stem: &str, ending: &str) -> String {
    let last = stem.chars().next_back().unwrap_or(' ');
    match ending.chars().next() {
        Some('ы') if "гкхжшщч".contains(last) => format!("{stem}и{}", &ending['ы'.len_utf8()..]),
        Some('о') if "жшщчц".contains(last) => format!("{stem}е{}", &ending['о'.len_utf8()..]),
        _ => format!("{stem}{ending}"),
    }
}

/// A word: with the true frequencies of a small vocabulary each would come too often, so most draws are even.
fn pick<'a, T>(rng: &mut Rng, words: &'a [T]) -> &'a T {
    if rng.chance(30) { rng.often(words) } else { rng.any(words) }
}

/// One of the verbs, in the past tense.
fn past(rng: &mut Rng, stems: &[&str], gender: Gender) -> String {
    let ending = match gender {
        Masculine => "л",
        Feminine => "ла",
        Neuter => "ло",
    };
    format!("{}{ending}", pick(rng, stems))
}

/// A preposition before `next`, with the vowel that it takes before awkward clusters (со старым, во всем, об осени).
fn before(preposition: &str, next: &str) -> String {
    let mut letters = next.chars();
    let (first, second) = (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '));
    let vowel = |c| "аеиоуыэюя".contains(c);
    let full = match preposition {
        "с" if "сзшж".contains(first) && !vowel(second) => "со",
        "в" if "вф".contains(first) && !vowel(second) => "во",
        "о" if "аиоуэ".contains(first) => "об",
        _ => preposition,
    };
    format!("{full} {next}")
}

/// Somebody or something that a paragraph speaks of, perhaps with an adjective.
struct Thing {
    noun: &'static Noun,
    adjective: Option<&'static Adjective>,
}

impl Thing {
    fn new(rng: &mut Rng, nouns: &'static [Noun], percent: u64) -> Self {
        let noun = pick(rng, nouns);
        Self { noun, adjective: rng.chance(percent).then(|| pick(rng, ADJECTIVES)) }
    }

    fn form(&self, case: Case) -> String {
        match self.adjective {
            Some(adjective) => format!("{} {}", adjective.form(self.noun, case), self.noun.form(case)),
            None => self.noun.form(case),
        }
    }
}

pub(super) fn text(rng: &mut Rng, size: usize) -> Vec<u8> {
    let (mut out, mut chapter) = (String::new(), 0);
    while out.len() < size {
        if chapter == 0 || rng.chance(4) {
            chapter += 1;
            let title = capital(&Thing::new(rng, ABSTRACTS, 80).form(Nominative));
            out.push_str(&format!("{}Глава {chapter}. {title}\n\n", if chapter == 1 { "" } else { "\n" }));
        }
        out.push_str(&paragraph(rng));
    }
    out.into_bytes()
}

fn paragraph(rng: &mut Rng) -> String {
    let people = [0; 3].map(|_| Thing::new(rng, PEOPLE, 35));
    let places = [0; 2].map(|_| Thing::new(rng, PLACES, 45));
    let mut sentences = Vec::new();
    for _ in 0..3 + rng.zipf(8) {
        let text = match rng.below(20) {
            0 => speech(rng, &people, QUESTIONS, "?"),
            1 => speech(rng, &people, PROVERBS, ""),
            2..6 => format!("{} {}.", rng.any(OPENINGS), clause(rng, &people, &places)),
            6..11 => format!("{}{} {}.", clause(rng, &people, &places), rng.any(LINKS), clause(rng, &people, &places)),
            11..13 => format!("{} {}.", rng.any(TIMES), clause(rng, &people, &places)),
            13..15 => format!("{} {}.", rng.any(TOWNS), clause(rng, &people, &places)),
            _ => format!("{}.", clause(rng, &people, &places)),
        };
        sentences.push(capital(&text));
    }
    format!("{}\n", sentences.join(" "))
}

/// A subject with its gender: one of the paragraph's people, a name, or a pronoun.
fn subject(rng: &mut Rng, people: &[Thing]) -> (String, Gender) {
    let person = rng.often(people);
    match rng.below(10) {
        0..4 => (person.form(Nominative), person.noun.gender()),
        4..8 => {
            let &(first, female) = rng.often(NAMES);
            let surname = pick(rng, SURNAMES);
            if female { (format!("{first} {surname}а"), Feminine) } else { (format!("{first} {surname}"), Masculine) }
        }
        _ if person.noun.gender() == Feminine => ("она".into(), Feminine),
        _ => ("он".into(), Masculine),
    }
}

/// What somebody says, as Russian print sets it.
fn speech(rng: &mut Rng, people: &[Thing], lines: &[&str], mark: &str) -> String {
    let (who, gender) = subject(rng, people);
    let said = past(
        rng,
        &["спроси", "сказа", "прошепта", "удивленно спроси", "повтори", "вздохну", "закрича", "пробормота"],
        gender,
    );
    let comma = if mark.is_empty() { "," } else { mark };
    format!("— {}{comma} — {said} {who}.", rng.any(lines))
}

/// A clause without its full stop, that begins with a small letter.
fn clause(rng: &mut Rng, people: &[Thing], places: &[Thing]) -> String {
    let (who, gender) = subject(rng, people);
    let place = rng.often(places);
    let person = rng.any(people);
    let object = Thing::new(rng, THINGS, 50).form(Accusative);
    let idea = Thing::new(rng, ABSTRACTS, 55);
    match rng.below(12) {
        0 | 1 => format!("{who} {} {object}", past(rng, TAKING, gender)),
        2 => format!(
            "{who} {} {object} и {} {}",
            past(rng, TAKING, gender),
            past(rng, STAYING, gender),
            rng.any(ADVERBS)
        ),
        3 => format!(
            "{who} {} {} {}",
            rng.any(ADVERBS),
            past(rng, STAYING, gender),
            before("в", &place.form(Prepositional))
        ),
        4 => format!(
            "{who} {} {} {}",
            past(rng, MEETING, gender),
            person.form(Accusative),
            before("в", &place.form(Prepositional))
        ),
        5 => format!("{who} {} {}", past(rng, GOING, gender), before("в", &place.form(Accusative))),
        6 => {
            let (whose, other) = (rng.any(people).form(Genitive), Thing::new(rng, ABSTRACTS, 60).form(Nominative));
            format!("{} {} — это {other} {whose}", idea.form(Nominative), place.form(Genitive))
        }
        7 | 8 => format!("{who} {} {}", past(rng, SPEAKING, gender), before("о", &idea.form(Prepositional))),
        9 => {
            format!("в {} году {who} {} из {}", rng.between(1790, 1960), past(rng, GOING, gender), place.form(Genitive))
        }
        10 => format!("{who} {} {} {object}", past(rng, GIVING, gender), person.form(Dative)),
        _ => {
            let with = before("с", &Thing::new(rng, THINGS, 50).form(Instrumental));
            format!("{who} {with} {} {}", past(rng, STAYING, gender), before("в", &place.form(Prepositional)))
        }
    }
}

/// The text with its first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_and_are_spelt_by_the_rules() {
        let (old, blue) = (Adjective { stem: "стар", soft: false }, Adjective { stem: "син", soft: true });
        let book = Noun { word: "книг", class: b'f' };
        let friend = Noun { word: "товарищ", class: b'M' };
        let wind = Noun { word: "ветер|ветр", class: b'm' };
        let form =
            |adjective: &Adjective, noun: &Noun, case| format!("{} {}", adjective.form(noun, case), noun.form(case));
        assert_eq!(form(&old, &book, Genitive), "старой книги");
        assert_eq!(form(&blue, &book, Accusative), "синюю книгу");
        assert_eq!(form(&old, &friend, Accusative), "старого товарища");
        assert_eq!(form(&old, &friend, Instrumental), "старым товарищем");
        assert_eq!(form(&old, &wind, Accusative), "старый ветер");
        assert_eq!(form(&blue, &wind, Prepositional), "синем ветре");
        assert_eq!(before("с", "старым другом"), "со старым другом");
        assert_eq!(before("о", "осени"), "об осени");
    }
}
