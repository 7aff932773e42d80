//! What words of other languages mean in fields with closed lists. Data: a new word is one more line.

use clientela_model::identifier::Country;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Field, what it means, and the words for it in small letters.
const WORDS: &[(&str, &str, &[&str])] = &[
    (
        "kind",
        "company",
        &["azienda", "società", "impresa", "organisation", "société", "entreprise", "firma", "unternehmen"],
    ),
    (
        "kind",
        "sole_trader",
        &["ditta individuale", "padroncino", "ditta", "artisan", "einzelunternehmen", "owner-driver"],
    ),
    (
        "kind",
        "person",
        &["persona", "privato", "personne", "particulier", "privat", "privatperson", "individual"],
    ),
    ("kind", "public_body", &["ente pubblico", "pubblica amministrazione", "collectivité", "behörde"]),
    (
        "status",
        "customer",
        &["cliente", "cliente attivo", "attivo", "client", "client actif", "kunde", "active"],
    ),
    ("status", "prospect", &["cliente potenziale", "potenziale", "client potentiel", "interessent"]),
    ("status", "dormant", &["dormiente", "inattivo", "inactif", "inaktiv", "inactive"]),
    ("status", "lost", &["perso", "cliente perso", "perdu", "verloren"]),
    ("ownership", "owned", &["proprietà", "di proprietà", "propriété", "eigentum", "own"]),
    ("ownership", "leased", &["leasing", "in leasing", "crédit-bail", "geleast", "lease"]),
    ("ownership", "rented", &["noleggio", "a noleggio", "location", "gemietet", "miete", "rental"]),
    (
        "decision",
        "granted",
        &["sì", "si", "x", "1", "yes", "oui", "ja", "concesso", "accordé", "erteilt", "opt-in"],
    ),
    ("decision", "withdrawn", &["no", "0", "revocato", "non", "révoqué", "nein", "widerrufen", "opt-out"]),
    ("purpose", "marketing", &["pubblicità", "publicité", "werbung", "advertising", "newsletter"]),
    ("channel", "email", &["e-mail", "mail", "posta elettronica", "courriel"]),
    ("channel", "phone", &["telefono", "téléphone", "telefon"]),
    ("channel", "letter", &["posta", "lettera", "courrier", "brief", "post"]),
    ("channel", "text_message", &["sms", "whatsapp"]),
    ("basis", "consent", &["consenso", "consentement", "einwilligung"]),
    ("basis", "contract", &["contratto", "contrat", "vertrag"]),
    (
        "role",
        "decision_maker",
        &["titolare", "amministratore", "gérant", "dirigeant", "geschäftsführer", "owner"],
    ),
    ("role", "buyer", &["acquisti", "ufficio acquisti", "acheteur", "achats", "einkauf", "einkäufer"]),
    ("role", "fleet_manager", &["responsabile parco", "responsable de parc", "fuhrparkleiter"]),
    ("role", "driver", &["autista", "chauffeur", "conducteur", "fahrer"]),
    (
        "role",
        "administration",
        &["amministrazione", "contabilità", "comptabilité", "buchhaltung", "verwaltung"],
    ),
    ("country", "IT", &["italia", "italie", "italien"]),
    ("country", "FR", &["francia", "frankreich"]),
    ("country", "DE", &["germania", "allemagne", "deutschland"]),
    ("country", "AT", &["autriche", "österreich"]),
    ("country", "CH", &["svizzera", "suisse", "schweiz"]),
    ("country", "ES", &["spagna", "espagne", "españa", "spanien"]),
    ("country", "BE", &["belgio", "belgique", "belgien"]),
    ("country", "NL", &["paesi bassi", "olanda", "pays-bas", "niederlande", "holland"]),
    ("country", "LU", &["lussemburgo", "luxemburg"]),
    ("country", "PT", &["portogallo"]),
    ("country", "PL", &["polonia", "pologne", "polen"]),
    ("country", "CZ", &["repubblica ceca", "république tchèque", "tschechien"]),
    ("country", "SI", &["slovénie", "slowenien"]),
    ("country", "HR", &["croazia", "croatie", "kroatien"]),
    ("country", "HU", &["ungheria", "hongrie", "ungarn"]),
    ("country", "RO", &["roumanie", "rumänien"]),
    ("country", "GB", &["regno unito", "gran bretagna", "royaume-uni", "großbritannien", "england"]),
    ("country", "US", &["stati uniti", "états-unis", "usa", "vereinigte staaten"]),
];

/// The words of each field, found by word: a table is asked for every cell of a file.
static BY_FIELD: LazyLock<HashMap<&str, HashMap<&str, &str>>> = LazyLock::new(|| {
    let mut fields: HashMap<&str, HashMap<&str, &str>> = HashMap::new();
    for (field, meaning, words) in WORDS {
        let known = fields.entry(field).or_default();
        known.extend(words.iter().map(|word| (*word, *meaning)));
    }
    fields
});

/// What a word means in a field; none when it is unknown here and the field's own reading decides.
pub(super) fn meaning(field: &str, word: &str) -> Option<&'static str> {
    let words = BY_FIELD.get(field)?;
    let lower = word.to_lowercase();
    words.get(lower.as_str()).copied().or_else(|| country(field, &lower))
}

/// The fields whose words are known.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    let mut fields: Vec<&'static str> = WORDS.iter().map(|(field, _, _)| *field).collect();
    fields.sort_unstable();
    fields.dedup();
    fields.into_iter()
}

/// Whether a cell is a word of a field, here or in the field's own list.
pub(super) fn is_word(field: &str, cell: &str) -> bool {
    let itself =
        |(of, meaning, _): &(&str, &str, &[&str])| *of == field && meaning.eq_ignore_ascii_case(cell);
    meaning(field, cell).is_some() || WORDS.iter().any(itself)
}

/// A country by its English name.
fn country(field: &str, lower: &str) -> Option<&'static str> {
    // Codes are read by the country itself.
    let wanted = field == "country" && lower.len() > 3;
    let mut all = Country::all();
    wanted.then(|| all.find(|country| country.name().to_lowercase() == lower)).flatten().map(Country::code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_things() {
        for (index, (field, meaning, words)) in WORDS.iter().enumerate() {
            for word in *words {
                assert_eq!(*word, word.to_lowercase(), "small letters");
                let again =
                    WORDS[index + 1..].iter().find(|(of, _, words)| of == field && words.contains(word));
                assert!(again.is_none(), "{field} {word}: {meaning} and {again:?}");
            }
        }
    }

    #[test]
    fn words_of_four_languages_are_known() {
        for (field, word, expected) in [
            ("country", "Deutschland", Some("DE")),
            ("country", "Slovakia", Some("SK")),
            ("country", "IT", None),
            ("kind", "Società", Some("company")),
            ("decision", "Sì", Some("granted")),
            ("name", "Firma", None),
        ] {
            assert_eq!(meaning(field, word), expected, "{field} {word}");
        }
    }
}
