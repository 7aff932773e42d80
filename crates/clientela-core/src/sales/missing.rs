//! What a condition that does not hold is missing: read from the reason of the rule, in words a seller can act on.

use clientela_model::Why;
use clientela_rules::WITHHELD;

/// One condition that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The condition, as it stands in the rule.
    pub condition: String,
    /// What it saw: names and values.
    pub seen: Vec<(String, String)>,
    /// What would satisfy it.
    pub needed: String,
}

/// The conditions that kept a rule from holding.
#[must_use]
pub fn missing(why: &Why) -> Vec<Missing> {
    let mut found = Vec::new();
    collect(why, false, &mut found);
    found
}

/// What is needed, in one line.
#[must_use]
pub fn needed(missing: &[Missing]) -> String {
    let mut all: Vec<&str> = Vec::new();
    for one in missing {
        if !all.contains(&one.needed.as_str()) {
            all.push(&one.needed);
        }
    }
    if all.is_empty() { "that its condition holds".to_owned() } else { all.join(", ") }
}

/// The reason of a refusal: each failed condition with what it saw and what would satisfy it, then the rule's own reason.
#[must_use]
pub fn refusal(reason: &'static str, stage: &str, missing: &[Missing], rule: Why) -> Why {
    let mut why = Why::new(reason).fact("stage", stage);
    for one in missing {
        let mut part = Why::new("stage.condition_missing").fact("condition", &one.condition);
        for (name, value) in &one.seen {
            part = part.fact(name.clone(), value);
        }
        why = why.because(part.fact("needed", &one.needed));
    }
    why.because(rule)
}

fn collect(why: &Why, negated: bool, found: &mut Vec<Missing>) {
    let fact = |name: &str| why.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
    match why.reason.as_ref() {
        "rule.condition" | "rule.some" | "rule.each" | "rule.one" => {
            let Some(condition) = fact("condition") else { return };
            // What would satisfy it tells what the figure is not.
            if fact("outcome") == Some(WITHHELD) {
                let needed = "what is asked of figures that may not be shown".to_owned();
                found.push(Missing { condition: WITHHELD.to_owned(), seen: Vec::new(), needed });
                return;
            }
            let names = ["condition", "outcome", "unknown", "entries"];
            let seen = why
                .facts
                .iter()
                .filter(|fact| !names.contains(&fact.name.as_ref()))
                .map(|fact| (fact.name.to_string(), fact.value.clone()))
                .collect();
            let needed = wanted(condition, negated);
            found.push(Missing { condition: condition.to_owned(), seen, needed });
        }
        "rule.any" if !negated && why.because.len() > 1 => {
            let mut parts = Vec::new();
            why.because.iter().for_each(|part| collect(part, negated, &mut parts));
            let needed: Vec<String> = parts.iter().map(|part| part.needed.clone()).collect();
            let conditions: Vec<String> = parts.iter().map(|part| part.condition.clone()).collect();
            let seen = parts.into_iter().flat_map(|part| part.seen).collect();
            found.push(Missing { condition: conditions.join(" || "), seen, needed: needed.join(" or ") });
        }
        reason => {
            let negated = negated != (reason == "rule.not");
            why.because.iter().for_each(|part| collect(part, negated, found));
        }
    }
}

/// A comparison in words; anything else by itself.
fn wanted(condition: &str, negated: bool) -> String {
    const WORDS: [(&str, &str, &str); 7] = [
        (" >= ", "at least", "below"),
        (" <= ", "at most", "above"),
        (" == ", "equal to", "other than"),
        (" != ", "other than", "equal to"),
        (" > ", "above", "at most"),
        (" < ", "below", "at least"),
        (" in ", "one of", "none of"),
    ];
    let simple = !["&&", "||", "?", "{", "exists(", "all("].iter().any(|mark| condition.contains(mark));
    let split = WORDS.iter().filter(|_| simple).find_map(|(sign, yes, no)| {
        let (left, right) = condition.split_once(sign)?;
        Some((left, if negated { *no } else { *yes }, right))
    });
    match split {
        Some((left, "other than", "null")) => format!("{left} given"),
        Some((left, words, right)) => format!("{left} {words} {right}"),
        None if negated => format!("that {condition} does not hold"),
        None => format!("that {condition} holds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &'static str, value: &'static str) -> Why {
        Why::new("rule.condition").fact("condition", text).fact("outcome", "false").fact("seen", value)
    }

    #[test]
    fn a_confidential_figure_is_not_told_by_what_is_needed() {
        let hidden = Why::new("rule.condition")
            .fact("condition", "customer.credit_hold == true")
            .fact("outcome", WITHHELD);
        for why in [hidden.clone(), Why::new("rule.not").fact("outcome", WITHHELD).because(hidden)] {
            let found = missing(&why);
            assert_eq!(needed(&found), "what is asked of figures that may not be shown");
            assert_eq!(found[0].condition, WITHHELD);
        }
    }

    #[test]
    fn each_failed_condition_says_what_it_needs() {
        let table = [
            (condition("opportunity.vehicles > 0", "null"), "opportunity.vehicles above 0"),
            (condition("opportunity.amount >= 50000", "1"), "opportunity.amount at least 50000"),
            (condition("opportunity.next_step != null", "null"), "opportunity.next_step given"),
            (condition("customer.country in ['IT', 'FR']", "DE"), "customer.country one of ['IT', 'FR']"),
            (
                Why::new("rule.not").because(condition("customer.credit_hold == true", "true")),
                "customer.credit_hold other than true",
            ),
            (condition("customer.name.startsWith('A')", "B"), "that customer.name.startsWith('A') holds"),
            (
                Why::new("rule.any").because(condition("a > 1", "0")).because(condition("b < 2", "3")),
                "a above 1 or b below 2",
            ),
            (
                Why::new("rule.false").because(
                    Why::new("rule.all").because(condition("a > 1", "0")).because(condition("b < 2", "3")),
                ),
                "a above 1, b below 2",
            ),
        ];
        for (why, expected) in table {
            let found = missing(&why);
            assert_eq!(needed(&found), expected);
            let told = refusal("stage.entry_refused", "offer", &found, why);
            assert!(told.mentions("stage.condition_missing") && told.value("needed").is_some());
        }
    }
}
