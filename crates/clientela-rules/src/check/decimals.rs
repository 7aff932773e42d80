//! Where a decimal is wanted, whole numbers and numbers written in the rule become one, exactly.

use super::Checker;
use crate::datum::Datum;
use crate::program::{Kind, Node};
use crate::syntax::Operator;
use crate::types::Type;

/// Whether the type is a decimal or a list of decimals.
pub(super) fn is_exact(ty: &Type) -> bool {
    match ty.base() {
        Type::Decimal => true,
        Type::List(element) => is_exact(element),
        _ => false,
    }
}

impl Checker<'_> {
    /// Both sides, the one that can become a decimal made one when the other is one.
    pub(super) fn aligned(&self, left: Node, right: Node) -> (Node, Node) {
        match (is_exact(&left.ty), is_exact(&right.ty)) {
            (true, false) => (left, self.exact(right)),
            (false, true) => (self.exact(left), right),
            _ => (left, right),
        }
    }

    /// The node as a decimal, or as a list of decimals, if it can become one; otherwise as it is.
    pub(super) fn exact(&self, node: Node) -> Node {
        if self.can_be_exact(&node) { self.made_exact(node) } else { node }
    }

    /// Whether it can become a decimal without a doubt about its digits.
    pub(super) fn can_be_exact(&self, node: &Node) -> bool {
        match (node.ty.base(), &node.kind) {
            (Type::Decimal | Type::Int | Type::Uint, _) => true,
            (Type::Double, Kind::Constant(_)) => self.literals.contains_key(&node.span),
            (Type::Double, Kind::Negate(operand)) => self.can_be_exact(operand),
            (Type::Double, Kind::Choice { yes, no, .. }) => self.can_be_exact(yes) && self.can_be_exact(no),
            (Type::Double, Kind::Calculate { operator, left, right }) => {
                *operator != Operator::Modulo && self.can_be_exact(left) && self.can_be_exact(right)
            }
            (Type::List(_), Kind::List(parts)) => {
                !parts.is_empty() && parts.iter().all(|part| self.can_be_exact(part))
            }
            _ => false,
        }
    }

    fn made_exact(&self, node: Node) -> Node {
        let Node { span, ty, kind, path, personal, confidential } = node;
        let nullable = ty.is_nullable();
        let boxed = |part: Box<Node>| Box::new(self.made_exact(*part));
        let (ty, kind) = match (ty.base(), kind) {
            (Type::Decimal, kind) => (Type::Decimal, kind),
            (Type::Int | Type::Uint, kind) => {
                let whole = Node { span, ty, kind, path, personal, confidential };
                let ty = if nullable { Type::Decimal.or_null() } else { Type::Decimal };
                return self.made(span, ty, Kind::Widen(Box::new(whole)));
            }
            (_, Kind::Constant(value)) => match self.literals.get(&span) {
                Some(exact) => (Type::Decimal, Kind::Constant(Datum::Decimal(*exact))),
                None => (ty, Kind::Constant(value)),
            },
            (_, Kind::Negate(operand)) => (Type::Decimal, Kind::Negate(boxed(operand))),
            (_, Kind::Choice { condition, yes, no }) => {
                (Type::Decimal, Kind::Choice { condition, yes: boxed(yes), no: boxed(no) })
            }
            (_, Kind::Calculate { operator, left, right }) => {
                (Type::Decimal, Kind::Calculate { operator, left: boxed(left), right: boxed(right) })
            }
            (_, Kind::List(parts)) => {
                let parts = parts.into_iter().map(|part| self.made_exact(part)).collect::<Vec<_>>();
                let element = parts.first().map_or(Type::Decimal, |part| part.ty.clone());
                (element.list(), Kind::List(parts))
            }
            (_, kind) => (ty.clone(), kind),
        };
        let ty = if nullable { ty.or_null() } else { ty };
        Node { span, ty, kind, path, personal, confidential }
    }
}
