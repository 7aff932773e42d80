//! Answers about leads, and what they come to.

use super::records::LeadAnswer;
use crate::ids::{LeadAnswerId, LeadId};
use crate::leads::Lead;
use crate::questionnaire::{AnswerKind, AnswerRead, Assessment, Question, Weighed, weigh};
use chrono::{DateTime, Utc};
use rust_decimal::prelude::ToPrimitive;

/// The questionnaire every installation starts with: budget, authority, need and timing.
pub const STANDARD_QUESTIONNAIRE: &str = "bant";

/// Its questions, which hold until an installation defines its own under that name.
#[must_use]
pub fn standard_questions() -> Vec<Question> {
    let question = |code: &str, text: &str, answers: &[(&str, u16)]| Question {
        code: code.to_owned(),
        text: text.to_owned(),
        kind: AnswerKind::Choice,
        weight: 1,
        answers: answers.iter().map(|(word, points)| ((*word).to_owned(), *points)).collect(),
        bands: Vec::new(),
    };
    vec![
        question(
            "budget",
            "Is there a budget for it?",
            &[("approved", 10), ("planned", 6), ("sought", 3), ("none", 0)],
        ),
        question(
            "authority",
            "What has the person to say in the purchase?",
            &[("decides", 10), ("recommends", 6), ("uses", 3), ("none", 0)],
        ),
        question(
            "need",
            "How pressing is the need?",
            &[("pressing", 10), ("known", 6), ("possible", 3), ("none", 0)],
        ),
        question(
            "timing",
            "By when is it to be bought?",
            &[("month", 10), ("quarter", 7), ("half_year", 4), ("later", 1), ("never", 0)],
        ),
    ]
}

/// An answer as it is stored.
#[must_use]
pub fn enter_answer(
    question: &Question,
    read: AnswerRead,
    questionnaire: &str,
    id: LeadAnswerId,
    lead: LeadId,
    at: DateTime<Utc>,
) -> LeadAnswer {
    LeadAnswer {
        id,
        lead,
        questionnaire: questionnaire.to_owned(),
        question: question.code.clone(),
        word: read.word,
        number: read.number,
        date: read.date,
        text: read.text,
        points: read.points,
        at,
    }
}

/// The lead with the sizes its answers tell: the newest answers, whole numbers, to questions called `employees` and `fleet_size`. What is
/// not asked stays as it is.
#[must_use]
pub fn with_sizes(lead: Lead, given: &[LeadAnswer]) -> Lead {
    let told = |question: &str, known: Option<u32>| {
        let number = newest(question, given).and_then(|answer| answer.number);
        number.and_then(|number| number.trunc().to_u32()).or(known)
    };
    let (employees, fleet_size) = (told("employees", lead.employees), told("fleet_size", lead.fleet_size));
    Lead { employees, fleet_size, ..lead }
}

/// The answer that counts: the newest to a question.
#[must_use]
pub fn newest<'a>(question: &str, given: &'a [LeadAnswer]) -> Option<&'a LeadAnswer> {
    given.iter().filter(|answer| answer.question == question).max_by_key(|answer| (answer.at, answer.id))
}

/// What the answers about a lead come to. An answer counts by the code of its question, whichever version asked it, with the points
/// of the day it was given. Texts are not shown in the reason.
#[must_use]
pub fn qualification(questions: &[Question], given: &[LeadAnswer]) -> Assessment {
    let shown: Vec<Option<(String, u16)>> = questions
        .iter()
        .map(|question| newest(&question.code, given).map(|answer| (shown(answer), answer.points)))
        .collect();
    let weighed = questions.iter().zip(&shown).map(|(question, given)| Weighed {
        code: &question.code,
        weight: question.weight,
        best: question.best(),
        given: given.as_ref().map(|(answer, points)| (answer.as_str(), *points)),
    });
    weigh("lead.qualification", weighed)
}

fn shown(answer: &LeadAnswer) -> String {
    let number = || answer.number.map(|number| number.to_string());
    let date = || answer.date.map(|date| date.to_string());
    answer.word.clone().or_else(number).or_else(date).unwrap_or_else(|| "(text)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::{check, read_answer};
    use clientela_model::EntityId;
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    fn answer(questions: &[Question], number: u128, code: &str, word: &str) -> LeadAnswer {
        let question = questions.iter().find(|question| question.code == code).unwrap();
        let read = read_answer(question, &json!(word)).unwrap();
        let id = LeadAnswerId::from_uuid(Uuid::from_u128(number));
        let lead = LeadId::from_uuid(Uuid::from_u128(1));
        enter_answer(question, read, "bant/0", id, lead, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn the_newest_answers_make_a_total_and_the_rest_is_missing() {
        let questions = standard_questions();
        assert_eq!(check(&questions), Ok(()));
        let given = [
            answer(&questions, 1, "budget", "none"),
            answer(&questions, 2, "budget", "approved"),
            answer(&questions, 3, "timing", "quarter"),
        ];
        let found = qualification(&questions, &given);
        assert_eq!((found.score, found.most, found.percent), (17, 40, "42.5".parse().ok()));
        assert_eq!(found.unanswered, ["authority", "need"]);
        let first = &found.why.because[0];
        assert_eq!((first.value("question"), first.value("answer")), (Some("budget"), Some("approved")));
    }

    proptest! {
        /// No set of answers leaves 0 to 100 percent, and the best ones are 100.
        #[test]
        fn totals_lie_between_nothing_and_all(choices in proptest::collection::vec((0_usize..4, 0_usize..4), 0..20)) {
            let questions = standard_questions();
            let mut given = Vec::new();
            for (number, (question, word)) in choices.into_iter().enumerate() {
                let question = &questions[question];
                let word = question.answers.keys().nth(word).unwrap();
                given.push(answer(&questions, number as u128, &question.code, word));
            }
            let percent = qualification(&questions, &given).percent.unwrap();
            prop_assert!(percent >= rust_decimal::Decimal::ZERO && percent <= rust_decimal::Decimal::ONE_HUNDRED);
        }
    }
}
