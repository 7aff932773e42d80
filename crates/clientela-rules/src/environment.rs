//! What a rule may speak of.

use crate::signature::Signature;
use crate::types::Type;
use std::borrow::Cow;

/// The variables a rule may use, and the type its result must have.
///
/// ```
/// use clientela_rules::{Environment, FieldType, RecordType, Type};
/// use std::sync::Arc;
/// let customer = RecordType::new("customer").with(FieldType::new("score", Type::Int.or_null()));
/// let environment = Environment::new()
///     .variable("customer", Type::Record(Arc::new(customer)))
///     .variable("today", Type::Date);
/// assert_eq!(environment.result(), Some(&Type::Bool));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    variables: Vec<(Cow<'static, str>, Type)>,
    functions: Vec<(Cow<'static, str>, Vec<Signature>)>,
    container: Cow<'static, str>,
    /// Variables that personal data or confidential figures went into, with which of both.
    marks: Vec<(String, bool, bool)>,
    result: Option<Type>,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            variables: Vec::new(),
            marks: Vec::new(),
            functions: Vec::new(),
            container: Cow::Borrowed(""),
            result: Some(Type::Bool),
        }
    }
}

impl Environment {
    /// No variables, and a result of yes or no.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more variable; one of that name is replaced.
    #[must_use]
    pub fn variable(mut self, name: impl Into<Cow<'static, str>>, ty: Type) -> Self {
        let name = name.into();
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, ty));
        self
    }

    /// The same with one more function, for the checker: nothing computes it here, so a rule that calls it is unknown.
    #[must_use]
    pub fn function(mut self, name: impl Into<Cow<'static, str>>, signatures: Vec<Signature>) -> Self {
        let name = name.into();
        self.functions.retain(|(known, _)| *known != name);
        self.functions.push((name, signatures));
        self
    }

    /// The same, where names are looked for within this name first: in `crm.sales`, `x` is `crm.sales.x`, `crm.x` or `x`.
    #[must_use]
    pub fn container(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.container = name.into();
        self
    }

    /// The same with one more variable, into which personal data or confidential figures went: reasons do not show it
    /// unless asked to.
    #[must_use]
    pub fn marked_variable(
        mut self,
        name: impl Into<Cow<'static, str>>,
        ty: Type,
        personal: bool,
        confidential: bool,
    ) -> Self {
        let name = name.into();
        self.marks.retain(|(known, ..)| *known != name);
        if personal || confidential {
            self.marks.push((name.clone().into_owned(), personal, confidential));
        }
        self.variable(name, ty)
    }

    /// Whether personal data, and whether confidential figures went into a variable.
    pub(crate) fn marks(&self, name: &str) -> (bool, bool) {
        self.marks
            .iter()
            .find(|(known, ..)| known == name)
            .map_or((false, false), |(_, personal, confidential)| (*personal, *confidential))
    }

    /// The same, for formulas whose result is of this type.
    #[must_use]
    pub fn returning(mut self, ty: Type) -> Self {
        self.result = Some(ty);
        self
    }

    /// The same, for formulas of any result.
    #[must_use]
    pub fn returning_anything(mut self) -> Self {
        self.result = None;
        self
    }

    /// The type the result must have; none for any.
    #[must_use]
    pub fn result(&self) -> Option<&Type> {
        self.result.as_ref()
    }

    /// The type of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, ty)| ty)
    }

    /// The variables with their types.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &Type)> {
        self.variables.iter().map(|(name, ty)| (name.as_ref(), ty))
    }

    /// How a declared function may be called.
    #[must_use]
    pub fn signatures(&self, name: &str) -> Option<&[Signature]> {
        self.functions.iter().find(|(known, _)| known == name).map(|(_, signatures)| signatures.as_slice())
    }

    /// The name within which names are looked for first; empty for none.
    #[must_use]
    pub fn container_name(&self) -> &str {
        &self.container
    }
}
