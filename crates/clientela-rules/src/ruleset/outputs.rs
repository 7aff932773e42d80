//! What follows when a row applies: outputs of one type, and reasons with figures.

use super::bridge::unify;
use super::compile::{Compiler, constant};
use super::model::{Consequence, Output, Part, Reason};
use super::report::Fields;
use super::value::{literal, number};
use super::yaml::Node;
use crate::datum::Datum;
use crate::environment::Environment;
use crate::error::Problem;
use crate::syntax::Span;
use crate::types::Type;

impl Compiler<'_, '_> {
    pub(super) fn consequence(
        &mut self,
        fields: &Fields<'_>,
        environment: &Environment,
    ) -> Option<Consequence> {
        let reason = match fields.get("reason") {
            None => Some(None),
            Some(node) => self.reason(node, environment).map(Some),
        };
        let output = match (fields.get("output"), fields.get("value")) {
            (Some(_), None) => {
                let scalar = fields.scalar("output", &mut self.report)?;
                let document = self.report.document;
                self.output(&scalar.text, environment, scalar.span, &|at| scalar.place(document, at))
            }
            (None, Some(node)) => {
                let read = literal(node);
                let (value, ty) = self.report.keep(read)?;
                self.unify(&ty, node.span, Some(&value))?;
                Some(Output::Constant(value))
            }
            (Some(_), Some(node)) => self.report.error(
                Problem::new("rule_set.value", node.span, "there are both output and value")
                    .hint("output is an expression, value is taken as it stands"),
            ),
            (None, None) => {
                let at = Span { start: fields.span.start, end: fields.span.start + 1 };
                self.report.error(
                    Problem::new("rule_set.missing_key", at, "output is missing here")
                        .hint("give output: an expression, value: a value, or rule: more rows"),
                )
            }
        };
        Some(Consequence { output: output?, reason: reason? })
    }

    /// An output that is computed.
    pub(super) fn output(
        &mut self,
        source: &str,
        environment: &Environment,
        at: Span,
        place: &dyn Fn(usize) -> usize,
    ) -> Option<Output> {
        // A number is the exact decimal that stands there.
        if let Some((value, ty)) = number(source.trim()) {
            self.unify(&ty, at, Some(&value))?;
            return Some(Output::Constant(value));
        }
        let anything = environment.clone().returning_anything();
        let rule = self.expression_at(source, &anything, place)?;
        let value = constant(&*rule);
        let ty = rule.result_type().clone();
        self.unify(&ty, at, value.as_ref())?;
        Some(value.map_or(Output::Formula(rule), Output::Constant))
    }

    /// Whether an output of this type fits those before it.
    fn unify(&mut self, ty: &Type, at: Span, value: Option<&Datum>) -> Option<()> {
        let fits = match (&self.output.declared, &self.output.found, value) {
            (Some(declared), _, Some(value)) => value
                .clone()
                .fit(declared, &|| "the output".to_owned())
                .map(|_| declared.clone())
                .map_err(|error| error.to_string()),
            (Some(declared), _, None) => unify(declared, ty)
                .filter(|both| both.base() == declared.base())
                .map(|_| declared.clone())
                .ok_or_else(|| mismatch(declared, ty)),
            (None, None, _) => Ok(ty.clone()),
            (None, Some(found), _) => unify(found, ty).ok_or_else(|| mismatch(found, ty)),
        };
        match fits {
            Ok(ty) => {
                self.output.found = Some(ty);
                Some(())
            }
            Err(message) => self.report.error(
                Problem::new("rule_set.output_type", at, message)
                    .hint("outputs of a rule set are of one type"),
            ),
        }
    }

    fn reason(&mut self, node: &Node, environment: &Environment) -> Option<Reason> {
        if let Some(scalar) = node.scalar() {
            let document = self.report.document;
            return self.sentence(&scalar.text, environment, &|at| scalar.place(document, at));
        }
        let fields = Fields::read(node, &["key", "figures"], &mut self.report)?;
        let key = fields.needed_scalar("key", &mut self.report)?;
        let mut figures = Vec::new();
        if let Some(node) = fields.get("figures") {
            let Some(entries) = node.map() else {
                let message = "figures are names with expressions";
                return self.report.error(Problem::new("rule_set.value", node.span, message));
            };
            for (name, value) in entries {
                let Some(scalar) = value.scalar() else {
                    let message = "a figure is an expression";
                    return self.report.error(Problem::new("rule_set.value", value.span, message));
                };
                let rule = self.expression(scalar, &environment.clone().returning_anything())?;
                figures.push((name.text.clone(), rule));
            }
        }
        Some(Reason::Key(key.text.clone(), figures))
    }

    /// A sentence with figures in braces: `score {customer.score} is high`; `{{` is a brace.
    pub(super) fn sentence(
        &mut self,
        text: &str,
        environment: &Environment,
        place: &dyn Fn(usize) -> usize,
    ) -> Option<Reason> {
        let anything = environment.clone().returning_anything();
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with("{{") {
                words.push('{');
                at += 2;
            } else if let Some(inside) = rest.strip_prefix('{') {
                let Some(end) = inside.find('}') else {
                    let start = place(at) as u32;
                    let span = Span { start, end: start + 1 };
                    let problem = Problem::new("rule_set.value", span, "this brace is not closed");
                    return self.report.error(problem.hint("write {{ for a brace"));
                };
                let source = inside.get(..end).unwrap_or_default();
                let rule = self.expression_at(source, &anything, &|offset| place(at + 1 + offset))?;
                parts.push(Part::Words(std::mem::take(&mut words)));
                parts.push(Part::Figure(rule));
                at += end + 2;
            } else {
                let next = rest.find('{').unwrap_or(rest.len());
                words.push_str(rest.get(..next).unwrap_or_default());
                at += next;
            }
        }
        parts.push(Part::Words(words));
        Some(Reason::Text(parts))
    }
}

fn mismatch(wanted: &Type, given: &Type) -> String {
    format!("the output is {given}; expected {wanted}")
}
