//! Names of persons: titles fall away, particles are part of the name they stand before, short names stand for the whole.

use super::letters::plain;
use super::sound::sound_key;
use super::tables::GIVEN_NAMES;

/// A person's name as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonName {
    /// Its words as written, in plain letters, particles joined to what follows, given names as the one they stand for.
    pub name: String,
    /// The same in alphabetical order: given and family name are entered in both.
    pub sorted: String,
    /// How the longest word sounds.
    pub key: String,
}

const TITLES: [&str; 40] = [
    "sig", "sigra", "signor", "signora", "dott", "dottssa", "dr", "drssa", "ing", "geom", "avv", "rag",
    "prof", "cav", "comm", "arch", "herr", "frau", "hr", "fr", "dipl", "mag", "med", "jur", "m", "mr", "mrs",
    "ms", "mme", "mlle", "monsieur", "madame", "maitre", "me", "gospodin", "gospozha", "g-n", "jr", "sen",
    "phd",
];

const PARTICLES: [&str; 30] = [
    "de", "di", "da", "del", "della", "dello", "dei", "degli", "dal", "dalla", "la", "le", "lo", "li", "du",
    "des", "von", "vom", "van", "vander", "der", "den", "zu", "zum", "zur", "ten", "ter", "mac", "mc", "san",
];

/// Endings of a father's name in Russian, which is often left out.
const PATRONYMICS: [&str; 8] = ["ovich", "evich", "ovna", "evna", "ichna", "ovitch", "evitch", "owitsch"];

/// Takes a person's name apart.
///
/// ```
/// use clientela_core::party::names::person;
/// assert_eq!(person("Dott. Beppe De Luca").sorted, person("DE LUCA Giuseppe").sorted);
/// assert_eq!(person("Иванов Иван Иванович").sorted, person("Ivan Ivanov").sorted);
/// ```
#[must_use]
pub fn person(name: &str) -> PersonName {
    let plain = plain(name);
    let written: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let untitled: Vec<&str> = written.iter().copied().filter(|word| !TITLES.contains(word)).collect();
    let all = if untitled.is_empty() { written } else { untitled };
    let with_father = all.len() > 2;
    let mut words: Vec<String> = Vec::with_capacity(all.len());
    let mut before = String::new();
    for (place, word) in all.iter().enumerate() {
        if PARTICLES.contains(word) && place + 1 < all.len() {
            before.push_str(word);
            continue;
        }
        if with_father && PATRONYMICS.iter().any(|ending| word.ends_with(ending)) {
            continue;
        }
        let whole = if before.is_empty() {
            GIVEN_NAMES.get(*word).map_or_else(|| (*word).to_owned(), |name| (*name).to_owned())
        } else {
            std::mem::take(&mut before) + word
        };
        words.push(whole);
    }
    let longest = words.iter().max_by_key(|word| (word.chars().count(), std::cmp::Reverse(word.as_str())));
    let key = longest.map(|word| sound_key(word)).unwrap_or_default();
    let name = words.join(" ");
    words.sort_unstable();
    PersonName { name, sorted: words.join(" "), key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_written_in_several_ways() {
        for ways in [
            &["Giuseppe Rossi", "ROSSI Giuseppe", "Beppe Rossi", "Sig. Pino Rossi"][..],
            &["Maria Della Valle", "Della Valle Maria", "DELLAVALLE MARIA"],
            &["Hans Müller", "Mueller, Johann", "Herr Dr. Hans Mueller"],
            &["Jean-Pierre Lefèvre", "Lefevre Jean Pierre", "M. Jean-Pierre LEFEVRE"],
            &[
                "Александр Иванов",
                "Aleksandr Ivanov",
                "Ivanov Alexander",
                "Саша Иванов",
                "Иванов Александр Петрович",
            ],
            &["Юрий Петров", "Yuri Petrov", "Jurij Petrov", "Iouri Petrov"],
            &["Ludwig van den Berg", "Van den Berg Ludwig"],
            &["William O'Brien", "Bill OBrien"],
        ] {
            let first = person(ways[0]);
            for way in ways {
                let other = person(way);
                assert_eq!((other.sorted, other.key), (first.sorted.clone(), first.key.clone()), "{way}");
            }
        }
        assert_ne!(person("Mario Rossi").sorted, person("Maria Rossi").sorted);
        assert_eq!(person("Dr.").name, "dr");
    }
}
