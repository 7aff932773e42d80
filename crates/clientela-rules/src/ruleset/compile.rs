//! From a document to a rule set: everything is checked, and all that is wrong is said at once.

use super::holds::{Holds, holds};
use super::limits::{NESTED_RULES_MAX, ROWS_MAX, VARIABLE_CHAIN_MAX, VARIABLES_MAX};
use super::model::{Block, Consequence, Policy, Row, Then, Variable};
use super::report::{Fields, Report};
use super::table;
use super::yaml::{Node, Scalar, shown};
use crate::datum::Datum;
use crate::engine::{Outcome, Path, Rule, RuleEngine};
use crate::environment::Environment;
use crate::error::Problem;
use crate::facts::Facts;
use crate::syntax::Span;
use crate::types::Type;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Facts where there are none, for expressions that read nothing.
pub(super) struct NoFacts;

impl Facts for NoFacts {
    fn variable(&self, _: &str) -> Option<Datum> {
        None
    }
}

/// The value of an expression that reads nothing.
pub(super) fn constant(rule: &dyn Rule) -> Option<Datum> {
    if !rule.reads().is_empty() {
        return None;
    }
    match rule.decide(&NoFacts) {
        Outcome::True => Some(Datum::Bool(true)),
        Outcome::False => Some(Datum::Bool(false)),
        Outcome::Value(value) => Some(value),
        Outcome::Unknown => None,
    }
}

/// The variable a path begins with.
pub(super) fn head(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or_default()
}

pub(super) struct Compiler<'c, 'd> {
    pub(super) engine: &'c dyn RuleEngine,
    pub(super) report: Report<'d>,
    pub(super) variables: Vec<Variable>,
    /// Every name that anything reads.
    used: HashSet<String>,
    pub(super) reads: BTreeMap<String, Path>,
    /// The expressions with what they may speak of, for the estimate of the cost.
    pub(super) expressions: Vec<(String, Environment)>,
    rows: usize,
    /// The type of the outputs: declared, or that of all so far.
    pub(super) output: OutputType,
}

#[derive(Debug, Default)]
pub(super) struct OutputType {
    pub(super) declared: Option<Type>,
    pub(super) found: Option<Type>,
}

impl<'c, 'd> Compiler<'c, 'd> {
    pub(super) fn new(engine: &'c dyn RuleEngine, report: Report<'d>, declared: Option<Type>) -> Self {
        Self {
            engine,
            report,
            variables: Vec::new(),
            used: HashSet::new(),
            reads: BTreeMap::new(),
            expressions: Vec::new(),
            rows: 0,
            output: OutputType { declared, found: None },
        }
    }

    /// Checks an expression of the document.
    pub(super) fn expression(&mut self, scalar: &Scalar, environment: &Environment) -> Option<Arc<dyn Rule>> {
        let document = self.report.document;
        self.expression_at(&scalar.text, environment, &|offset| scalar.place(document, offset))
    }

    /// The same for an expression that stands elsewhere, or was put together.
    pub(super) fn expression_at(
        &mut self,
        source: &str,
        environment: &Environment,
        place: &dyn Fn(usize) -> usize,
    ) -> Option<Arc<dyn Rule>> {
        match self.engine.compile(source, environment) {
            Ok(rule) => {
                for path in rule.reads() {
                    let name = head(&path.text);
                    self.used.insert(name.to_owned());
                    if !self.variables.iter().any(|variable| variable.name == name) {
                        self.reads.insert(path.text.clone(), path.clone());
                    }
                }
                self.expressions.push((source.to_owned(), environment.clone()));
                Some(rule)
            }
            Err(errors) => {
                self.report.rule_errors(source, &errors, place);
                None
            }
        }
    }

    /// A block of rules: variables, then a list of matches or a table, then what holds otherwise.
    pub(super) fn block(
        &mut self,
        node: &Node,
        outer: &Environment,
        policy: Policy,
        number: &str,
    ) -> Option<Block> {
        if number.matches('.').count() >= NESTED_RULES_MAX {
            let message = format!("rules are nested deeper than {NESTED_RULES_MAX}");
            return self.report.error(Problem::new("rule_set.limit", node.span, message));
        }
        let known = ["variables", "match", "table", "otherwise"];
        let fields = Fields::read(node, &known, &mut self.report)?;
        let mut environment = outer.clone();
        let first = self.variables.len();
        for variable in fields.list("variables", &mut self.report) {
            if let Some(grown) = self.variable(variable, &environment) {
                environment = grown;
            }
        }
        let block = match (fields.get("match"), fields.get("table")) {
            (None, Some(table)) => {
                let otherwise = fields.get("otherwise").is_some();
                table::compile(self, table, &environment, policy, number, otherwise)
            }
            (Some(_), None) => self.matches(&fields, &environment, policy, number),
            (Some(_), Some(table)) => self.report.error(
                Problem::new("rule_set.value", table.span, "there are both match and table")
                    .hint("keep one of them, or put the table into a rule of its own"),
            ),
            (None, None) => {
                let at = Span { start: fields.span.start, end: fields.span.start + 1 };
                self.report.error(
                    Problem::new("rule_set.missing_key", at, "there is no rule here")
                        .hint("give match: or table:"),
                )
            }
        };
        let otherwise = fields.get("otherwise").map(|node| (node, self.otherwise(node, &environment)));
        self.unused(first);
        let mut block = block?;
        if let Some((node, consequence)) = otherwise {
            if block.exhaustive && block.policy == Policy::First {
                self.unreachable(node.span, "what holds otherwise is never reached");
            }
            block.otherwise = consequence;
            block.exhaustive = true;
        }
        Some(block)
    }

    fn variable(&mut self, node: &Node, environment: &Environment) -> Option<Environment> {
        let fields = Fields::read(node, &["name", "expression", "description"], &mut self.report)?;
        let name = fields.needed_scalar("name", &mut self.report);
        let expression = fields.needed_scalar("expression", &mut self.report);
        self.define(name?, expression?, environment)
    }

    /// Adds a named formula; gives what may be spoken of from now on.
    pub(super) fn define(
        &mut self,
        name: &Scalar,
        expression: &Scalar,
        environment: &Environment,
    ) -> Option<Environment> {
        let anything = environment.clone().returning_anything();
        let rule = self.expression(expression, &anything);
        let text = name.text.as_str();
        let word = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && text.len() <= 60;
        let problem = |message: String| Problem::new("rule_set.name", name.span, message);
        if !word {
            let message = format!("{} is no name", shown(text));
            return self
                .report
                .error(problem(message).hint("letters, digits and underscores, such as large_fleet"));
        }
        if environment.get(text).is_some() || self.variables.iter().any(|known| known.name == text) {
            return self.report.error(problem(format!("{text} is taken")).hint("give it a name of its own"));
        }
        if self.variables.len() >= VARIABLES_MAX {
            let message = format!("more than {VARIABLES_MAX} variables");
            return self.report.error(Problem::new("rule_set.limit", name.span, message));
        }
        // What is wrong with it is said once, not again wherever it is used.
        let Some(rule) = rule else { return Some(environment.clone().variable(text.to_owned(), Type::Null)) };
        let chain = 1 + self.behind(&*rule).map(|variable| variable.chain).max().unwrap_or(0);
        if chain > VARIABLE_CHAIN_MAX {
            let message = format!("more than {VARIABLE_CHAIN_MAX} variables use one another in a chain");
            return self.report.error(Problem::new("rule_set.limit", expression.span, message));
        }
        let personal = rule.reads().iter().any(|path| path.personal);
        let confidential = rule.reads().iter().any(|path| path.confidential);
        let ty = rule.result_type().clone();
        self.variables.push(Variable { name: text.to_owned(), span: name.span, rule, chain });
        Some(environment.clone().marked_variable(text.to_owned(), ty, personal, confidential))
    }

    /// The variables an expression uses.
    fn behind<'s>(&'s self, rule: &'s dyn Rule) -> impl Iterator<Item = &'s Variable> {
        let uses = |name: &str| rule.reads().iter().any(|path| head(&path.text) == name);
        self.variables.iter().filter(move |variable| uses(&variable.name))
    }

    fn unused(&mut self, first: usize) {
        let unused = self.variables.iter().skip(first).filter(|variable| !self.used.contains(&variable.name));
        for variable in unused {
            self.report.warn(
                Problem::new("rule_set.unused", variable.span, format!("nothing uses {}", variable.name))
                    .hint("use it in a condition or take it out"),
            );
        }
    }

    fn matches(
        &mut self,
        fields: &Fields<'_>,
        environment: &Environment,
        policy: Policy,
        number: &str,
    ) -> Option<Block> {
        let mut rows = Vec::new();
        let mut whole = true;
        let mut always: Option<String> = None;
        for (index, node) in fields.list("match", &mut self.report).iter().enumerate() {
            let number = format!("{number}{}{}", if number.is_empty() { "" } else { "." }, index + 1);
            if let (Some(above), Policy::First) = (&always, policy) {
                let message = format!("row {number} is never reached: row {above} always applies");
                self.unreachable(node.span, &message);
            }
            let Some(row) = self.row(node, environment, policy, &number) else {
                whole = false;
                continue;
            };
            let answers = match &row.then {
                Then::Output(_) => true,
                Then::Rules(block) => block.exhaustive,
            };
            if row.conditions.is_empty() && answers && always.is_none() {
                always = Some(number);
            }
            rows.push(row);
        }
        let exhaustive = always.is_some();
        whole.then_some(Block { rows, otherwise: None, policy, exhaustive })
    }

    pub(super) fn unreachable(&mut self, at: Span, message: &str) {
        self.report.error::<()>(
            Problem::new("rule_set.unreachable", at, message).hint("move it up, or take it out"),
        );
    }

    /// Counts a row.
    pub(super) fn counted(&mut self, at: Span) -> Option<()> {
        self.rows += 1;
        if self.rows <= ROWS_MAX {
            return Some(());
        }
        // Said once.
        if self.rows == ROWS_MAX + 1 {
            let message = format!("more than {ROWS_MAX} rows");
            return self.report.error(Problem::new("rule_set.limit", at, message));
        }
        None
    }

    fn row(&mut self, node: &Node, environment: &Environment, policy: Policy, number: &str) -> Option<Row> {
        self.counted(node.span)?;
        let known = ["condition", "output", "value", "reason", "rule", "description"];
        let fields = Fields::read(node, &known, &mut self.report)?;
        let condition = match fields.get("condition") {
            None => Some(None),
            Some(_) => fields
                .scalar("condition", &mut self.report)
                .and_then(|scalar| {
                    let yes_or_no = environment.clone().returning(Type::Bool);
                    Some((scalar, self.expression(scalar, &yes_or_no)?))
                })
                .map(|(scalar, rule)| self.condition(scalar, rule, environment)),
        };
        let then = match fields.get("rule") {
            Some(_) if fields.get("output").is_some() || fields.get("value").is_some() => self.report.error(
                Problem::new("rule_set.value", node.span, "there are both an output and a rule")
                    .hint("the output belongs into the rule, or the rule into a row of its own"),
            ),
            Some(rule) => {
                self.block(rule, environment, policy, number).map(|block| Then::Rules(Box::new(block)))
            }
            None => self.consequence(&fields, environment).map(Then::Output),
        };
        let line = line(self.report.document, node.span);
        let conditions = condition?.into_iter().collect();
        Some(Row { number: number.to_owned(), line, conditions, then: then? })
    }

    /// A condition, unless it is the literal `true`, which is none.
    fn condition(
        &mut self,
        scalar: &Scalar,
        rule: Arc<dyn Rule>,
        environment: &Environment,
    ) -> Option<Arc<dyn Rule>> {
        if constant(&*rule) == Some(Datum::Bool(true)) {
            return None;
        }
        let told = match holds(&scalar.text, environment) {
            Ok(Holds::Never) => Some(("no record satisfies this", "take the row out if it is not to apply")),
            Ok(Holds::Always) => {
                Some(("every record satisfies this", "leave the condition out if that is meant"))
            }
            _ => None,
        };
        if let Some((message, hint)) = told {
            self.report.warn(Problem::new("rule_set.never", scalar.span, message).hint(hint));
        }
        Some(rule)
    }

    fn otherwise(&mut self, node: &Node, environment: &Environment) -> Option<Consequence> {
        let fields = Fields::read(node, &["output", "value", "reason"], &mut self.report)?;
        self.consequence(&fields, environment)
    }
}

/// The line of a place, counted from 1.
pub(super) fn line(document: &str, span: Span) -> usize {
    document.get(..span.start as usize).unwrap_or_default().matches('\n').count() + 1
}
