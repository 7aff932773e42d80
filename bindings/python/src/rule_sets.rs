//! What a rule set says of one record, as Python takes it.

use crate::error::why_json;
use crate::python::datum_to_python;
use chrono::NaiveDate;
use clientela::model::ClosedList;
use clientela::{RuleSetAnswer, RuleSetSubject, RuleSubject, Session};
use pyo3::prelude::*;

/// The version asked, the word of the outcome, its values, and the reason as JSON.
pub(crate) type AnswerParts<'py> = (String, &'static str, Vec<Bound<'py, PyAny>>, String);

/// A question to a rule set.
pub(crate) struct Question {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) key: String,
    pub(crate) on: Option<NaiveDate>,
    pub(crate) passed_over: bool,
}

impl Question {
    /// Asks it.
    pub(crate) fn ask(self, session: &Session) -> clientela::Result<RuleSetAnswer> {
        let about = RuleSubject::parse(&self.about).map_err(|error| error.at("about"))?;
        let subject = RuleSetSubject::of(about, self.key);
        session.evaluate_rule_set(&self.name, &subject, self.on, self.passed_over)
    }
}

/// The answer in its parts.
pub(crate) fn parts<'py>(py: Python<'py>, answer: &RuleSetAnswer) -> PyResult<AnswerParts<'py>> {
    let values = answer.decided.values().iter().map(|value| datum_to_python(py, value));
    Ok((
        answer.rule_set.clone(),
        answer.decided.outcome(),
        values.collect::<PyResult<_>>()?,
        why_json(&answer.why),
    ))
}
