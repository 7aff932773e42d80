//! Whether a message says a lead once more.

use super::lead::Lead;
use chrono::TimeDelta;

/// Days within which the same wish of the same person from the same source is the same lead: a system that hears no answer sends
/// again within hours or over a weekend; who still wants the same vehicle a fortnight later is asking anew.
pub const SENT_AGAIN_DAYS: i64 = 7;

/// Whether a lead without a reference of its sender's is one that came in before: from the same source, from the same e-mail address or
/// telephone number, with the same words on what is wanted and offered, within [`SENT_AGAIN_DAYS`] of it.
///
/// Two messages that say nothing of what is wanted are two. A name alone tells nobody apart, and one who writes from his own address for two vehicles has two wishes.
#[must_use]
pub fn is_sent_again(lead: &Lead, before: &Lead) -> bool {
    let same_source = lead.source.is_some() && lead.source == before.source;
    let same_person = (lead.email.is_some() && lead.email == before.email)
        || (lead.phone.is_some() && lead.phone == before.phone);
    let words = |text: &Option<String>| -> Vec<String> {
        text.as_deref().unwrap_or_default().split_whitespace().map(str::to_lowercase).collect()
    };
    let some_wish =
        lead.product.is_some() || [&lead.wish, &lead.trade_in].iter().any(|text| !words(text).is_empty());
    let same_wish = some_wish
        && words(&lead.wish) == words(&before.wish)
        && words(&lead.trade_in) == words(&before.trade_in)
        && lead.product == before.product;
    let apart = lead.received_at.signed_duration_since(before.received_at).abs();
    lead.external.is_none()
        && lead.id != before.id
        && same_source
        && same_person
        && same_wish
        && apart <= TimeDelta::days(SENT_AGAIN_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, PositionId, UnitId};
    use crate::leads::LeadChannel;
    use crate::party::entry::Seat;
    use chrono::{DateTime, Utc};
    use clientela_model::EntityId;
    use clientela_model::identifier::EmailAddress;
    use uuid::Uuid;

    fn lead(number: u128) -> Lead {
        let seat = Seat {
            owner: PositionId::from_uuid(Uuid::from_u128(1)),
            unit: UnitId::from_uuid(Uuid::from_u128(2)),
        };
        let at = DateTime::<Utc>::UNIX_EPOCH;
        Lead {
            source: Some("portal".to_owned()),
            email: EmailAddress::parse("a@esempio.example").ok(),
            wish: Some("T 480".to_owned()),
            ..Lead::blank(LeadId::from_uuid(Uuid::from_u128(number)), seat, LeadChannel::System, at)
        }
    }

    #[test]
    fn the_same_wish_of_the_same_person_within_days_is_the_same_lead() {
        let days = |days| DateTime::UNIX_EPOCH + TimeDelta::days(days);
        let text = |text: &str| Some(text.to_owned());
        for (what, again, same) in [
            ("again at once", lead(2), true),
            ("written otherwise", Lead { wish: text(" t  480\n"), ..lead(2) }, true),
            ("on the last day", Lead { received_at: days(SENT_AGAIN_DAYS), ..lead(2) }, true),
            ("a day later", Lead { received_at: days(SENT_AGAIN_DAYS + 1), ..lead(2) }, false),
            ("another vehicle", Lead { wish: text("T 520"), ..lead(2) }, false),
            ("another vehicle offered", Lead { trade_in: text("Premium"), ..lead(2) }, false),
            ("another source", Lead { source: text("fair"), ..lead(2) }, false),
            ("no source", Lead { source: None, ..lead(2) }, false),
            (
                "another person",
                Lead { email: EmailAddress::parse("b@esempio.example").ok(), ..lead(2) },
                false,
            ),
            ("no way to be answered", Lead { email: None, ..lead(2) }, false),
            ("with a reference of its own", Lead { external: text("E-2"), ..lead(2) }, false),
            ("itself", lead(1), false),
        ] {
            assert_eq!(is_sent_again(&again, &lead(1)), same, "{what}");
        }
        // Two that say nothing of what is wanted do not say the same.
        let silent = |number| Lead { wish: None, ..lead(number) };
        assert!(!is_sent_again(&silent(2), &silent(1)));
    }
}
