//! Questionnaires: weighted questions with points for their answers, and what a set of answers comes to.
//!
//! Opportunities are assessed and leads are qualified by the same arithmetic: [`weigh`]. Questions with typed answers are
//! [`Question`]; [`read_answer`] turns what was said into an [`AnswerRead`] with its points.

mod answer;
mod question;

pub use answer::{AnswerRead, read_answer};
pub use question::{AnswerKind, Band, NO, POINTS_MAX, QUESTIONS_MAX, Question, YES, check};

use clientela_model::Why;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// What the answers to a questionnaire come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Weighted points: the sum of weight × points of the newest answers.
    pub score: u64,
    /// The most that can be had: the sum of weight × the best answer's points, over all questions.
    pub most: u64,
    /// Score in percent of that, to one decimal; none for a questionnaire without points.
    pub percent: Option<Decimal>,
    /// Codes of the questions without an answer.
    pub unanswered: Vec<String>,
    /// Each answer with its points.
    pub why: Why,
}

/// A question with the answer that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed<'a> {
    /// Code of the question.
    pub code: &'a str,
    /// How much it weighs against the others.
    pub weight: u16,
    /// The points of its best answer.
    pub best: u16,
    /// The answer as reasons show it, with its points; none when it was not answered.
    pub given: Option<(&'a str, u16)>,
}

/// Adds answers up. `reason` is the word of the whole reason, such as `opportunity.assessed`.
#[must_use]
pub fn weigh<'a>(reason: &'static str, questions: impl IntoIterator<Item = Weighed<'a>>) -> Assessment {
    let (mut score, mut most) = (0_u64, 0_u64);
    let (mut unanswered, mut why) = (Vec::new(), Why::new(reason));
    for question in questions {
        let weight = u64::from(question.weight);
        most += weight * u64::from(question.best);
        match question.given {
            Some((answer, points)) => {
                score += weight * u64::from(points);
                why = why.because(
                    Why::new("assessment.answer")
                        .fact("question", question.code)
                        .fact("answer", answer)
                        .fact("points", points)
                        .fact("weight", question.weight),
                );
            }
            None => unanswered.push(question.code.to_owned()),
        }
    }
    let percent = (most > 0).then(|| {
        (Decimal::from(score) * Decimal::ONE_HUNDRED / Decimal::from(most))
            .round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero)
    });
    Assessment { score, most, percent, unanswered, why }
}
