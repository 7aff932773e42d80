//! vCards as rows: of contacts where they belong to a customer, of customers where they stand for themselves.

use super::cells::RawRow;
use super::options::{ImportOptions, ImportTarget};
use super::words;
use clientela_exchange::vcard::{ContactCard, ContactKind, PhoneKind};
use clientela_model::identifier::{Country, EmailAddress, PhoneNumber};

/// The row of a card. Of several addresses and numbers the preferred comes first.
pub(super) fn row(card: ContactCard, options: &ImportOptions) -> RawRow {
    let line = card.line as u64;
    let country = country(&card, options);
    let cells = match options.target {
        ImportTarget::Contact => contact(card, country),
        _ => customer(card, country),
    };
    let given = cells.into_iter().filter_map(|(field, cell)| Some((field, cell?)));
    RawRow { line, cells: given.collect() }
}

/// Whose numbers are written without a prefix: the country of the card's address, else the one the options assume.
fn country(card: &ContactCard, options: &ImportOptions) -> Option<Country> {
    let read = |text: &str| Country::parse(words::meaning("country", text).unwrap_or(text)).ok();
    let stated = card.addresses.iter().find_map(|address| address.country.as_deref());
    stated.and_then(read).or_else(|| options.defaults.get("country").and_then(|text| read(text)))
}

fn contact(card: ContactCard, country: Option<Country>) -> Vec<(&'static str, Option<String>)> {
    let (mobile, phone, email) = (number(&card, true, country), number(&card, false, country), email(&card));
    let organisation = card.kind == ContactKind::Organisation;
    let family =
        card.family.or_else(|| (!card.full_name.is_empty() && !organisation).then_some(card.full_name));
    vec![
        ("given_name", card.given),
        ("family_name", family),
        ("email", email),
        ("mobile", mobile),
        ("phone", phone),
        ("language", card.languages.into_iter().next().and_then(|tag| tag.get(..2).map(str::to_owned))),
    ]
}

fn customer(card: ContactCard, country: Option<Country>) -> Vec<(&'static str, Option<String>)> {
    let phone = number(&card, false, country).or_else(|| number(&card, true, country));
    let email = email(&card);
    let organisation = card.kind == ContactKind::Organisation;
    let kind = if organisation { "company" } else { "person" };
    let name2 = card.organisation.filter(|name| !organisation && *name != card.full_name);
    let mut cells = vec![
        ("kind", Some(kind.to_owned())),
        ("name", (!card.full_name.is_empty()).then_some(card.full_name)),
        ("name2", name2),
        ("email", email),
        ("phone", phone),
        ("language", card.languages.into_iter().next().and_then(|tag| tag.get(..2).map(str::to_owned))),
    ];
    if let Some(address) = card.addresses.into_iter().next() {
        cells.extend([
            ("street", address.street),
            ("postal_code", address.postal_code),
            ("locality", address.locality),
            ("region", address.region),
            ("country", address.country),
        ]);
    }
    cells
}

/// The first address that is one; else the first, so that the row says what is wrong with it.
fn email(card: &ContactCard) -> Option<String> {
    let all = || card.emails.iter().map(|email| email.value.clone());
    all().find(|text| EmailAddress::parse(text).is_ok()).or_else(|| all().next())
}

/// The first number of the kind that is one, with its prefix; else the first, so that the row says what is wrong with it.
fn number(card: &ContactCard, mobile: bool, country: Option<Country>) -> Option<String> {
    let wanted = if mobile { PhoneKind::Mobile } else { PhoneKind::Phone };
    let all =
        || card.phones.iter().filter(move |phone| phone.kind == wanted).map(|phone| phone.number.as_str());
    let read = all().find_map(|text| PhoneNumber::parse(text, country).ok());
    read.map(|number| number.as_str().to_owned()).or_else(|| all().next().map(str::to_owned))
}
