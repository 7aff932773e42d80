//! vCards as rows: of contacts where they belong to a customer, of customers where they stand for themselves.

use super::cells::RawRow;
use super::options::ImportTarget;
use clientela_exchange::vcard::{ContactCard, ContactKind, PhoneKind};
use clientela_model::identifier::{EmailAddress, PhoneNumber};

/// The row of a card. Of several addresses and numbers the preferred comes first.
pub(super) fn row(card: ContactCard, target: ImportTarget) -> RawRow {
    let line = card.line as u64;
    let cells = if target == ImportTarget::Contact { contact(card) } else { customer(card) };
    let given = cells.into_iter().filter_map(|(field, cell)| Some((field, cell?)));
    RawRow { line, cells: given.collect() }
}

fn contact(card: ContactCard) -> Vec<(&'static str, Option<String>)> {
    let (mobile, phone, email) = (number(&card, true), number(&card, false), email(&card));
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

fn customer(card: ContactCard) -> Vec<(&'static str, Option<String>)> {
    let phone = number(&card, false).or_else(|| number(&card, true));
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

/// The first number of the kind; one that is international before others.
fn number(card: &ContactCard, mobile: bool) -> Option<String> {
    let wanted = if mobile { PhoneKind::Mobile } else { PhoneKind::Phone };
    let all =
        || card.phones.iter().filter(move |phone| phone.kind == wanted).map(|phone| phone.number.clone());
    all().find(|text| PhoneNumber::parse(text, None).is_ok()).or_else(|| all().next())
}
