//! Questionnaires by which opportunities are assessed: weighted points in percent of the most that can be had.

use super::{AssessmentAnswer, AssessmentQuestion};
use crate::questionnaire::{Weighed, weigh};
use std::collections::BTreeMap;

pub use crate::questionnaire::{Assessment, POINTS_MAX};

/// The answers of a question with their points, or none for a text that is not such an object.
#[must_use]
pub fn answers(question: &AssessmentQuestion) -> Option<BTreeMap<String, u16>> {
    serde_json::from_str(&question.answers).ok()
}

/// Assesses an opportunity by the newest answer to each question. Points are those of the day the answer was given.
#[must_use]
pub fn assess(questions: &[AssessmentQuestion], given: &[AssessmentAnswer]) -> Assessment {
    let weighed = questions.iter().map(|question| {
        let newest = given
            .iter()
            .filter(|answer| answer.question == question.id)
            .max_by_key(|answer| (answer.at, answer.id));
        Weighed {
            code: &question.code,
            weight: question.weight,
            best: answers(question).and_then(|answers| answers.values().max().copied()).unwrap_or(0),
            given: newest.map(|answer| (answer.answer.as_str(), answer.points)),
        }
    });
    weigh("opportunity.assessed", weighed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    fn question(number: u128, weight: u16, answers: &str) -> AssessmentQuestion {
        AssessmentQuestion {
            id: id(number),
            method: id(1),
            sequence: 1,
            code: format!("q{number}"),
            text: "?".into(),
            weight,
            answers: answers.into(),
        }
    }

    fn answer(number: u128, question: u128, points: u16) -> AssessmentAnswer {
        let at = "2026-03-04T09:00:00Z".parse().unwrap();
        AssessmentAnswer {
            id: id(number),
            opportunity: id(1),
            question: id(question),
            answer: "a".into(),
            points,
            at,
        }
    }

    #[test]
    fn weights_and_points_make_a_percentage() {
        let questions =
            [question(1, 3, r#"{"yes": 10, "no": 0}"#), question(2, 1, r#"{"good": 6, "bad": 1}"#)];
        let found = assess(&questions, &[answer(1, 1, 0), answer(2, 1, 10)]);
        assert_eq!((found.score, found.most), (30, 36));
        assert_eq!(found.percent, Some("83.3".parse().unwrap()));
        assert_eq!(found.unanswered, ["q2"]);
        assert_eq!(assess(&[], &[]).percent, None);
        assert_eq!(answers(&question(3, 1, "[]")), None);
    }
}
