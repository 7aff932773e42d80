//! Questions as an installation defines them.

use clientela_model::{ClosedList, ValueError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most points an answer gives.
pub const POINTS_MAX: u16 = 1_000;
/// Most questions of a questionnaire.
pub const QUESTIONS_MAX: usize = 100;
/// The answer yes to a question of yes or no.
pub const YES: &str = "yes";
/// The answer no.
pub const NO: &str = "no";

/// What kind of answer a question wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ClosedList)]
pub enum AnswerKind {
    /// One of its words.
    #[default]
    Choice,
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A line of text.
    Text,
}

/// Numbers from so many on give so many points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The least number of the band.
    pub at_least: Decimal,
    /// Its points.
    pub points: u16,
}

/// A question with what its answers are worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Code, such as `budget`: answers are kept under it.
    pub code: String,
    /// The question.
    pub text: String,
    /// What kind of answer it wants.
    #[serde(default)]
    pub kind: AnswerKind,
    /// How much it weighs against the others; nought for one that only has to be known.
    #[serde(default)]
    pub weight: u16,
    /// The answers of a choice with their points; of yes or no the points of `yes` and `no`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, u16>,
    /// The bands of a number with their points, from the least up. Below the first there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
}

impl Question {
    /// The points of the best answer.
    #[must_use]
    pub fn best(&self) -> u16 {
        let answers = self.answers.values().copied();
        answers.chain(self.bands.iter().map(|band| band.points)).max().unwrap_or(0)
    }
}

/// Checks the questions of a questionnaire.
///
/// # Errors
/// `questionnaire.questions`, `questionnaire.code`, `questionnaire.answers` with the place.
pub fn check(questions: &[Question]) -> Result<(), ValueError> {
    if questions.is_empty() || questions.len() > QUESTIONS_MAX {
        let expected = format!("1 to {QUESTIONS_MAX} questions");
        let problem = "has none or too many questions";
        let error = ValueError::new("questionnaire.questions", "questionnaire", problem, expected);
        return Err(error.at("questions"));
    }
    for (index, question) in questions.iter().enumerate() {
        let at = |field: &str| format!("questions[{index}].{field}");
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        let code = &question.code;
        let twice = questions.iter().take(index).any(|other| other.code == *code);
        if code.is_empty() || code.len() > 40 || !code.chars().all(plain) || twice {
            let expected = "small letters, digits and underscores, at most 40, once in the questionnaire";
            let problem = "is not a code of its own";
            let error = ValueError::new("questionnaire.code", "code of the question", problem, expected);
            return Err(error.at(at("code")));
        }
        if let Some((field, problem, expected)) = wrong_answers(question) {
            let error =
                ValueError::new("questionnaire.answers", "answers of the question", problem, expected);
            return Err(error.at(at(field)));
        }
    }
    Ok(())
}

/// What is wrong with a question's answers: the field, the problem and what would be right.
fn wrong_answers(question: &Question) -> Option<(&'static str, &'static str, &'static str)> {
    let points = question.answers.values().chain(question.bands.iter().map(|band| &band.points));
    if points.into_iter().any(|points| *points > POINTS_MAX) {
        return Some(("answers", "give too many points", "0 to 1000 points each"));
    }
    let words = !question.answers.is_empty();
    let bands = !question.bands.is_empty();
    let rising = |two: &[Band]| matches!(two, [one, other] if one.at_least < other.at_least);
    let known = |word: &String| word == YES || word == NO;
    let short = |word: &String| !word.trim().is_empty() && word.chars().count() <= 60;
    match question.kind {
        AnswerKind::Choice if question.answers.len() < 2 || bands => {
            Some(("answers", "are too few", "two or more words, each with its points"))
        }
        AnswerKind::Choice if !question.answers.keys().all(short) => {
            Some(("answers", "have a word that is empty or too long", "words of 1 to 60 characters"))
        }
        AnswerKind::YesNo if !question.answers.keys().all(known) || bands => {
            Some(("answers", "are others than yes and no", "points for yes, for no, or for both"))
        }
        AnswerKind::Number if words || !question.bands.windows(2).all(rising) => {
            Some(("bands", "do not rise, or there are words", "bands from the least up, and no words"))
        }
        AnswerKind::Date | AnswerKind::Text if words || bands => {
            Some(("answers", "cannot have points", "no points: a day or a text is known or it is not"))
        }
        _ => None,
    }
}
