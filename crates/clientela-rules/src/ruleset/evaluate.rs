//! What a rule set says of one record.

use super::bridge::{add, order};
use super::model::{Aggregate, Block, Consequence, Output, Part, Policy, Reason, Row, Then, Variable};
use super::{Decided, Decision, Explain, RuleSet};
use crate::datum::Datum;
use crate::engine::{Outcome, Reveal, Rule};
use crate::explain::WITHHELD;
use crate::facts::Facts;
use clientela_model::Why;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::sync::Arc;

/// The facts of a record, and the variables of the rule set over them, each computed once when first asked for.
pub(super) struct Scope<'a> {
    variables: &'a [Variable],
    facts: &'a dyn Facts,
    values: Vec<OnceCell<Datum>>,
}

impl<'a> Scope<'a> {
    fn new(variables: &'a [Variable], facts: &'a dyn Facts) -> Self {
        Self { variables, facts, values: variables.iter().map(|_| OnceCell::new()).collect() }
    }
}

impl Facts for Scope<'_> {
    fn variable(&self, name: &str) -> Option<Datum> {
        let found = self.variables.iter().zip(&self.values).find(|(variable, _)| variable.name == name);
        match found {
            // A variable speaks of those before it only, so it never asks for itself.
            Some((variable, value)) => {
                Some(value.get_or_init(|| value_of(&*variable.rule, self).unwrap_or(Datum::Null)).clone())
            }
            None => self.facts.variable(name),
        }
    }
}

fn value_of(rule: &dyn Rule, facts: &dyn Facts) -> Option<Datum> {
    match rule.decide(facts) {
        Outcome::True => Some(Datum::Bool(true)),
        Outcome::False => Some(Datum::Bool(false)),
        Outcome::Value(value) => Some(value),
        Outcome::Unknown => None,
    }
}

/// A row that applied, or what held otherwise.
struct Hit<'s> {
    /// The rows on the way, the outermost first; empty for what holds otherwise at the top.
    way: Vec<&'s Row>,
    otherwise: bool,
    consequence: &'s Consequence,
    /// The output; none if it cannot be told.
    value: Option<Datum>,
}

/// What happened on the way to a decision.
#[derive(Default)]
struct Trace<'s> {
    hits: Vec<Hit<'s>>,
    /// Rows that did not apply, and whether that is only because something could not be told.
    passed: Vec<(&'s Row, bool)>,
}

pub(super) fn decide(set: &RuleSet, facts: &dyn Facts) -> Decided {
    let scope = Scope::new(&set.variables, facts);
    let mut trace = Trace::default();
    walk(&set.block, &scope, &mut Vec::new(), &mut trace);
    combine(set, &trace)
}

pub(super) fn evaluate(set: &RuleSet, facts: &dyn Facts, explain: Explain) -> Decision {
    let scope = Scope::new(&set.variables, facts);
    let mut trace = Trace::default();
    walk(&set.block, &scope, &mut Vec::new(), &mut trace);
    let decided = combine(set, &trace);
    let why = Teller { set, scope: &scope, explain }.why(&trace, &decided);
    Decision { decided, why }
}

/// Whether all conditions of a row hold; unknown where one cannot be told and none fails.
fn holds(row: &Row, scope: &Scope<'_>) -> Option<bool> {
    let mut known = true;
    for condition in &row.conditions {
        match condition.decide(scope) {
            Outcome::True => {}
            Outcome::False => return Some(false),
            Outcome::Value(_) | Outcome::Unknown => known = false,
        }
    }
    known.then_some(true)
}

/// Whether the block answered.
fn walk<'s>(block: &'s Block, scope: &Scope<'_>, way: &mut Vec<&'s Row>, trace: &mut Trace<'s>) -> bool {
    let mut answered = false;
    for row in &block.rows {
        let held = holds(row, scope);
        if held != Some(true) {
            trace.passed.push((row, held.is_none()));
            continue;
        }
        way.push(row);
        let inner = match &row.then {
            Then::Output(consequence) => {
                trace.hits.push(hit(way, false, consequence, scope));
                true
            }
            Then::Rules(inner) => walk(inner, scope, way, trace),
        };
        way.pop();
        answered |= inner;
        // A nested block that has a condition answers for its row, also with nothing; one without only groups rows.
        if block.policy == Policy::First && (inner || !row.conditions.is_empty()) {
            return answered;
        }
    }
    if let (false, Some(consequence)) = (answered, &block.otherwise) {
        trace.hits.push(hit(way, true, consequence, scope));
        return true;
    }
    answered
}

fn hit<'s>(way: &[&'s Row], otherwise: bool, consequence: &'s Consequence, scope: &Scope<'_>) -> Hit<'s> {
    let value = match &consequence.output {
        Output::Constant(value) => Some(value.clone()),
        Output::Formula(rule) => value_of(&**rule, scope),
    };
    Hit { way: way.to_vec(), otherwise, consequence, value }
}

fn combine(set: &RuleSet, trace: &Trace<'_>) -> Decided {
    let element =
        |value: &Datum| value.clone().fit(&set.output, &String::new).unwrap_or_else(|_| value.clone());
    let Some(values) =
        trace.hits.iter().map(|hit| hit.value.as_ref().map(element)).collect::<Option<Vec<Datum>>>()
    else {
        return Decided::Unknown;
    };
    let by_otherwise = matches!(trace.hits.as_slice(), [only] if only.otherwise);
    match set.block.policy {
        Policy::Every | Policy::Collect(Aggregate::List) if values.is_empty() => Decided::NoMatch,
        Policy::Every | Policy::Collect(Aggregate::List) => Decided::Values(values),
        Policy::Collect(aggregate) if !by_otherwise => put_together(aggregate, &values),
        // More than one answer where there must be one is none.
        _ if values.len() > 1 => Decided::Unknown,
        _ => values.into_iter().next().map_or(Decided::NoMatch, Decided::Value),
    }
}

fn put_together(aggregate: Aggregate, values: &[Datum]) -> Decided {
    let extreme = |wanted: Ordering| {
        let mut best = values.first()?.clone();
        for value in values {
            if order(value, &best)? == wanted {
                best = value.clone();
            }
        }
        Some(best)
    };
    let whole = match aggregate {
        Aggregate::Count => i64::try_from(values.len()).ok().map(Datum::Int),
        _ if values.is_empty() => return Decided::NoMatch,
        Aggregate::Sum => values.iter().try_fold(Datum::Int(0), |sum, value| add(&sum, value)),
        Aggregate::Min => extreme(Ordering::Less),
        Aggregate::Max => extreme(Ordering::Greater),
        Aggregate::List => return Decided::Values(values.to_vec()),
    };
    whole.map_or(Decided::Unknown, Decided::Value)
}

/// Says why.
struct Teller<'a> {
    set: &'a RuleSet,
    scope: &'a Scope<'a>,
    explain: Explain,
}

impl Teller<'_> {
    fn why(&self, trace: &Trace<'_>, decided: &Decided) -> Why {
        let outcome = match decided {
            Decided::NoMatch => "no row applies".to_owned(),
            Decided::Unknown if trace.hits.iter().all(|hit| hit.value.is_some()) => {
                "several rows apply".to_owned()
            }
            Decided::Unknown => "unknown".to_owned(),
            Decided::Value(value) if self.may_show(trace) => value.to_string(),
            Decided::Values(values) if self.may_show(trace) => {
                values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            Decided::Value(_) | Decided::Values(_) => WITHHELD.to_owned(),
        };
        let mut why = Why::new("rule_set.decided")
            .fact("rule_set", &self.set.name)
            .fact("version", self.set.version)
            .fact("outcome", outcome);
        for hit in &trace.hits {
            why = why.because(self.hit(hit));
        }
        for (row, unknown) in &trace.passed {
            if *unknown || self.explain.passed_over {
                let reason = if *unknown { "rule_set.undecided" } else { "rule_set.passed_over" };
                why = why.because(self.conditions(self.row(reason, row), row));
            }
        }
        why
    }

    fn row(&self, reason: &'static str, row: &Row) -> Why {
        Why::new(reason).fact("row", &row.number).fact("line", row.line)
    }

    fn hit(&self, hit: &Hit<'_>) -> Why {
        let mut why = match hit.way.last() {
            Some(row) if !hit.otherwise => self.row("rule_set.row", row),
            Some(row) => self.row("rule_set.otherwise", row),
            None => Why::new("rule_set.otherwise"),
        };
        why = why.fact("output", self.shown(&hit.consequence.output, hit.value.as_ref()));
        if let Some(reason) = &hit.consequence.reason {
            why = why.because(self.reason(reason));
        }
        for row in &hit.way {
            why = self.conditions(why, row);
        }
        match (&hit.consequence.output, &hit.value) {
            (Output::Formula(rule), None) => why.because(rule.evaluate(self.scope, self.explain.reveal).why),
            _ => why,
        }
    }

    /// The conditions of a row with the values they saw, and the variables behind them. Of a row that does not apply,
    /// only what decided.
    fn conditions(&self, mut why: Why, row: &Row) -> Why {
        let held = holds(row, self.scope);
        for condition in &row.conditions {
            let verdict = condition.evaluate(self.scope, self.explain.reveal);
            let decided = match held {
                Some(true) => true,
                Some(false) => verdict.outcome == Outcome::False,
                None => verdict.outcome == Outcome::Unknown,
            };
            if decided {
                why = self.variables(why.because(verdict.why), condition);
            }
        }
        why
    }

    fn variables(&self, mut why: Why, rule: &Arc<dyn Rule>) -> Why {
        for variable in &self.set.variables {
            let used = rule.reads().iter().any(|path| super::compile::head(&path.text) == variable.name);
            let told = why.because.iter().any(|because| {
                because.reason == "rule_set.variable"
                    && because.facts.first().is_some_and(|fact| fact.value == variable.name)
            });
            if used && !told {
                let behind = variable.rule.evaluate(self.scope, self.explain.reveal).why;
                why = why.because(Why::new("rule_set.variable").fact("name", &variable.name).because(behind));
            }
        }
        why
    }

    fn reason(&self, reason: &Reason) -> Why {
        match reason {
            Reason::Text(_) => Why::new("rule_set.reason").fact("reason", self.sentence(reason)),
            Reason::Key(key, figures) => figures
                .iter()
                .fold(Why::new(key.clone()), |why, (name, rule)| why.fact(name.clone(), self.figure(rule))),
        }
    }

    fn sentence(&self, reason: &Reason) -> String {
        match reason {
            Reason::Text(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Words(words) => words.clone(),
                    Part::Figure(rule) => self.figure(rule),
                })
                .collect(),
            Reason::Key(key, _) => key.clone(),
        }
    }

    fn figure(&self, rule: &Arc<dyn Rule>) -> String {
        if self.hides(rule) {
            return WITHHELD.to_owned();
        }
        value_of(&**rule, self.scope).map_or_else(|| "unknown".to_owned(), |value| value.to_string())
    }

    fn shown(&self, output: &Output, value: Option<&Datum>) -> String {
        match (output, value) {
            (_, None) => "unknown".to_owned(),
            (Output::Formula(rule), Some(_)) if self.hides(rule) => WITHHELD.to_owned(),
            (_, Some(value)) => value.to_string(),
        }
    }

    fn may_show(&self, trace: &Trace<'_>) -> bool {
        trace.hits.iter().all(|hit| match &hit.consequence.output {
            Output::Constant(_) => true,
            Output::Formula(rule) => !self.hides(rule),
        })
    }

    fn hides(&self, rule: &Arc<dyn Rule>) -> bool {
        let Reveal { personal, confidential } = self.explain.reveal;
        rule.reads().iter().any(|path| (path.personal && !personal) || (path.confidential && !confidential))
    }
}

/// The number of the row that answered, and the reason it gives.
pub(super) fn answered(set: &RuleSet, facts: &dyn Facts) -> (String, Option<String>) {
    let scope = Scope::new(&set.variables, facts);
    let mut trace = Trace::default();
    walk(&set.block, &scope, &mut Vec::new(), &mut trace);
    let explain = Explain { reveal: Reveal::ALL, passed_over: false };
    let teller = Teller { set, scope: &scope, explain };
    let Some(hit) = trace.hits.first() else { return ("no row".to_owned(), None) };
    let row = match hit.way.last() {
        Some(row) if !hit.otherwise => format!("row {}", row.number),
        _ => "what holds otherwise".to_owned(),
    };
    (row, hit.consequence.reason.as_ref().map(|reason| teller.sentence(reason)))
}
