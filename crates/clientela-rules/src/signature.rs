//! How functions may be called.

use crate::types::Type;
use std::borrow::Cow;

/// One way to call a function: what it takes and what it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// Whether the first parameter stands before the name: `x.f(y)` and not `f(x, y)`.
    pub member: bool,
    /// Types of the parameters; [`Type::Parameter`] stands for any type, the same everywhere in the signature.
    pub parameters: Vec<Type>,
    /// Type of the result.
    pub result: Type,
}

impl Signature {
    /// `f(x, y)`.
    #[must_use]
    pub fn plain(parameters: Vec<Type>, result: Type) -> Self {
        Self { member: false, parameters, result }
    }

    /// `x.f(y)`, the type of `x` first.
    #[must_use]
    pub fn member(parameters: Vec<Type>, result: Type) -> Self {
        Self { member: true, parameters, result }
    }

    /// Reads `(string, int) -> bool`, or `string (int) -> bool` for what is called on a text. The texts are those of the
    /// table of functions; a type no table may name becomes `dyn`.
    pub(crate) fn read(text: &str) -> Self {
        let (before, result) = text.split_once("->").unwrap_or((text, "dyn"));
        let (receiver, rest) = before.split_once('(').unwrap_or((before, ""));
        let receiver = receiver.trim();
        let arguments = split(rest.trim().trim_end_matches(')'));
        let parameters = Some(receiver).filter(|text| !text.is_empty()).into_iter().chain(arguments);
        Self {
            member: !receiver.is_empty(),
            parameters: parameters.map(type_of).collect(),
            result: type_of(result),
        }
    }
}

/// The parts between commas that are not within `<>`.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let mut parts: Vec<&str> = text
        .split(|c| {
            match c {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == ',' && depth == 0
        })
        .map(str::trim)
        .collect();
    parts.retain(|part| !part.is_empty());
    parts
}

fn type_of(text: &str) -> Type {
    let text = text.trim();
    if let Some((name, inner)) = text.split_once('<') {
        let mut inner = split(inner.strip_suffix('>').unwrap_or(inner)).into_iter().map(type_of);
        let mut next = || inner.next().unwrap_or(Type::Dyn);
        return match name {
            "list" => next().list(),
            "optional" => next().optional(),
            "type" => Type::Type(Box::new(next())),
            "map" => {
                let key = next();
                key.map_to(next())
            }
            _ => Type::Dyn,
        };
    }
    match text {
        "timestamp" => Type::Timestamp,
        "duration" => Type::Duration,
        "period" => Type::Period,
        "id" => Type::Id(Cow::Borrowed("")),
        "A" | "B" => Type::Parameter(Cow::Owned(text.to_owned())),
        other => Type::named(other).unwrap_or(Type::Dyn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read() {
        let any = || Type::Parameter("A".into());
        for (text, expected) in [
            ("() -> int", Signature::plain(vec![], Type::Int)),
            ("(string, int) -> bool", Signature::plain(vec![Type::Text, Type::Int], Type::Bool)),
            ("list<A> () -> A", Signature::member(vec![any().list()], any())),
            ("(map<string, A>) -> A", Signature::plain(vec![Type::Text.map_to(any())], any())),
            ("optional<A> (A) -> A", Signature::member(vec![any().optional(), any()], any())),
        ] {
            assert_eq!(Signature::read(text), expected, "{text}");
        }
    }
}
