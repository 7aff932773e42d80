//! What an installation scores leads by.

use clientela_model::ValueError;
use serde::{Deserialize, Serialize};

/// A grade and the score it begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeLine {
    /// Its name, such as A.
    pub grade: String,
    /// The least score that has it.
    pub from: u32,
}

/// Questionnaire, rule set and grades: the setting `lead.scoring`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScoringPolicy {
    /// Name of the questionnaire that is asked.
    pub questionnaire: String,
    /// Name of the rule set that gives points.
    pub rule_set: String,
    /// Grades from the best down, each from its score on; the last from 0.
    pub grades: Vec<GradeLine>,
}

impl Default for ScoringPolicy {
    /// The questionnaire `bant`, the rule set `lead_score`, and A from 75, B from 50, C from 25, D below, as is usual.
    fn default() -> Self {
        let line = |(grade, from): (&str, u32)| GradeLine { grade: grade.to_owned(), from };
        Self {
            questionnaire: super::STANDARD_QUESTIONNAIRE.to_owned(),
            rule_set: "lead_score".to_owned(),
            grades: [("A", 75), ("B", 50), ("C", 25), ("D", 0)].map(line).into(),
        }
    }
}

impl ScoringPolicy {
    /// Whether the grades fall from the best down to 0.
    ///
    /// # Errors
    /// `lead.grades`.
    pub fn check(&self) -> Result<(), ValueError> {
        let falling = |two: &[GradeLine]| matches!(two, [one, other] if one.from > other.from);
        let named = |line: &GradeLine| !line.grade.trim().is_empty() && line.grade.chars().count() <= 20;
        let fine = self.grades.last().is_some_and(|line| line.from == 0)
            && self.grades.len() <= 26
            && self.grades.iter().all(|line| named(line) && line.from <= super::POINTS_MOST)
            && self.grades.windows(2).all(falling);
        if fine {
            return Ok(());
        }
        let expected =
            "grades with a name, from the best down, each with a smaller score from 100 to 0, the last 0";
        let error = ValueError::new("lead.grades", "grades", "do not share out the scores", expected);
        Err(error.at("grades"))
    }

    /// The grade of a score.
    #[must_use]
    pub fn grade(&self, score: u32) -> Option<&str> {
        self.grades.iter().find(|line| score >= line.from).map(|line| line.grade.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_share_out_all_scores() {
        let usual = ScoringPolicy::default();
        assert_eq!(usual.check(), Ok(()));
        for (score, grade) in [(100, "A"), (75, "A"), (74, "B"), (50, "B"), (25, "C"), (24, "D"), (0, "D")] {
            assert_eq!(usual.grade(score), Some(grade), "{score}");
        }
        for wrong in [
            &[][..],
            &[("A", 50)],
            &[("A", 101), ("B", 0)],
            &[("A", 50), ("B", 50), ("C", 0)],
            &[(" ", 50), ("B", 0)],
            &[("A", 20), ("B", 50), ("C", 0)],
        ] {
            let grades = wrong.iter().map(|(grade, from)| GradeLine { grade: (*grade).into(), from: *from });
            let policy = ScoringPolicy { grades: grades.collect(), ..ScoringPolicy::default() };
            assert_eq!(policy.check().unwrap_err().code, "lead.grades", "{wrong:?}");
        }
    }
}
