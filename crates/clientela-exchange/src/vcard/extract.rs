//! From the properties of a card to what the customer file calls them.

use super::card::{
    ContactAddress, ContactCard, ContactKind, ContactValue, PartialDate, Phone, PhoneKind, Place,
};
use calcard::common::IanaType;
use calcard::vcard::{
    VCard, VCardEntry, VCardKind, VCardParameterName, VCardProperty, VCardType, VCardValue,
};

/// The year Apple writes for "no year" (marked by a parameter other programs drop).
const APPLE_NO_YEAR: u16 = 1604;

/// The card, and whether its birthday, if it has one, could be read.
pub(super) fn card(vcard: &VCard, line: usize) -> (ContactCard, bool) {
    let mut card = ContactCard { line, ..ContactCard::default() };
    let mut birthday_read = true;
    for entry in &vcard.entries {
        match &entry.name {
            VCardProperty::Fn => set(&mut card.full_name, text(entry)),
            VCardProperty::N => name(&mut card, entry),
            VCardProperty::Org => organisation(&mut card, entry),
            VCardProperty::Title => first(&mut card.title, text(entry)),
            VCardProperty::Role => first(&mut card.role, text(entry)),
            VCardProperty::Uid => first(&mut card.uid, text(entry)),
            VCardProperty::Kind => card.kind = kind(entry),
            VCardProperty::Email => card.emails.extend(contact_value(entry, "mailto:")),
            VCardProperty::Url => card.urls.extend(contact_value(entry, "")),
            VCardProperty::Tel => card.phones.extend(phone(entry)),
            VCardProperty::Adr => card.addresses.extend(address(entry)),
            VCardProperty::Note => card.notes.extend(text(entry)),
            VCardProperty::Categories => card.categories.extend(texts(entry)),
            VCardProperty::Lang | VCardProperty::Language => card.languages.extend(text(entry)),
            VCardProperty::Bday => {
                card.birthday = card.birthday.or_else(|| birthday(entry));
                birthday_read =
                    card.birthday.is_some() || text(entry).is_none() && !entry.values.iter().any(is_moment);
            }
            VCardProperty::Other(name)
                if name.eq_ignore_ascii_case("X-ABSHOWAS")
                    && text(entry).is_some_and(|value| value.eq_ignore_ascii_case("COMPANY")) =>
            {
                card.kind = ContactKind::Organisation;
            }
            _ => {}
        }
    }
    if card.full_name.is_empty() {
        let parts = [&card.prefix, &card.given, &card.additional, &card.family, &card.suffix];
        card.full_name = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    }
    if card.full_name.is_empty() {
        card.full_name = card.organisation.clone().unwrap_or_default();
    }
    // Stable, so that what the card prefers goes first and the rest keeps its order.
    card.emails.sort_by_key(|email| !email.preferred);
    card.phones.sort_by_key(|phone| !phone.preferred);
    card.addresses.sort_by_key(|address| !address.preferred);
    (card, birthday_read)
}

const fn is_moment(value: &VCardValue) -> bool {
    matches!(value, VCardValue::PartialDateTime(_))
}

fn set(slot: &mut String, value: Option<String>) {
    if slot.is_empty() {
        *slot = value.unwrap_or_default();
    }
}

fn first(slot: &mut Option<String>, value: Option<String>) {
    if slot.is_none() {
        *slot = value;
    }
}

fn cleaned(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The values of a property in their places: empty ones included.
fn components(entry: &VCardEntry) -> Vec<Option<String>> {
    entry
        .values
        .iter()
        .map(|value| match value {
            VCardValue::Text(text) => cleaned(text),
            VCardValue::Component(parts) => cleaned(
                &parts
                    .iter()
                    .map(|part| part.trim())
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            VCardValue::Integer(number) => Some(number.to_string()),
            _ => None,
        })
        .collect()
}

fn texts(entry: &VCardEntry) -> Vec<String> {
    components(entry).into_iter().flatten().collect()
}

fn text(entry: &VCardEntry) -> Option<String> {
    texts(entry).into_iter().next()
}

fn name(card: &mut ContactCard, entry: &VCardEntry) {
    let mut parts = components(entry).into_iter();
    for slot in [&mut card.family, &mut card.given, &mut card.additional, &mut card.prefix, &mut card.suffix]
    {
        first(slot, parts.next().flatten());
    }
}

fn organisation(card: &mut ContactCard, entry: &VCardEntry) {
    if card.organisation.is_some() {
        return;
    }
    let mut parts = components(entry).into_iter();
    card.organisation = parts.next().flatten();
    card.departments = parts.flatten().collect();
}

fn kind(entry: &VCardEntry) -> ContactKind {
    match entry.values.first() {
        Some(VCardValue::Kind(VCardKind::Org)) => ContactKind::Organisation,
        Some(VCardValue::Kind(VCardKind::Group)) => ContactKind::Group,
        _ => ContactKind::Person,
    }
}

/// The types of an entry: those of RFC 6350, and the words older cards use beside them.
fn has_type(entry: &VCardEntry, wanted: &VCardType, word: &str) -> bool {
    entry.params.iter().filter(|parameter| parameter.name == VCardParameterName::Type).any(|parameter| {
        match parameter.value.as_type() {
            Some(IanaType::Iana(found)) => found == wanted,
            Some(IanaType::Other(found)) => {
                found.split(',').any(|found| found.trim().eq_ignore_ascii_case(word))
            }
            None => false,
        }
    })
}

fn place(entry: &VCardEntry) -> Option<Place> {
    if has_type(entry, &VCardType::Work, "work") {
        Some(Place::Work)
    } else if has_type(entry, &VCardType::Home, "home") {
        Some(Place::Home)
    } else {
        None
    }
}

fn preferred(entry: &VCardEntry) -> bool {
    entry.params.iter().any(|parameter| match parameter.name {
        VCardParameterName::Pref => true,
        VCardParameterName::Type => matches!(
            parameter.value.as_type(),
            Some(IanaType::Other(word)) if word.split(',').any(|word| word.trim().eq_ignore_ascii_case("pref"))
        ),
        _ => false,
    })
}

/// The text after a scheme such as `mailto:`, whatever its letter case.
fn without_scheme<'a>(value: &'a str, scheme: &str) -> &'a str {
    match value.split_at_checked(scheme.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(scheme) => rest,
        _ => value,
    }
}

fn contact_value(entry: &VCardEntry, scheme: &str) -> Option<ContactValue> {
    let value = cleaned(without_scheme(&text(entry)?, scheme))?;
    Some(ContactValue { value, place: place(entry), preferred: preferred(entry) })
}

fn phone(entry: &VCardEntry) -> Option<Phone> {
    let value = text(entry)?;
    let mut parts = without_scheme(&value, "tel:").split(';');
    let number = cleaned(parts.next()?)?;
    let extension = parts.find_map(|part| part.strip_prefix("ext=")).and_then(cleaned);
    let kind = if has_type(entry, &VCardType::Fax, "fax") {
        PhoneKind::Fax
    } else if has_type(entry, &VCardType::Cell, "cell") || has_type(entry, &VCardType::Text, "iphone") {
        PhoneKind::Mobile
    } else if has_type(entry, &VCardType::Pager, "pager") {
        PhoneKind::Pager
    } else {
        PhoneKind::Phone
    };
    Some(Phone { number, extension, kind, place: place(entry), preferred: preferred(entry) })
}

fn address(entry: &VCardEntry) -> Option<ContactAddress> {
    let mut parts = components(entry).into_iter();
    let mut next = || parts.next().flatten();
    let address = ContactAddress {
        box_number: next(),
        extended: next(),
        street: next(),
        locality: next(),
        region: next(),
        postal_code: next(),
        country: next(),
        place: None,
        preferred: false,
    };
    let empty = address == ContactAddress::default();
    (!empty).then(|| ContactAddress { place: place(entry), preferred: preferred(entry), ..address })
}

fn birthday(entry: &VCardEntry) -> Option<PartialDate> {
    let date = match entry.values.first()? {
        VCardValue::PartialDateTime(moment) => PartialDate {
            year: moment.year.filter(|year| *year != APPLE_NO_YEAR).map(i32::from),
            month: moment.month.map(u32::from),
            day: moment.day.map(u32::from),
        },
        VCardValue::Text(text) => {
            use chrono::Datelike as _;
            // Outlook 2003 and others write days their version of the standard does not know.
            let head: String = text.trim().chars().take(10).collect();
            let day = ["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%Y/%m/%d"]
                .iter()
                .find_map(|form| chrono::NaiveDate::parse_from_str(&head, form).ok())?;
            PartialDate { year: Some(day.year()), month: Some(day.month()), day: Some(day.day()) }
        }
        _ => return None,
    };
    (date.year.is_some() || date.month.is_some() || date.day.is_some()).then_some(date)
}
