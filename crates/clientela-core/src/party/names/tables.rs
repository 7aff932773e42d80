//! The tables of words, read once.

use super::company::words;
use super::letters::plain;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word of a company's name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Link,
    Short(&'static str),
    General,
}

/// A legal form's kind and word, and the countries that have it.
pub(super) type Form = (&'static str, &'static str, &'static str);

/// Legal forms by the words of their spelling, parted by spaces: several where countries mean different ones by it.
pub(super) static FORMS: LazyLock<HashMap<String, Vec<Form>>> = LazyLock::new(|| {
    let lines = rows(include_str!("legal_forms.tsv"));
    let mut forms: HashMap<String, Vec<Form>> = HashMap::new();
    for (form, spellings) in lines.filter_map(|cells| match cells[..] {
        [kind, form, countries, spellings] => Some(((kind, form, countries), spellings)),
        _ => None,
    }) {
        for spelling in spellings.split('|') {
            forms.entry(words(spelling).join(" ")).or_default().push(form);
        }
    }
    forms
});

/// The form a spelling means in a country, or first of all where none or another is known.
pub(super) fn form_in(spelling: &str, country: &str) -> Option<Form> {
    let forms = FORMS.get(spelling)?;
    let there = |form: &&Form| form.2.split(' ').any(|one| one.eq_ignore_ascii_case(country));
    forms.iter().find(there).or(forms.first()).copied()
}

/// Most words of a legal form's spelling.
pub(super) static FORM_WORDS_MAX: LazyLock<usize> =
    LazyLock::new(|| FORMS.keys().map(|spelling| spelling.split(' ').count()).max().unwrap_or(1));

/// Words of companies' names.
pub(super) static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let words = rows(include_str!("words.tsv")).filter_map(|cells| match cells[..] {
        ["link", word] => Some((plain(word), Word::Link)),
        ["short", word, stands_for] => Some((plain(word), Word::Short(stands_for))),
        ["general", word] => Some((plain(word), Word::General)),
        _ => None,
    });
    words.collect()
});

/// Given names by how else they are written.
pub(super) static GIVEN_NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (name, others) in rows(include_str!("given_names.tsv")).filter_map(|cells| match cells[..] {
        [name, others] => Some((name, others)),
        _ => None,
    }) {
        names.entry(plain(name)).or_insert(name);
        for other in others.split(' ') {
            names.entry(plain(other)).or_insert(name);
        }
    }
    names
});

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read() {
        let forms = rows(include_str!("legal_forms.tsv"));
        assert!(forms.into_iter().all(|cells| cells.len() == 4));
        for cells in rows(include_str!("words.tsv")) {
            let whole = matches!(cells[..], ["link" | "general", _] | ["short", _, _]);
            assert!(whole, "{cells:?}");
        }
        assert!(rows(include_str!("given_names.tsv")).all(|cells| cells.len() == 2));
        assert!(*FORM_WORDS_MAX > 3 && FORMS.contains_key("gmbh co kg") && FORMS.contains_key("sp zoo"));
        // A form that is a word of names would take names apart.
        assert!(WORDS.keys().all(|word| !FORMS.contains_key(word)));
    }
}
