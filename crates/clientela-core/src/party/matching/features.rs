//! What of a customer is compared.

use crate::party::names::{self, plain};
use crate::party::{Party, PartyKind};
use clientela_analytics::linkage::Cell;
use clientela_model::ClosedList;
use serde::{Deserialize, Serialize};

/// What is known of a customer, in whatever form it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// What it is, such as company or person; a company when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PartyKind>,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Second line of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name2: Option<String>,
    /// VAT number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// Street and house number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// Country, as two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl From<&Party> for Facts {
    fn from(party: &Party) -> Self {
        let text = |text: &Option<String>| text.clone();
        Self {
            kind: Some(party.kind),
            name: Some(party.name.clone()),
            name2: text(&party.name2),
            vat_number: party.vat_number.as_ref().map(|number| number.as_str().to_owned()),
            street: text(&party.street),
            postal_code: text(&party.postal_code),
            locality: text(&party.locality),
            country: Some(party.country.to_string()),
            email: party.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: party.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        }
    }
}

/// A feature: one text of a customer, in the form in which it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Feature {
    /// The words of the name, without legal form, titles and small words.
    Name,
    /// The same in alphabetical order.
    NameSorted,
    /// How the word that tells it apart sounds.
    NameKey,
    /// First letters of the words in alphabetical order.
    NameStart,
    /// Kind of the legal form, the same in all countries.
    LegalForm,
    /// VAT number, letters and digits alone.
    VatNumber,
    /// E-mail address.
    Email,
    /// What stands behind the @, where it is not one of the public providers.
    EmailDomain,
    /// Telephone number, digits alone.
    Phone,
    /// Its last seven digits: with or without what comes before.
    PhoneEnd,
    /// Street with house number.
    Street,
    /// First letters of the street.
    StreetStart,
    /// House number.
    HouseNumber,
    /// Postal code with country.
    PostalCode,
    /// Town.
    Locality,
    /// Postal code and town.
    Place,
    /// Country.
    Country,
}

/// Providers whose addresses say nothing of a company. Their national branches begin the same.
const PROVIDERS: [&str; 28] = [
    "gmail",
    "googlemail",
    "yahoo",
    "hotmail",
    "outlook",
    "live",
    "msn",
    "icloud",
    "me",
    "gmx",
    "web",
    "t-online",
    "freenet",
    "libero",
    "alice",
    "tiscali",
    "virgilio",
    "tin",
    "pec",
    "legalmail",
    "orange",
    "wanadoo",
    "free",
    "sfr",
    "laposte",
    "mail",
    "yandex",
    "rambler",
];

/// Words for a street, which are left out or shortened as it comes.
const STREET_WORDS: [(&str, &str); 21] = [
    ("strasse", "str"),
    ("strada", "str"),
    ("street", "str"),
    ("via", ""),
    ("viale", "v"),
    ("vle", "v"),
    ("corso", "c"),
    ("cso", "c"),
    ("piazza", "p"),
    ("pza", "p"),
    ("platz", "pl"),
    ("place", "pl"),
    ("rue", ""),
    ("ru", ""),
    ("avenue", "av"),
    ("avenu", "av"),
    ("boulevard", "bd"),
    ("ulitsa", ""),
    ("ul", ""),
    ("road", "rd"),
    ("chemin", "ch"),
];

/// All features of a customer; empty where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features(Vec<String>);

impl Features {
    /// The features of what is known of a customer.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let mut features = Self(vec![String::new(); Feature::ALL.len()]);
        features.name(facts);
        features.reached_by(facts);
        features.place(facts);
        features
    }

    fn name(&mut self, facts: &Facts) {
        let name = [facts.name.as_deref(), facts.name2.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let (written, sorted, key) = match facts.kind {
            Some(PartyKind::Person) => {
                let person = names::person(&name);
                (person.name, person.sorted, person.key)
            }
            _ => {
                let company = names::company_of(&name, facts.country.as_deref().unwrap_or_default().trim());
                self.set(Feature::LegalForm, company.form.map_or("", |form| form.kind));
                (company.name, company.sorted, company.key)
            }
        };
        self.set(
            Feature::NameStart,
            &sorted.split(' ').map(|word| head(word, 3)).collect::<Vec<_>>().join(" "),
        );
        self.set(Feature::Name, &written);
        self.set(Feature::NameSorted, &sorted);
        self.set(Feature::NameKey, &key);
    }

    fn reached_by(&mut self, facts: &Facts) {
        let alphanumeric = |text: &str| -> String {
            text.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|letter| letter.to_ascii_uppercase())
                .collect()
        };
        self.set(Feature::VatNumber, &alphanumeric(facts.vat_number.as_deref().unwrap_or_default()));
        let email = facts.email.as_deref().unwrap_or_default().trim().to_lowercase();
        if let Some((_, domain)) = email.split_once('@') {
            let provider = domain.split('.').next().unwrap_or_default();
            if !PROVIDERS.contains(&provider) {
                self.set(Feature::EmailDomain, domain);
            }
            self.set(Feature::Email, &email);
        }
        let digits: String =
            facts.phone.as_deref().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        let digits = digits.strip_prefix("00").unwrap_or(&digits);
        self.set(Feature::Phone, digits);
        if let Some(end) = digits.len().checked_sub(7).and_then(|from| digits.get(from..)) {
            self.set(Feature::PhoneEnd, end);
        }
    }

    fn place(&mut self, facts: &Facts) {
        let country = facts.country.as_deref().unwrap_or_default().trim().to_uppercase();
        let street = plain(facts.street.as_deref().unwrap_or_default());
        let short = |word: &str| match STREET_WORDS.iter().find(|(long, _)| *long == word) {
            Some((_, short)) => (*short).to_owned(),
            None => word.strip_suffix("strasse").map_or_else(|| word.to_owned(), |stem| format!("{stem}str")),
        };
        let words: Vec<String> = street.split(' ').map(short).filter(|word| !word.is_empty()).collect();
        let number = words.iter().find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()));
        self.set(Feature::HouseNumber, number.map_or("", String::as_str));
        let named = words.iter().filter(|word| !word.starts_with(|letter: char| letter.is_ascii_digit()));
        // The longest word of a street is seldom shortened.
        let longest = named.max_by_key(|word| word.chars().count());
        self.set(Feature::StreetStart, &longest.map(|word| head(word, 5)).unwrap_or_default());
        self.set(Feature::Street, &words.join(" "));
        let code: String = plain(facts.postal_code.as_deref().unwrap_or_default()).split(' ').collect();
        let town = plain(facts.locality.as_deref().unwrap_or_default());
        if !code.is_empty() {
            self.set(Feature::PostalCode, &format!("{country} {code}"));
            if !town.is_empty() {
                self.set(Feature::Place, &format!("{code} {town}"));
            }
        }
        self.set(Feature::Locality, &town);
        self.set(Feature::Country, &country);
    }

    fn set(&mut self, feature: Feature, text: &str) {
        if let Some(place) = self.0.get_mut(feature as usize) {
            text.clone_into(place);
        }
    }

    /// One feature; empty when it is not known.
    #[must_use]
    pub fn get(&self, feature: Feature) -> &str {
        self.0.get(feature as usize).map_or("", String::as_str)
    }

    /// As the row of a table with a column for each feature, in their order. Of what is only ever equal or not a sum is kept
    /// and not the text.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let cells = Feature::ALL.iter().map(|feature| match self.get(*feature) {
            "" => Cell::Missing,
            text if feature.is_alike() => Cell::Text(text),
            text => Cell::Number(sum(text)),
        });
        cells.collect()
    }
}

impl Feature {
    /// Whether texts of it can be nearly the same; of the others they are the same or not.
    #[must_use]
    pub const fn is_alike(self) -> bool {
        matches!(
            self,
            Self::NameSorted | Self::VatNumber | Self::Email | Self::Phone | Self::Street | Self::Locality
        )
    }
}

fn head(word: &str, letters: usize) -> String {
    word.chars().take(letters).collect()
}

/// A sum of 64 bits (FNV-1a), different for different texts but in one of 2^64 cases.
fn sum(text: &str) -> i64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    text.bytes()
        .fold(start, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
        .cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(name: &str, street: &str, phone: &str, email: &str) -> Features {
        Features::of(&Facts {
            name: Some(name.into()),
            street: Some(street.into()),
            postal_code: Some("10121".into()),
            locality: Some("Torino".into()),
            country: Some("it".into()),
            phone: Some(phone.into()),
            email: Some(email.into()),
            vat_number: Some("IT 0076035 0017".into()),
            ..Facts::default()
        })
    }

    #[test]
    fn what_is_written_in_several_ways_is_one_feature() {
        let one = facts("F.lli Rossi S.n.c.", "Via Garibaldi, 12", "+39 011 443 2111", "info@Rossi.it");
        let other = facts("FRATELLI ROSSI SNC", "garibaldi 12", "0039 0114432111", "INFO@ROSSI.IT");
        assert_eq!(one, other);
        assert_eq!(one.get(Feature::NameSorted), "fratelli rossi");
        assert_eq!(one.get(Feature::PhoneEnd), "4432111");
        assert_eq!(one.get(Feature::EmailDomain), "rossi.it");
        assert_eq!(one.get(Feature::PostalCode), "IT 10121");
        assert_eq!(one.get(Feature::VatNumber), "IT00760350017");
        assert_eq!(one.get(Feature::HouseNumber), "12");
        assert_eq!(facts("x", "Hauptstraße 5", "", "a@gmail.com").get(Feature::Street), "hauptstr 5");
        assert_eq!(facts("x", "Haupt Str. 5", "", "a@gmail.com").get(Feature::EmailDomain), "");
        assert!(Features::of(&Facts::default()).cells().iter().all(|cell| *cell == Cell::Missing));
    }
}
