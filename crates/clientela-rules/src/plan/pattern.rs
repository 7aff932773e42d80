//! Regular expressions of a plan.

use regex::Regex;
use std::hash::{Hash, Hasher};

/// A regular expression, compiled once with its rule.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    /// Every match begins the text with one of these; none if that is not known.
    beginnings: Option<Vec<String>>,
}

impl Pattern {
    /// A pattern with what can be told from it beforehand.
    #[must_use]
    pub fn new(regex: Regex) -> Self {
        let beginnings = beginnings(regex.as_str());
        Self { regex, beginnings }
    }

    /// Whether it has a match somewhere in a text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        // Most texts begin with something else, which is seen far sooner than the expression is run.
        let may =
            |beginnings: &Vec<String>| beginnings.iter().any(|beginning| text.starts_with(&**beginning));
        self.beginnings.as_ref().is_none_or(may) && self.regex.is_match(text)
    }
}

/// The texts one of which begins every match of `^literal...` or `^(literal|literal)...`. Anything less plain is not
/// looked into.
fn beginnings(pattern: &str) -> Option<Vec<String>> {
    let rest = pattern.strip_prefix('^')?;
    let (choices, rest) = match rest.strip_prefix('(') {
        Some(group) => {
            let (choices, rest) = group.split_once(')')?;
            (choices.split('|').collect(), rest)
        }
        None => {
            let end = rest.find(|sign: char| !plain(sign)).unwrap_or(rest.len());
            let (literal, rest) = rest.split_at_checked(end)?;
            (vec![literal], rest)
        }
    };
    // A sign of repetition may let the beginning be absent, a choice may let the match begin otherwise.
    let open = rest.starts_with(['*', '+', '?', '{']) || rest.contains('|');
    let literal = |choice: &&str| !choice.is_empty() && choice.chars().all(plain);
    (!open && choices.iter().all(literal)).then(|| choices.into_iter().map(str::to_owned).collect())
}

/// Whether a character stands for itself in every regular expression.
fn plain(sign: char) -> bool {
    sign.is_alphanumeric() || sign == ' ' || sign == '_'
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.regex.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_known_of_plain_patterns_only() {
        for (pattern, expected) in [
            ("^Autotrasporti .* S", Some(&["Autotrasporti "][..])),
            ("^(Auto|Logistica) x", Some(&["Auto", "Logistica"])),
            ("^San$", Some(&["San"])),
            ("San", None),
            ("^(?i)san", None),
            ("^San|Roma", None),
            ("^(San|Roma)|x", None),
            ("^(San|)x", None),
            ("^(San|Roma)?x", None),
            ("^(San|Roma)*", None),
            ("^Sa*", None),
            ("^Sa{0,1}", None),
            ("^(a(b|c))d", None),
            ("^[AB]", None),
            ("^", None),
        ] {
            let expected =
                expected.map(|beginnings| beginnings.iter().map(|text| (*text).to_owned()).collect());
            assert_eq!(beginnings(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn looking_at_the_beginning_changes_no_answer() {
        let texts = ["", "San", "Sant", "Roma", "x San", "SanRoma", "sa", "Sx", "Sa", "Saa", "Romax", "Sanx"];
        for pattern in
            ["^San", "^(San|Roma)x", "^(San|Roma)x?$", "^Sa*", "^(San|Roma)?x", "San|Roma", "(?i)^san"]
        {
            let regex = Regex::new(pattern).unwrap();
            let whole = Pattern::new(regex.clone());
            for text in texts {
                assert_eq!(whole.is_match(text), regex.is_match(text), "{pattern} {text}");
            }
        }
    }
}
