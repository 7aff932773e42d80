//! Which types fit one another, and what type variables stand for.
//!
//! The rules are those of the CEL specification (section "Gradual Type Checking"); that the more general of two types is
//! kept where both are given is what its reference implementation does.

use crate::types::Type;

/// What the type variables of one rule stand for.
#[derive(Debug, Default)]
pub(super) struct Unifier {
    found: Vec<Option<Type>>,
    /// What variables stood for before they were set, to go back where types do not fit after all.
    before: Vec<(u32, Option<Type>)>,
}

impl Unifier {
    /// A type variable that nothing is known of.
    pub(super) fn fresh(&mut self) -> Type {
        self.found.push(None);
        Type::Variable(u32::try_from(self.found.len() - 1).unwrap_or(u32::MAX))
    }

    fn of(&self, variable: u32) -> Option<&Type> {
        self.found.get(variable as usize)?.as_ref()
    }

    fn set(&mut self, variable: u32, ty: Type) {
        if let Some(place) = self.found.get_mut(variable as usize) {
            self.before.push((variable, place.replace(ty)));
        }
    }

    /// The type with variables replaced by what they stand for; those that stand for nothing stay.
    pub(super) fn known(&self, ty: &Type) -> Type {
        self.replaced(ty, false)
    }

    /// The same, where variables that stand for nothing become `dyn`.
    pub(super) fn settled(&self, ty: &Type) -> Type {
        self.replaced(ty, true)
    }

    fn replaced(&self, ty: &Type, settle: bool) -> Type {
        ty.rebuilt(&mut |part| match part {
            Type::Variable(variable) => match self.of(variable) {
                Some(known) => self.replaced(known, settle),
                None if settle => Type::Dyn,
                None => part,
            },
            other => other,
        })
    }

    /// Whether a value of one type may stand where the other is wanted. What had to be assumed is kept only if so.
    pub(super) fn assignable(&mut self, one: &Type, two: &Type) -> bool {
        self.all_assignable([(one, two)])
    }

    /// Whether all pairs fit.
    pub(super) fn all_assignable<'t>(
        &mut self,
        pairs: impl IntoIterator<Item = (&'t Type, &'t Type)>,
    ) -> bool {
        let fit = pairs.into_iter().all(|(one, two)| self.fits(one, two));
        while let Some((variable, known)) = self.before.pop() {
            if !fit && let Some(place) = self.found.get_mut(variable as usize) {
                *place = known;
            }
        }
        fit
    }

    fn fits(&mut self, one: &Type, two: &Type) -> bool {
        if let Type::Variable(variable) = two {
            let (valid, known) = self.stands_for(one, *variable);
            if valid || known {
                return valid;
            }
        }
        if let Type::Variable(variable) = one {
            return self.stands_for(two, *variable).0;
        }
        match (one, two) {
            (Type::Dyn, _) | (_, Type::Dyn) => true,
            (Type::Null, other) | (other, Type::Null) => {
                matches!(other, Type::Null | Type::Nullable(_) | Type::Optional(_) | Type::Abstract(..))
            }
            (Type::Nullable(inner), other) | (other, Type::Nullable(inner)) => {
                self.fits(inner.base(), other.base())
            }
            (Type::Words(_), Type::Text) | (Type::Text, Type::Words(_)) => true,
            (Type::Words(one), Type::Words(two)) => one.iter().any(|word| two.contains(word)),
            (Type::Id(one), Type::Id(two)) => one.is_empty() || two.is_empty() || one == two,
            (Type::Type(_), Type::Type(_)) => true,
            (Type::List(one), Type::List(two)) | (Type::Optional(one), Type::Optional(two)) => {
                self.fits(one, two)
            }
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                self.fits(key, other_key) && self.fits(value, other_value)
            }
            (Type::Abstract(name, parts), Type::Abstract(other, other_parts)) => {
                name == other
                    && parts.len() == other_parts.len()
                    && parts.iter().zip(other_parts).all(|(one, two)| self.fits(one, two))
            }
            (one, two) => one == two,
        }
    }

    /// Whether a variable may stand for the type, and whether it stood for something before.
    fn stands_for(&mut self, ty: &Type, variable: u32) -> (bool, bool) {
        if *ty == Type::Variable(variable) {
            return (true, true);
        }
        if let Some(known) = self.of(variable).cloned() {
            if known == *ty {
                return (true, true);
            }
            if !self.fits(ty, &known) {
                return (false, true);
            }
            let general = general(ty, &known);
            if !self.mentions(&general, variable) {
                self.set(variable, general);
            }
            return (true, true);
        }
        if self.mentions(ty, variable) {
            return (false, false);
        }
        self.set(variable, ty.clone());
        (true, false)
    }

    /// Whether a variable is part of a type.
    fn mentions(&self, ty: &Type, variable: u32) -> bool {
        match ty {
            Type::Variable(other) if *other == variable => true,
            Type::Variable(other) => self.of(*other).is_some_and(|known| self.mentions(known, variable)),
            other => other.parameters().into_iter().any(|part| self.mentions(part, variable)),
        }
    }

    /// The type that holds values of both, if they fit.
    pub(super) fn join(&mut self, one: &Type, two: &Type) -> Option<Type> {
        let (one, two) = (self.known(one), self.known(two));
        let fit = matches!((&one, &two), (Type::Null, _) | (_, Type::Null)) || self.assignable(&one, &two);
        fit.then(|| general(&one, &two))
    }
}

/// The more general of two types that fit.
fn general(one: &Type, two: &Type) -> Type {
    match (one, two) {
        (Type::Dyn, _) | (_, Type::Dyn) => Type::Dyn,
        (Type::Variable(_), _) => one.clone(),
        (_, Type::Variable(_)) => two.clone(),
        (Type::Null, Type::Null) => Type::Null,
        (Type::Null, other) | (other, Type::Null) => match other {
            Type::Optional(_) | Type::Abstract(..) => other.clone(),
            _ => other.clone().or_null(),
        },
        (Type::Nullable(inner), other) | (other, Type::Nullable(inner)) => {
            general(inner.base(), other.base()).or_null()
        }
        (Type::Words(one), Type::Words(two)) if one == two => Type::Words(one.clone()),
        (Type::Words(_) | Type::Text, Type::Words(_) | Type::Text) => Type::Text,
        (Type::Id(one), Type::Id(two)) => Type::Id(if one.is_empty() { two.clone() } else { one.clone() }),
        (Type::List(one), Type::List(two)) => general(one, two).list(),
        (Type::Optional(one), Type::Optional(two)) => general(one, two).optional(),
        (Type::Map(key, value), Type::Map(other_key, other_value)) => {
            general(key, other_key).map_to(general(value, other_value))
        }
        (Type::Abstract(name, parts), Type::Abstract(_, others)) => {
            let parts = parts.iter().zip(others).map(|(one, two)| general(one, two)).collect();
            Type::Abstract(name.clone(), parts)
        }
        (Type::Type(one), Type::Type(two)) if one != two => Type::Type(Box::new(Type::Dyn)),
        _ => one.clone(),
    }
}
