//! Answers as they are given, and what they are worth.

use super::question::{AnswerKind, NO, Question, YES};
use crate::findings::LINE_MAX;
use chrono::NaiveDate;
use clientela_model::money::parse_decimal;
use clientela_model::{ClosedList, ValueError};
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// An answer that was read, with its points of the day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerRead {
    /// The word of a choice, `yes` or `no`, or the band of a number, such as `>= 50000`: what answers are compared and counted by.
    pub word: Option<String>,
    /// The number.
    pub number: Option<Decimal>,
    /// The day.
    pub date: Option<NaiveDate>,
    /// The text.
    pub text: Option<String>,
    /// Its points.
    pub points: u16,
}

/// Reads an answer, given as JSON in the way of its kind: a word, true or false, a number or its text, a day as text, a text.
///
/// # Errors
/// `questionnaire.answer`, with what would be right.
pub fn read_answer(question: &Question, given: &Json) -> Result<AnswerRead, ValueError> {
    let read = match (question.kind, given) {
        (AnswerKind::Choice, Json::String(word)) => by_word(question, word.trim()),
        (AnswerKind::YesNo, Json::Bool(yes)) => Some(yes_no(question, *yes)),
        (AnswerKind::YesNo, Json::String(word)) => match word.trim() {
            YES => Some(yes_no(question, true)),
            NO => Some(yes_no(question, false)),
            _ => None,
        },
        (AnswerKind::Number, Json::Number(number)) => by_number(question, &number.to_string()),
        (AnswerKind::Number, Json::String(text)) => by_number(question, text.trim()),
        (AnswerKind::Date, Json::String(text)) => {
            text.trim().parse().ok().map(|day| AnswerRead { date: Some(day), ..AnswerRead::default() })
        }
        (AnswerKind::Text, Json::String(text)) => by_text(text.trim()),
        _ => None,
    };
    read.ok_or_else(|| {
        let problem = format!("is no answer of the kind {}", question.kind.word());
        ValueError::new("questionnaire.answer", "answer", problem, expected(question))
            .at(format!("answers.{}", question.code))
    })
}

fn by_word(question: &Question, word: &str) -> Option<AnswerRead> {
    let points = *question.answers.get(word)?;
    Some(AnswerRead { word: Some(word.to_owned()), points, ..AnswerRead::default() })
}

fn yes_no(question: &Question, yes: bool) -> AnswerRead {
    let word = if yes { YES } else { NO };
    let points = question.answers.get(word).copied().unwrap_or(0);
    AnswerRead { word: Some(word.to_owned()), points, ..AnswerRead::default() }
}

fn by_number(question: &Question, text: &str) -> Option<AnswerRead> {
    let number = parse_decimal(text).ok()?;
    let band = question.bands.iter().rev().find(|band| band.at_least <= number);
    let lowest = question.bands.first().map(|band| format!("< {}", band.at_least.normalize()));
    let word = band.map(|band| format!(">= {}", band.at_least.normalize())).or(lowest);
    let points = band.map_or(0, |band| band.points);
    Some(AnswerRead { word, number: Some(number), points, ..AnswerRead::default() })
}

fn by_text(text: &str) -> Option<AnswerRead> {
    let fine = !text.is_empty() && text.chars().count() <= LINE_MAX && !text.chars().any(char::is_control);
    fine.then(|| AnswerRead { text: Some(text.to_owned()), ..AnswerRead::default() })
}

fn expected(question: &Question) -> String {
    match question.kind {
        AnswerKind::Choice => {
            format!("one of {}", question.answers.keys().cloned().collect::<Vec<_>>().join(", "))
        }
        AnswerKind::YesNo => "true or false, yes or no".to_owned(),
        AnswerKind::Number => "a number, or a text of one".to_owned(),
        AnswerKind::Date => "a day such as 2026-03-04".to_owned(),
        AnswerKind::Text => format!("one line of at most {LINE_MAX} characters"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Band, check};
    use super::*;
    use serde_json::json;

    fn question(kind: AnswerKind, answers: &[(&str, u16)], bands: &[(u32, u16)]) -> Question {
        Question {
            code: "q".to_owned(),
            text: "?".to_owned(),
            kind,
            weight: 1,
            answers: answers.iter().map(|(word, points)| ((*word).to_owned(), *points)).collect(),
            bands: bands
                .iter()
                .map(|(from, points)| Band { at_least: Decimal::from(*from), points: *points })
                .collect(),
        }
    }

    #[test]
    fn answers_are_read_by_their_kind() {
        use AnswerKind::{Choice, Date, Number, Text, YesNo};
        let choice = question(Choice, &[("approved", 10), ("none", 0)], &[]);
        let yes_no = question(YesNo, &[("yes", 7)], &[]);
        let number = question(Number, &[], &[(1, 2), (10, 8)]);
        let plain = question(Number, &[], &[]);
        let date = question(Date, &[], &[]);
        let text = question(Text, &[], &[]);
        for known in [&choice, &yes_no, &number, &plain, &date, &text] {
            assert_eq!(check(std::slice::from_ref(known)), Ok(()));
        }
        let long = "a".repeat(LINE_MAX + 1);
        for (question, given, expected) in [
            (&choice, json!("approved"), Some((Some("approved"), 10))),
            (&choice, json!("Approved"), None),
            (&choice, json!(true), None),
            (&yes_no, json!(true), Some((Some("yes"), 7))),
            (&yes_no, json!("no"), Some((Some("no"), 0))),
            (&yes_no, json!("perhaps"), None),
            (&number, json!(0.5), Some((Some("< 1"), 0))),
            (&number, json!("9.99"), Some((Some(">= 1"), 2))),
            (&number, json!(10), Some((Some(">= 10"), 8))),
            (&number, json!("many"), None),
            (&plain, json!(3), Some((None, 0))),
            (&date, json!("2026-06-30"), Some((None, 0))),
            (&date, json!("2026-02-30"), None),
            (&text, json!(" by rail "), Some((None, 0))),
            (&text, json!(long), None),
            (&text, json!("two\nlines"), None),
        ] {
            let read = read_answer(question, &given);
            let found = read.as_ref().ok().map(|read| (read.word.as_deref(), read.points));
            assert_eq!(found, expected, "{:?} {given}", question.kind);
            if let Err(error) = read {
                assert_eq!(error.field.as_deref(), Some("answers.q"));
            }
        }
    }

    #[test]
    fn questions_that_make_no_sense_are_refused() {
        use AnswerKind::{Choice, Date, Number, YesNo};
        for (wrong, code) in [
            (question(Choice, &[("one", 1)], &[]), "questionnaire.answers"),
            (question(Choice, &[("one", 1), (" ", 2)], &[]), "questionnaire.answers"),
            (question(Choice, &[("one", 1), ("two", 1_001)], &[]), "questionnaire.answers"),
            (question(YesNo, &[("perhaps", 1)], &[]), "questionnaire.answers"),
            (question(Number, &[], &[(10, 1), (1, 2)]), "questionnaire.answers"),
            (question(Date, &[("soon", 1)], &[]), "questionnaire.answers"),
            (Question { code: "Budget".into(), ..question(Date, &[], &[]) }, "questionnaire.code"),
        ] {
            assert_eq!(check(&[wrong]).unwrap_err().code, code);
        }
        let fine = question(Date, &[], &[]);
        assert_eq!(check(&[fine.clone(), fine]).unwrap_err().code, "questionnaire.code");
        assert_eq!(check(&[]).unwrap_err().code, "questionnaire.questions");
    }
}
