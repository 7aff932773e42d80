//! How a name sounds, coarsely: one key for what is written differently from language to language.
//!
//! The key holds the consonants in classes, and whether the name begins with a vowel. Romanisations of one Cyrillic name meet in
//! it, be they English (BGN/PCGN), German, French or scientific (ISO 9), as do slips of writing that do not change the
//! sound. It is meant to find candidates, not to decide.

use super::letters::plain;

/// Letters a key has at most.
const KEY_MAX: usize = 8;

/// The key of a name's sound; empty for a name without letters.
///
/// ```
/// use clientela_core::party::names::sound_key;
/// let ways = ["Хрущёв", "Khrushchev", "Chruschtschow", "Khrouchtchev", "Hruščev"];
/// assert!(ways.iter().all(|way| sound_key(way) == sound_key("Khrushchev")));
/// ```
#[must_use]
pub fn sound_key(name: &str) -> String {
    // What Slavic languages mark is heard, so it is read before marks fall away.
    let marked: String = name
        .chars()
        .map(|letter| match letter {
            'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' | 'ś' => 'ш',
            'č' | 'Č' | 'ć' | 'Ć' | 'ž' | 'Ž' | 'ż' | 'Ż' | 'ź' => 'ч',
            other => other,
        })
        .collect();
    let word: Vec<char> = plain(&marked).chars().filter(|letter| *letter != ' ').collect();
    let german = is_german_romanisation(&word);
    let french = word.windows(2).any(|two| two == ['o', 'u']);
    let mut key = String::with_capacity(KEY_MAX);
    let mut at = 0;
    while at < word.len() && key.len() < KEY_MAX {
        let (class, read) =
            class(&word[at..], at, at.checked_sub(1).map(|before| word[before]), german, french);
        at += read;
        for class in class.chars() {
            // Vowels count at the beginning only; what is said once counts once.
            let vowel = class == 'a';
            if (!vowel || key.is_empty()) && !key.ends_with(class) && key.len() < KEY_MAX {
                key.push(class);
            }
        }
    }
    key
}

/// Whether a name in Latin letters is a Russian one as German writes it: then `ch` is the sound of `kh`.
fn is_german_romanisation(word: &[char]) -> bool {
    let text: String = word.iter().collect();
    text.contains("tsch")
        || ["ow", "ew", "owa", "ewa", "owitsch", "skij", "jew", "jewa"].iter().any(|end| text.ends_with(end))
}

/// The class of the sound at the beginning of the rest, and how many letters it takes.
fn class(
    rest: &[char],
    at: usize,
    before: Option<char>,
    german: bool,
    french: bool,
) -> (&'static str, usize) {
    const HISSING: [&str; 14] = [
        "schtsch", "chtch", "shch", "tsch", "tch", "tsh", "sch", "sh", "zh", "szcz", "sz", "cz", "dzh",
        "dsch",
    ];
    let starts = |with: &str| {
        with.chars().count() <= rest.len() && with.chars().zip(rest).all(|(one, other)| one == *other)
    };
    if let Some(hissing) = HISSING.iter().find(|hissing| starts(hissing)) {
        return ("x", hissing.len());
    }
    let next = rest.get(1).copied().unwrap_or(' ');
    let soft = matches!(next, 'e' | 'i' | 'y');
    match rest.first().copied().unwrap_or(' ') {
        'c' if next == 'h' && german => ("h", 2),
        'c' if next == 'h' => ("x", 2),
        'c' if next == 'k' || next == 'q' => ("k", 2),
        'c' if soft || next == 'v' => ("s", 1),
        'k' if next == 'h' => ("h", 2),
        'p' if next == 'h' => ("f", 2),
        't' | 'r' | 'g' | 'd' if next == 'h' => (plain_class(rest[0]), 2),
        't' | 'd' if next == 's' || next == 'z' => ("s", 2),
        'k' if next == 's' => ("ks", 2),
        'g' if next == 'u' && rest.get(2).is_some_and(|letter| matches!(letter, 'e' | 'i' | 'y')) => ("g", 2),
        'j' if french && at == 0 => ("x", 1),
        'h' => {
            let after_vowel = before.is_some_and(|letter| "aeiouy".contains(letter));
            let vowel_next = "aeiouy".contains(next);
            // Between a vowel and a consonant it only makes the vowel long.
            if at == 0 || vowel_next || !after_vowel { ("h", 1) } else { ("a", 1) }
        }
        'c' | 'k' | 'q' => ("k", 1),
        'x' => ("ks", 1),
        letter => (plain_class(letter), 1),
    }
}

const fn plain_class(letter: char) -> &'static str {
    match letter {
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' => "a",
        'b' => "b",
        'd' => "d",
        'f' | 'v' | 'w' => "f",
        'g' => "g",
        'l' => "l",
        'm' => "m",
        'n' => "n",
        'p' => "p",
        'r' => "r",
        's' | 'z' => "s",
        't' => "t",
        '0'..='9' => "0",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn romanisations_of_one_name_meet() {
        // Russian, English, German, French, scientific.
        for ways in [
            &["Хрущёв", "Khrushchev", "Chruschtschow", "Khrouchtchev", "Hruščev"][..],
            &["Щукин", "Shchukin", "Schtschukin", "Chtchoukine", "Ščukin"],
            &["Чехов", "Chekhov", "Tschechow", "Tchekhov", "Čehov"],
            &["Пушкин", "Pushkin", "Puschkin", "Pouchkine", "Puškin"],
            &["Горбачёв", "Gorbachev", "Gorbatschow", "Gorbatchev", "Gorbačev"],
            &["Жуков", "Zhukov", "Schukow", "Joukov", "Žukov"],
            &["Ельцин", "Yeltsin", "Jelzin", "Eltsine", "Elcin"],
            &["Цветаева", "Tsvetaeva", "Zwetajewa", "Tsvetaïeva", "Cvetaeva"],
            &["Александров", "Alexandrov", "Alexandrow", "Aleksandrov"],
            &["Достоевский", "Dostoevsky", "Dostojewski", "Dostoïevski", "Dostoevskij"],
            &["Юрьев", "Yuryev", "Jurjew", "Iouriev", "Jur'ev"],
        ] {
            for way in ways {
                assert_eq!(sound_key(way), sound_key(ways[0]), "{way} and {}", ways[0]);
            }
        }
    }

    #[test]
    fn what_sounds_alike_has_one_key_and_what_does_not_has_two() {
        for (one, other) in [
            ("Müller", "Mueler"),
            ("Schmidt", "Schmitdt"),
            ("Philippe", "Filip"),
            ("Katharina", "Catarina"),
            ("Rossi", "Rosi"),
            ("Jackson", "Jaxon"),
        ] {
            let keys = [sound_key(one), sound_key(other)];
            let [key, same] = [0, 1].map(|at: usize| keys[at].trim_end_matches(['t', 'd']));
            assert_eq!(key, same, "{one} / {other}");
        }
        for (one, other) in [("Rossi", "Russo Bianchi"), ("Bianchi", "Verdi"), ("Иванов", "Петров")]
        {
            assert_ne!(sound_key(one), sound_key(other));
        }
        assert_eq!(sound_key("  "), "");
        assert!(sound_key("Donaudampfschifffahrtsgesellschaft").len() <= KEY_MAX);
    }
}
