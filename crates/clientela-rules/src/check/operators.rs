//! Which types an operator takes and what it gives.

use super::Checker;
use crate::datum::Datum;
use crate::error::Problem;
use crate::nearest::nearest;
use crate::program::{Kind, Node};
use crate::signature::Signature;
use crate::syntax::{Operator, Span};
use crate::types::Type;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What `+ - * / %` take and give (CEL specification, section "Arithmetic"), and the same for decimals, dates and periods.
static ARITHMETIC: LazyLock<Vec<(Operator, Signature)>> = LazyLock::new(|| {
    use Operator::{Add, Divide, Modulo, Multiply, Subtract};
    let mut table = Vec::new();
    for operator in [Add, Subtract, Multiply, Divide, Modulo] {
        let numbers: &[&str] =
            if operator == Modulo { &["int", "uint"] } else { &["int", "uint", "double", "decimal"] };
        table.extend(numbers.iter().map(|ty| (operator, format!("({ty}, {ty}) -> {ty}"))));
    }
    let others = [
        (Add, "(string, string) -> string"),
        (Add, "(bytes, bytes) -> bytes"),
        (Add, "(list<A>, list<A>) -> list<A>"),
        (Add, "(timestamp, duration) -> timestamp"),
        (Add, "(duration, timestamp) -> timestamp"),
        (Add, "(duration, duration) -> duration"),
        (Subtract, "(timestamp, duration) -> timestamp"),
        (Subtract, "(timestamp, timestamp) -> duration"),
        (Subtract, "(duration, duration) -> duration"),
        (Add, "(date, period) -> date"),
        (Add, "(period, date) -> date"),
        (Add, "(period, period) -> period"),
        (Subtract, "(date, period) -> date"),
        (Subtract, "(date, date) -> int"),
        (Subtract, "(period, period) -> period"),
    ];
    table.extend(others.map(|(operator, text)| (operator, text.to_owned())));
    table.into_iter().map(|(operator, text)| (operator, Signature::read(&text))).collect()
});

impl Checker<'_> {
    pub(super) fn binary(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        let (left, right) = self.aligned(left, right);
        match operator {
            Operator::Equal | Operator::NotEqual => self.equal(span, operator, left, right),
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
                self.ordered(span, operator, left, right)
            }
            Operator::In => self.contained(span, left, right),
            _ => self.calculated(span, operator, left, right),
        }
    }

    fn compared(&self, span: Span, operator: Operator, left: Node, right: Node) -> Node {
        self.made(span, Type::Bool, Kind::Compare { operator, left: Box::new(left), right: Box::new(right) })
    }

    fn equal(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        let is_null = |node: &Node| matches!(node.kind, Kind::Constant(Datum::Null));
        if is_null(&left) || is_null(&right) {
            return self.presence(span, operator, left, right);
        }
        if !self.comparable(&left.ty, &right.ty) {
            return self.unlike(span, operator, &left, &right);
        }
        self.word(&left, &right)?;
        self.word(&right, &left)?;
        Some(self.compared(span, operator, left, right))
    }

    /// Whether values of both can be equal.
    fn comparable(&mut self, one: &Type, two: &Type) -> bool {
        let (one, two) = (self.types.known(one), self.types.known(two));
        match (one.base(), two.base()) {
            (Type::Record(_), other) | (other, Type::Record(_)) => other.is_open(),
            (Type::Int | Type::Uint | Type::Decimal, Type::Decimal)
            | (Type::Decimal, Type::Int | Type::Uint) => true,
            (Type::List(one), Type::List(two)) => self.comparable(one, two),
            (one, two) => self.types.assignable(one, two),
        }
    }

    /// `x == null`, `x != null`
    fn presence(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        let asked = if left.ty == Type::Null { &right } else { &left };
        let ty = self.types.known(&asked.ty);
        match &ty {
            // Whether this is null only the rule's run can tell, or the specification has it that it is.
            Type::Null => return Some(self.compared(span, operator, left, right)),
            open if open.is_open() => return Some(self.compared(span, operator, left, right)),
            Type::Nullable(_) => {}
            _ => {
                let problem = Problem::new("rule.never_empty", asked.span, "this always has a value");
                return self.report(problem.hint("leave the comparison with null out"));
            }
        }
        let asked = if left.ty == Type::Null { right } else { left };
        let present = Kind::Present(Box::new(asked));
        Some(match operator {
            Operator::NotEqual => self.made(span, Type::Bool, present),
            _ => {
                let present = self.made(span, Type::Bool, present);
                self.made(span, Type::Bool, Kind::Not(Box::new(present)))
            }
        })
    }

    fn ordered(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        let (one, two) = (self.types.known(left.ty.base()), self.types.known(right.ty.base()));
        if let Some(node) = [&left, &right].into_iter().find(|node| matches!(node.ty.base(), Type::Words(_)))
        {
            let problem = Problem::new("rule.types", node.span, "words of a closed list have no order");
            return self.report(problem.hint("compare with == or in"));
        }
        let number = |ty: &Type| matches!(ty, Type::Int | Type::Uint | Type::Double);
        let has_order = |ty: &Type| {
            ty.is_open()
                || number(ty)
                || matches!(ty, Type::Bool | Type::Decimal | Type::Text | Type::Bytes | Type::Date)
                || matches!(ty, Type::Timestamp | Type::Duration)
        };
        let alike = one == two || one.is_open() || two.is_open() || (number(&one) && number(&two));
        if !(alike && has_order(&one) && has_order(&two)) {
            return self.unlike(span, operator, &left, &right);
        }
        Some(self.compared(span, operator, left, right))
    }

    fn contained(&mut self, span: Span, left: Node, right: Node) -> Option<Node> {
        let of = self.types.known(&right.ty);
        let element = match of.base() {
            Type::List(element) => element.as_ref().clone(),
            Type::Map(key, _) => key.as_ref().clone(),
            open if open.is_open() => return Some(self.compared(span, Operator::In, left, right)),
            _ => {
                let problem =
                    Problem::new("rule.types", span, format!("in looks into a list, not into {of}"));
                return self.report(match of.is_text() {
                    true => problem.hint("for a part of a text write text.contains(part)"),
                    false => problem.hint("write x in [1, 2]"),
                });
            }
        };
        let literal = if let Kind::List(parts) = &right.kind { parts.as_slice() } else { &[] };
        let some_fits = literal.is_empty() || literal.iter().any(|part| self.comparable(&left.ty, &part.ty));
        if !some_fits || !self.comparable(&left.ty, &element) {
            let message = format!("{} is never in {of}", self.types.known(&left.ty));
            let problem = Problem::new("rule.types", span, message);
            return self.report(match literal.first().and_then(|part| conversion(part, &left.ty)) {
                Some(hint) => problem.hint(hint),
                None => problem,
            });
        }
        if matches!(right.kind, Kind::List(_)) {
            let checked: Vec<Option<()>> = literal.iter().map(|part| self.word(&left, part)).collect();
            checked.into_iter().collect::<Option<Vec<()>>>()?;
        } else {
            self.known_word(element.base(), &left)?;
        }
        Some(self.compared(span, Operator::In, left, right))
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
        let of = self.types.known(operand.ty.base());
        match of {
            Type::Int
            | Type::Double
            | Type::Decimal
            | Type::Period
            | Type::Duration
            | Type::Dyn
            | Type::Variable(_) => Some(self.made(span, of, Kind::Negate(Box::new(operand)))),
            other => {
                let message = format!("- wants a number, not {other}");
                self.report(Problem::new("rule.types", span, message).hint("a condition is negated with !"))
            }
        }
    }

    fn calculated(&mut self, span: Span, operator: Operator, left: Node, right: Node) -> Option<Node> {
        let mut result: Option<Type> = None;
        for (_, signature) in ARITHMETIC.iter().filter(|(known, _)| *known == operator) {
            let signature = self.instance(signature);
            let pairs = [&left.ty, &right.ty].into_iter().zip(&signature.parameters);
            if self.types.all_assignable(pairs) {
                let ty = self.types.known(&signature.result);
                result = Some(match result {
                    Some(before) if before != ty => Type::Dyn,
                    _ => ty,
                });
            }
        }
        let Some(ty) = result else { return self.unlike(span, operator, &left, &right) };
        let kind = Kind::Calculate { operator, left: Box::new(left), right: Box::new(right) };
        Some(self.made(span, ty, kind))
    }

    fn unlike<T>(&mut self, span: Span, operator: Operator, left: &Node, right: &Node) -> Option<T> {
        let (one, two) = (self.types.known(&left.ty), self.types.known(&right.ty));
        let message = format!("{one} {} {two} makes no sense", operator.sign());
        let problem = Problem::new("rule.types", span, message);
        let hint = conversion(right, &one)
            .or_else(|| conversion(left, &two))
            .or_else(|| money(left, right))
            .or_else(|| other_type(operator, one.base(), two.base()));
        self.report(match hint {
            Some(hint) => problem.hint(hint),
            None => problem.hint("both sides must be of one type"),
        })
    }
}

/// How to bring two types together.
fn other_type(operator: Operator, one: &Type, two: &Type) -> Option<String> {
    let number = |ty: &Type| matches!(ty, Type::Int | Type::Uint | Type::Double | Type::Decimal);
    let hint = match (one, two) {
        (Type::Date, Type::Int) | (Type::Int, Type::Date) => {
            "add days(n), months(n) or years(n) to a date; the difference of two dates is in days"
        }
        (Type::Date, Type::Timestamp) | (Type::Timestamp, Type::Date) => {
            "make a day of the instant with date(x)"
        }
        (Type::Timestamp, Type::Int | Type::Period) => "add hours(n) or minutes(n) to an instant",
        (Type::Double, Type::Decimal) | (Type::Decimal, Type::Double) => {
            "make a decimal of the double with decimal(x)"
        }
        (Type::Int, Type::Double) | (Type::Double, Type::Int) => {
            "make a double of the whole number with double(x), or compute exactly with decimal(x)"
        }
        (Type::Int, Type::Uint) | (Type::Uint, Type::Int) => "make them alike with int(x) or uint(x)",
        (Type::List(_), _) => "ask about its entries with exists or all, or about its size()",
        (one, two) if one.is_text() != two.is_text() && operator == Operator::Add => {
            "make text of it with string(…)"
        }
        (one, two) if number(one) && number(two) => "both sides must be numbers of one type",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// How text written in the rule becomes what it is compared with.
fn conversion(text: &Node, wanted: &Type) -> Option<String> {
    let Some(Datum::Text(_)) = text.constant() else { return None };
    Some(match wanted.base() {
        Type::Date => "write a date as date('2026-01-31')".to_owned(),
        Type::Timestamp => "write an instant as timestamp('2026-01-31T08:00:00Z')".to_owned(),
        Type::Int | Type::Uint | Type::Double | Type::Decimal => "write a number without quotes".to_owned(),
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
