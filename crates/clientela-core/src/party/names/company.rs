//! Names of companies: what tells them apart, without legal form and small words.

use super::letters::plain;
use super::sound::sound_key;
use super::tables::{FORM_WORDS_MAX, WORDS, Word, form_in};

/// A legal form found in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegalForm {
    /// The kind, the same in all countries: `limited`, `stock`, `partnership`, `sole`, `cooperative`, `association`, `public`.
    pub kind: &'static str,
    /// The form in short, such as `srl`.
    pub form: &'static str,
}

/// A company's name as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyName {
    /// Its words as written, without the legal form and the words that only join.
    pub name: String,
    /// The same words in alphabetical order.
    pub sorted: String,
    /// How the longest word that tells it apart sounds.
    pub key: String,
    /// Its legal form, if it names one.
    pub form: Option<LegalForm>,
}

/// Takes a company's name apart.
///
/// ```
/// use clientela_core::party::names::company;
/// let name = company("F.lli Rossi Autotrasp. & C. S.n.c.");
/// assert_eq!(name.name, "fratelli rossi autotrasporti");
/// assert_eq!(name.form.map(|form| form.form), Some("snc"));
/// assert_eq!(company("ООО «Ромашка»").name, company("OOO Romashka").name);
/// ```
#[must_use]
pub fn company(name: &str) -> CompanyName {
    company_of(name, "")
}

/// The same of a company of a country, in two letters: a form's letters can mean another one there.
///
/// ```
/// use clientela_core::party::names::company_of;
/// let kind = |country| company_of("Rossi S.a.s.", country).form.map(|form| form.kind);
/// assert_eq!((kind("IT"), kind("FR")), (Some("partnership"), Some("stock")));
/// ```
#[must_use]
pub fn company_of(name: &str, country: &str) -> CompanyName {
    let mut words = words(name);
    let form = take_form(&mut words, country);
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    for word in &words {
        match WORDS.get(word.as_str()) {
            Some(Word::Link) => {}
            Some(Word::Short(stands_for)) => kept.push((*stands_for).to_owned()),
            _ => kept.push(word.clone()),
        }
    }
    // A name of nothing but small words is that.
    if kept.is_empty() {
        kept = words;
    }
    let general = |word: &str| WORDS.get(word) == Some(&Word::General);
    let apart = kept.iter().filter(|word| !general(word));
    let longest = apart.max_by_key(|word| (word.chars().count(), std::cmp::Reverse(word.as_str())));
    let key = longest.or(kept.first()).map(|word| sound_key(word)).unwrap_or_default();
    let name = kept.join(" ");
    kept.sort_unstable();
    CompanyName { name, sorted: kept.join(" "), key, form }
}

/// The words of a name in plain letters; single letters in a row are one word.
pub(super) fn words(name: &str) -> Vec<String> {
    let plain = plain(name);
    let mut words: Vec<String> = Vec::new();
    let mut spelt = false;
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        let single = word.chars().count() == 1 && !word.bytes().all(|byte| byte.is_ascii_digit());
        match words.last_mut().filter(|_| single && spelt) {
            Some(last) => last.push_str(word),
            None => words.push(word.to_owned()),
        }
        spelt = single;
    }
    words
}

/// Takes the legal form out of the words: at the end, at the beginning, or in the middle when it is plainly one.
fn take_form(words: &mut Vec<String>, country: &str) -> Option<LegalForm> {
    let most = (*FORM_WORDS_MAX).min(words.len().saturating_sub(1));
    let mut found = None;
    let places = |count: usize, of: usize| {
        let middle = 1..of - count;
        std::iter::once(of - count).chain(std::iter::once(0)).chain(middle)
    };
    'search: for count in (1..=most).rev() {
        for start in places(count, words.len()) {
            let spelling = words[start..start + count].join(" ");
            let at_edge = start == 0 || start + count == words.len();
            let plainly = at_edge || (spelling.len() > 2 && count == 1) || count > 2;
            if plainly && let Some((kind, form, _)) = form_in(&spelling, country) {
                found = Some((start, count, LegalForm { kind, form }));
                break 'search;
            }
        }
    }
    let (start, count, form) = found?;
    words.drain(start..start + count);
    Some(form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_company_written_in_several_ways() {
        // Every line is one company.
        for ways in [
            &["Rossi S.r.l.", "ROSSI SRL", "Rossi s. r. l.", "Rossi Società a responsabilità limitata"][..],
            &["F.lli Bianchi & C. S.n.c.", "Fratelli Bianchi snc", "S.n.c. Fratelli Bianchi e C."],
            &["Müller GmbH & Co. KG", "Mueller GmbH & Co KG", "MÜLLER GMBH UND CO. KG", "Muller GmbH Co KG"],
            &["Gebr. Böhm AG", "Gebrüder Boehm Aktiengesellschaft"],
            &[
                "SARL Dupont et Fils",
                "Dupont & fils S.A.R.L.",
                "Dupont Fils, Société à responsabilité limitée",
            ],
            &["Éts. Lefèvre SA", "Etablissements Lefevre S.A."],
            &["ООО «Ромашка»", "OOO Romashka", "Общество с ограниченной ответственностью Ромашка"],
            &["ЗАО Вектор", "Vektor ZAO"],
            &["ИП Петров", "Петров, индивидуальный предприниматель"],
            &["Nowak Sp. z o.o.", "Nowak spółka z o.o.", "NOWAK SP Z O O"],
            &["Smith & Sons Ltd", "Smith and Sons Limited", "SMITH & SONS LTD."],
            &["Autotrasporti Verdi S.p.A. in concordato", "Autotrasp. Verdi spa in concordato"],
            &["The Transport Company B.V.", "Transports Co. BV"],
        ] {
            let first = company(ways[0]);
            for way in ways {
                let other = company(way);
                assert_eq!((&other.name, &other.key), (&first.name, &first.key), "{way}");
                assert_eq!(other.form.map(|form| form.kind), first.form.map(|form| form.kind), "{way}");
            }
        }
    }

    #[test]
    fn different_companies_stay_different() {
        for (one, other) in [
            ("Rossi S.r.l.", "Russo S.r.l."),
            ("Müller Transporte GmbH", "Möller Transporte GmbH"),
            ("AG Motors", "SA Motors GmbH"),
            ("ООО Вектор", "ООО Виктор"),
        ] {
            assert_ne!(company(one).name, company(other).name, "{one} / {other}");
        }
    }

    #[test]
    fn a_name_is_never_taken_for_nothing() {
        for name in ["S.p.A.", "GmbH", "AG", "& Co", "C", "de la", "ООО"] {
            assert!(!company(name).name.is_empty(), "{name}");
        }
        assert_eq!(company("").name, "");
    }

    proptest! {
        #[test]
        fn the_order_of_words_makes_no_difference_to_sorted_and_key(
            mut words in proptest::collection::vec("[b-z]{4,9}", 1..5)
        ) {
            let one = company(&words.join(" "));
            words.reverse();
            let other = company(&words.join(" "));
            if one.form.is_none() && other.form.is_none() {
                prop_assert_eq!((one.sorted, one.key), (other.sorted, other.key));
            }
        }
    }
}
