//! What is known of a lead, as words that can be counted.
//!
//! Taken are only facts that were there before the outcome and are not personal: so nothing is learnt from what is written at
//! closing, and the counts stay what they are when a person is erased. What is not known is left out, in counting and in
//! scoring.

use super::qualification::newest;
use super::records::LeadAnswer;
use crate::leads::{Lead, LeadState};
use chrono::TimeDelta;
use clientela_model::{ClosedList, EntityId};
use std::collections::BTreeSet;

/// The features of every lead; each question with a word for its answer is another one.
pub const FEATURES: [&str; 11] = [
    "channel",
    "source",
    "campaign",
    "unit",
    "product",
    "horizon",
    "country",
    "response",
    "moves",
    "company_size",
    "fleet",
];

/// What the name of a question's feature begins with.
pub const QUESTION_FEATURE: &str = "question:";

/// Longest word that is counted.
const WORD_MAX: usize = 120;

/// Whether a lead was converted or not; none while it is open.
#[must_use]
pub const fn outcome(state: LeadState) -> Option<bool> {
    match state {
        LeadState::Converted => Some(true),
        LeadState::Disqualified => Some(false),
        LeadState::New | LeadState::Assigned | LeadState::Contacted | LeadState::Qualified => None,
    }
}

/// What is known of a lead: feature and value, each feature once.
///
/// | feature | values |
/// | --- | --- |
/// | channel, horizon | the words of the closed lists |
/// | source | as it is written, in small letters |
/// | campaign, unit, product | ids |
/// | country | two letters |
/// | response | time to the first answer: within_1_hour, within_4_hours, within_1_day, within_3_days, later |
/// | moves | how often it moved on: 0, 1, 2_or_more |
/// | company_size | by employees: micro below 10, small below 50, medium below 250, large (Recommendation 2003/361/EC, annex, article 2) |
/// | fleet | vehicles: none, 1_to_4, 5_to_19, 20_to_99, 100_or_more |
/// | question:budget and its like | the word of the newest answer; a number by its band |
#[must_use]
pub fn features(lead: &Lead, answers: &[LeadAnswer]) -> Vec<(String, String)> {
    let source = lead.source.as_deref().map(str::trim).filter(|source| !source.is_empty());
    let moves = match lead.moves.unwrap_or(0) {
        0 => "0",
        1 => "1",
        _ => "2_or_more",
    };
    let plain = [
        ("channel", Some(lead.channel.word().to_owned())),
        ("source", source.map(str::to_lowercase)),
        ("campaign", lead.campaign.map(|id| id.uuid().to_string())),
        ("unit", Some(lead.unit.uuid().to_string())),
        ("product", lead.product.map(|id| id.uuid().to_string())),
        ("horizon", lead.horizon.map(|horizon| horizon.word().to_owned())),
        ("country", lead.country.map(|country| country.to_string())),
        ("response", response(lead).map(str::to_owned)),
        ("moves", Some(moves.to_owned())),
        ("company_size", lead.employees.map(company_size).map(str::to_owned)),
        ("fleet", lead.fleet_size.map(fleet).map(str::to_owned)),
    ];
    let codes: BTreeSet<&str> = answers.iter().map(|answer| answer.question.as_str()).collect();
    let told = codes.into_iter().map(|code| {
        let word = newest(code, answers).and_then(|answer| answer.word.clone());
        (format!("{QUESTION_FEATURE}{code}"), word)
    });
    let plain = plain.into_iter().map(|(feature, value)| (feature.to_owned(), value));
    plain.chain(told).filter_map(|(feature, value)| Some((feature, short(value?)))).collect()
}

/// The size of a company by the people who work there: the headcounts of Commission Recommendation 2003/361/EC, annex, article 2.
#[must_use]
pub const fn company_size(employees: u32) -> &'static str {
    match employees {
        0..10 => "micro",
        10..50 => "small",
        50..250 => "medium",
        250.. => "large",
    }
}

/// The size of a fleet, as a word.
const fn fleet(vehicles: u32) -> &'static str {
    match vehicles {
        0 => "none",
        1..5 => "1_to_4",
        5..20 => "5_to_19",
        20..100 => "20_to_99",
        100.. => "100_or_more",
    }
}

fn short(value: String) -> String {
    if value.chars().count() <= WORD_MAX { value } else { value.chars().take(WORD_MAX).collect() }
}

/// How soon it was answered first; none when it was not, which is no reason but a matter of time.
fn response(lead: &Lead) -> Option<&'static str> {
    let taken = lead.responded_at? - lead.received_at;
    Some(match taken {
        taken if taken <= TimeDelta::hours(1) => "within_1_hour",
        taken if taken <= TimeDelta::hours(4) => "within_4_hours",
        taken if taken <= TimeDelta::days(1) => "within_1_day",
        taken if taken <= TimeDelta::days(3) => "within_3_days",
        _ => "later",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadAnswerId, LeadId, PositionId, UnitId};
    use crate::leads::{LeadPlace, NewLead, enter_lead};
    use crate::party::entry::Seat;
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn lead() -> Lead {
        let new = NewLead {
            channel: Some("web_form".into()),
            source: Some(" Portal ".into()),
            company: Some("Esempio".into()),
            email: Some("info@example.com".into()),
            country: Some("IT".into()),
            horizon: Some("month".into()),
            ..NewLead::default()
        };
        let seat = Seat {
            owner: PositionId::from_uuid(Uuid::from_u128(2)),
            unit: UnitId::from_uuid(Uuid::from_u128(3)),
        };
        let id = LeadId::from_uuid(Uuid::from_u128(1));
        let place = LeadPlace {
            id,
            number: None,
            seat,
            country: None,
            campaign: None,
            product: None,
            point_in_words: false,
        };
        enter_lead(&new, place, at(0)).unwrap().0
    }

    fn answer(number: u128, question: &str, word: Option<&str>) -> LeadAnswer {
        LeadAnswer {
            id: LeadAnswerId::from_uuid(Uuid::from_u128(number)),
            lead: LeadId::from_uuid(Uuid::from_u128(1)),
            questionnaire: "bant/0".into(),
            question: question.into(),
            word: word.map(str::to_owned),
            number: None,
            date: None,
            text: None,
            points: 0,
            at: at(0),
        }
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let plain = lead();
        let found = features(&plain, &[answer(1, "budget", Some("none")), answer(2, "note", None)]);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["channel", "source", "unit", "horizon", "country", "moves", "question:budget"]);
        assert_eq!(found[1].1, "portal");
        let changed =
            features(&plain, &[answer(1, "budget", Some("none")), answer(2, "budget", Some("approved"))]);
        assert_eq!(changed.last(), Some(&("question:budget".to_owned(), "approved".to_owned())));
    }

    #[test]
    fn the_first_answer_is_told_by_its_time() {
        let told = |hours| {
            let lead = Lead { responded_at: Some(at(hours)), ..lead() };
            features(&lead, &[]).into_iter().find(|(name, _)| name == "response").map(|(_, value)| value)
        };
        for (hours, expected) in [
            (1, "within_1_hour"),
            (4, "within_4_hours"),
            (24, "within_1_day"),
            (72, "within_3_days"),
            (73, "later"),
        ] {
            assert_eq!(told(hours).as_deref(), Some(expected));
        }
    }

    #[test]
    fn sizes_are_told_in_bands() {
        let told = |employees, fleet_size| {
            let lead = Lead { employees, fleet_size, ..lead() };
            let found = features(&lead, &[]);
            ["company_size", "fleet"]
                .map(|name| found.iter().find(|(feature, _)| feature == name).map(|(_, value)| value.clone()))
        };
        let words = |one: &str, other: &str| [Some(one.to_owned()), Some(other.to_owned())];
        for (employees, vehicles, expected) in [
            (0, 0, ["micro", "none"]),
            (9, 4, ["micro", "1_to_4"]),
            (10, 5, ["small", "5_to_19"]),
            (49, 19, ["small", "5_to_19"]),
            (50, 20, ["medium", "20_to_99"]),
            (250, 100, ["large", "100_or_more"]),
        ] {
            assert_eq!(told(Some(employees), Some(vehicles)), words(expected[0], expected[1]));
        }
        assert_eq!(told(None, None), [None, None]);
    }

    /// A person who is erased takes nothing out of what was learnt.
    #[test]
    fn erasing_a_person_changes_no_feature() {
        let known = lead();
        let answers = [answer(1, "budget", Some("none"))];
        let erased = Lead {
            company: None,
            given_name: None,
            family_name: None,
            email: None,
            phone: None,
            wish: None,
            trade_in: None,
            vat_number: None,
            street: None,
            postal_code: None,
            ..known.clone()
        };
        assert_eq!(features(&known, &answers), features(&erased, &answers));
        use clientela_model::Record;
        let personal = Lead::ENTITY.columns.iter().filter(|column| column.personal);
        for column in personal {
            assert!(!FEATURES.contains(&column.name), "{}", column.name);
        }
    }
}
