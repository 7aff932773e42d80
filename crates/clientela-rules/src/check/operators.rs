//! Which types an operator takes and what it gives.

use super::{Checker, mixes_number_lists, widen};
use crate::datum::Datum;
use crate::error::Problem;
use crate::nearest::nearest;
use crate::program::{Kind, Node};
use crate::syntax::{Operator, Span};
use crate::types::Type;
use std::borrow::Cow;

impl Checker<'_> {
    pub(super) fn binary(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        match operator {
            Operator::Equal | Operator::NotEqual if left.ty == Type::Null || right.ty == Type::Null => {
                self.presence(span, operator, left, right)
            }
            Operator::Equal | Operator::NotEqual => {
                if !left.ty.comparable(&right.ty) {
                    return self.unlike(span, operator, &left, &right);
                }
                self.word(&left, &right)?;
                self.word(&right, &left)?;
                Some(compared(span, operator, left, right))
            }
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
                self.ordered(span, operator, left, right)
            }
            Operator::In => self.contained(span, left, right),
            _ => self.calculated(span, operator, left, right),
        }
    }

    /// `x == null`, `x != null`
    fn presence(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        let asked = if left.ty == Type::Null { right } else { left };
        if asked.ty == Type::Null {
            return Self::constant(span, Type::Bool, Datum::Bool(operator == Operator::Equal));
        }
        if !asked.ty.is_nullable() {
            let problem = Problem::new("rule.never_empty", asked.span, "this always has a value");
            return self.report(problem.hint("leave the comparison with null out"));
        }
        let present = Self::made(span, Type::Bool, Kind::Present(Box::new(asked)));
        Some(match operator {
            Operator::NotEqual => present,
            _ => Self::made(span, Type::Bool, Kind::Not(Box::new(present))),
        })
    }

    fn ordered(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        let alike = left.ty.unify(&right.ty).is_some_and(|ty| ty.is_ordered());
        let words = [&left, &right].into_iter().find(|node| matches!(node.ty.base(), Type::Words(_)));
        if let Some(node) = words {
            let problem = Problem::new("rule.types", node.span, "words of a closed list have no order");
            return self.report(problem.hint("compare with == or in"));
        }
        if !alike {
            return self.unlike(span, operator, &left, &right);
        }
        Some(compared(span, operator, left, right))
    }

    fn contained(&mut self, span: Span, left: Node, right: Node) -> Option<Node> {
        let Type::List(element) = right.ty.base() else {
            let problem =
                Problem::new("rule.types", span, format!("in looks into a list, not into {}", right.ty));
            return self.report(match right.ty.is_text() {
                true => problem.hint("for a part of a text write text.contains(part)"),
                false => problem.hint("write x in [1, 2]"),
            });
        };
        if !left.ty.comparable(element) {
            let message = format!("{} is never in {}", left.ty, right.ty);
            let problem = Problem::new("rule.types", span, message);
            let literal = if let Kind::List(parts) = &right.kind { parts.first() } else { None };
            return self.report(match literal.and_then(|part| conversion(part, &left.ty)) {
                Some(hint) => problem.hint(hint),
                None => problem,
            });
        }
        match &right.kind {
            Kind::List(parts) => {
                let checked: Vec<Option<()>> = parts.iter().map(|part| self.word(&left, part)).collect();
                checked.into_iter().collect::<Option<Vec<()>>>()?;
            }
            _ => self.known_word(element.base(), &left)?,
        }
        Some(compared(span, Operator::In, left, right))
    }

    /// A text written in the rule is a word of the list it is compared with.
    fn word(&mut self, list: &Node, text: &Node) -> Option<()> {
        self.known_word(&list.ty.base().clone(), text)
    }

    fn known_word(&mut self, list: &Type, text: &Node) -> Option<()> {
        match (list, text.constant()) {
            (Type::Words(words), Some(Datum::Text(word))) if !words.iter().any(|known| **known == **word) => {
                let hint = match nearest(word, words.iter().map(Cow::as_ref)) {
                    Some(near) => format!("did you mean '{near}'?"),
                    None => format!("the words are {}", words.join(", ")),
                };
                let message = format!("'{word}' is not a word of this list");
                self.report(Problem::new("rule.unknown_word", text.span, message).hint(hint))
            }
            _ => Some(()),
        }
    }

    pub(super) fn negate(&mut self, span: Span, operand: Node) -> Option<Node> {
        match operand.ty.base() {
            Type::Int | Type::Decimal | Type::Period | Type::Duration => {
                let ty = operand.ty.base().clone();
                Some(Self::made(span, ty, Kind::Negate(Box::new(operand))))
            }
            other => {
                let message = format!("- wants a number, not {other}");
                self.report(Problem::new("rule.types", span, message).hint("a condition is negated with !"))
            }
        }
    }

    fn calculated(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        match sum_type(operator, &left.ty, &right.ty) {
            Some(ty) => {
                let (left, right) = (widen(left, &ty), widen(right, &ty));
                let kind = Kind::Calculate { operator, left: Box::new(left), right: Box::new(right) };
                Some(Self::made(span, ty, kind))
            }
            None => self.unlike(span, operator, &left, &right),
        }
    }

    fn unlike<T>(&mut self, span: Span, operator: Operator, left: &Node, right: &Node) -> Option<T> {
        let message = format!("{} {} {} makes no sense", left.ty, operator.sign(), right.ty);
        let problem = Problem::new("rule.types", span, message);
        let hint = conversion(right, &left.ty)
            .or_else(|| conversion(left, &right.ty))
            .or_else(|| money(left, right));
        let hint = hint.or_else(|| match (left.ty.base(), right.ty.base()) {
            (Type::Date, Type::Int) | (Type::Int, Type::Date) => Some(
                "add days(n), months(n) or years(n) to a date; the difference of two dates is in days"
                    .to_owned(),
            ),
            (Type::Timestamp, Type::Int) | (Type::Timestamp, Type::Period) => {
                Some("add hours(n) or minutes(n) to an instant".to_owned())
            }
            (Type::List(_), _) => {
                Some("ask about its entries with exists or all, or about its size()".to_owned())
            }
            (one, two) if one.is_text() != two.is_text() && operator == Operator::Add => {
                Some("make text of it with string(…)".to_owned())
            }
            _ => None,
        });
        self.report(match hint {
            Some(hint) => problem.hint(hint),
            None => problem.hint("both sides must be of one type"),
        })
    }
}

fn compared(span: Span, operator: Operator, left: Node, right: Node) -> Node {
    let kind = Kind::Compare { operator, left: Box::new(left), right: Box::new(right) };
    Checker::made(span, Type::Bool, kind)
}

/// The type of a sum, difference, product…; none if there is none.
fn sum_type(operator: Operator, left: &Type, right: &Type) -> Option<Type> {
    use Operator::{Add, Divide, Modulo, Multiply, Subtract};
    Some(match (operator, left.base(), right.base()) {
        (Add | Subtract | Multiply | Divide | Modulo, Type::Int, Type::Int) => Type::Int,
        (Add | Subtract | Multiply | Divide, one, two) if one.is_number() && two.is_number() => Type::Decimal,
        (Add, one, two) if one.is_text() && two.is_text() => Type::Text,
        (Add, Type::Date, Type::Period) | (Add, Type::Period, Type::Date) => Type::Date,
        (Subtract, Type::Date, Type::Period) => Type::Date,
        (Subtract, Type::Date, Type::Date) => Type::Int,
        (Add | Subtract, Type::Period, Type::Period) => Type::Period,
        (Add | Subtract, Type::Timestamp, Type::Duration) | (Add, Type::Duration, Type::Timestamp) => {
            Type::Timestamp
        }
        (Subtract, Type::Timestamp, Type::Timestamp) => Type::Duration,
        (Add | Subtract, Type::Duration, Type::Duration) => Type::Duration,
        (Add, one @ Type::List(_), two @ Type::List(_)) if !mixes_number_lists(one, two) => one.unify(two)?,
        _ => return None,
    })
}

/// How text written in the rule becomes what it is compared with.
fn conversion(text: &Node, wanted: &Type) -> Option<String> {
    let Some(Datum::Text(_)) = text.constant() else { return None };
    Some(match wanted.base() {
        Type::Date => "write a date as date('2026-01-31')".to_owned(),
        Type::Timestamp => "write an instant as timestamp('2026-01-31T08:00:00Z')".to_owned(),
        Type::Int | Type::Decimal => "write a number without quotes".to_owned(),
        Type::Id(_) => "write an id as id('…')".to_owned(),
        Type::Bool => "write true or false without quotes".to_owned(),
        Type::Duration => "write a duration as duration('1h30m')".to_owned(),
        _ => return None,
    })
}

/// An amount of money is compared by its number, and its currency apart.
fn money(left: &Node, right: &Node) -> Option<String> {
    let is_money = |node: &Node| matches!(node.ty.base(), Type::Record(record) if record.name() == "money");
    (is_money(left) || is_money(right)).then(|| "compare its .amount, and its .currency with text".to_owned())
}
