//! Letters of many alphabets as plain small Latin ones.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text in small plain Latin letters and digits, words parted by single spaces.
///
/// Marks fall away; what German writes with two letters or a mark is one (`ü`, `ue` and `u` alike); Cyrillic and Greek letters
/// are transliterated. What is no letter or digit parts words, but a dot or an apostrophe inside a word falls away.
///
/// ```
/// use clientela_core::party::names::plain;
/// assert_eq!(plain("MÜLLER-Straße 3"), "muller strasse 3");
/// assert_eq!(plain("Mueller"), plain("Müller"));
/// assert_eq!(plain("Щукин Ёлка"), "shchukin elka");
/// assert_eq!(plain("L'Été"), "lete");
/// ```
#[must_use]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.nfkd().flat_map(char::to_lowercase) {
        if is_combining_mark(letter) {
            continue;
        }
        if letter.is_ascii_alphanumeric() {
            push(&mut plain, &mut gap, letter);
            continue;
        }
        match other(letter) {
            Some(letters) => letters.chars().for_each(|letter| push(&mut plain, &mut gap, letter)),
            None if letter.is_alphanumeric() => push(&mut plain, &mut gap, letter),
            None => gap |= !matches!(letter, '.' | '\'' | '’' | '`' | '´' | 'ʹ' | 'ʺ'),
        }
    }
    without_digraphs(&plain)
}

fn push(plain: &mut String, gap: &mut bool, letter: char) {
    if std::mem::take(gap) && !plain.is_empty() {
        plain.push(' ');
    }
    plain.push(letter);
}

/// `ae`, `oe` and `ue` as the letters they stand for, in words of more than two letters.
fn without_digraphs(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            letters.push(' ');
        }
        let short = word.chars().count() < 3;
        let mut before = ' ';
        for letter in word.chars() {
            if short || letter != 'e' || !matches!(before, 'a' | 'o' | 'u') {
                letters.push(letter);
            }
            before = letter;
        }
    }
    letters
}

/// The Latin letters of one that is not: Latin with strokes, Cyrillic (as in English usage), Greek.
fn other(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' | 'ẞ' => "ss",
        'æ' => "a",
        'œ' | 'ø' => "o",
        'ð' | 'đ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ı' => "i",
        'ħ' => "h",
        'ŋ' => "n",
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' | 'є' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' | 'й' | 'ы' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'ђ' => "dj",
        'ј' => "j",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "c",
        'џ' => "dz",
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' | 'υ' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_name_written_in_several_ways() {
        for (ways, expected) in [
            (&["Müller", "Mueller", "MULLER", "Mu\u{308}ller"][..], "muller"),
            (&["Jörg Böhm", "Joerg Boehm", "jorg bohm"], "jorg bohm"),
            (&["Weiß", "Weiss"], "weiss"),
            (&["Nicolò D'Angelo", "NICOLO DANGELO", "Nicolò D’Angelo"], "nicolo dangelo"),
            (&["Łódź", "lodz"], "lodz"),
            (&["Ångström", "angstrom"], "angstrom"),
            (&["Cœur", "Coeur"], "cour"),
            (&["Алексей", "Aleksei"], "aleksei"),
            (&["Ромашка", "Romashka"], "romashka"),
            (&["S.p.A.", "SpA", "SPA"], "spa"),
            (&["  Rossi -- & -- Figli ", "Rossi+Figli"], "rossi figli"),
            (&["ＡＢＣ １２", "abc 12"], "abc 12"),
            (&["...", ""], ""),
        ] {
            for way in ways {
                assert_eq!(plain(way), expected, "{way}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_stays_plain(text in "\\PC{0,30}") {
            let once = plain(&text);
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
            prop_assert!(plain(&once).len() <= once.len());
        }
    }
}
