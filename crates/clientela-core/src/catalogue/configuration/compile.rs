//! A product read into clauses and bounds, each with the rule it was made from, and what is wrong with it.

use super::availability::{Availability, availability_environment};
use super::conflict::RuleSaid;
use super::definition::{
    ConfigurableProduct, ConfigurationRule, ConfigurationRuleKind as Kind, ProductOption,
};
use chrono::NaiveDate;
use clientela_analytics::satisfiability::{Answer, Budget, Literal, Settler, Solver, Variable};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, ValueError};
use clientela_rules::{CelEngine, Rule, RuleEngine};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The most options a product may have.
pub(super) const OPTIONS_MAX: usize = 20_000;
/// Contradictions spent on one question: far more than products of the trade need, and an end to those made to have none.
pub(super) const SEARCH: Budget = Budget(20_000);
/// The most findings that are told.
const FINDINGS_MAX: usize = 100;

/// One clause or bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Demand {
    Clause(Vec<Literal>),
    /// At most so many of these hold.
    AtMost(Vec<Literal>, u64),
}

impl Demand {
    pub(super) fn holds(&self, holds: impl Fn(Literal) -> bool) -> bool {
        match self {
            Self::Clause(literals) => literals.iter().any(|literal| holds(*literal)),
            Self::AtMost(literals, limit) => {
                literals.iter().filter(|literal| holds(**literal)).count() as u64 <= *limit
            }
        }
    }

    pub(super) fn add_to(&self, solver: &mut Solver, source: u32) {
        match self {
            Self::Clause(literals) => solver.add_clause(literals, source),
            Self::AtMost(literals, limit) => {
                let terms: Vec<(Literal, u64)> = literals.iter().map(|literal| (*literal, 1)).collect();
                solver.add_bound(&terms, *limit, source);
            }
        }
    }
}

/// What clauses were made from: a rule, a group, a package, an option's validity.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) said: RuleSaid,
    pub(super) demands: Vec<Demand>,
}

/// A product ready to be configured. It learns as it is asked, which changes no answer.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub(super) product: Arc<ConfigurableProduct>,
    pub(super) codes: HashMap<String, Variable>,
    pub(super) sources: Vec<Source>,
    pub(super) solver: Solver,
    /// Tells what is open, by what it has seen.
    pub(super) settler: Settler,
    /// By group with a value of one's own: the variable that stands for it.
    pub(super) custom: BTreeMap<String, Variable>,
    /// Options with markets or days, and the source that says so.
    pub(super) validities: Vec<(Variable, u32)>,
    /// Conditions with the options they are about.
    pub(super) conditions: Vec<(u32, Vec<Variable>, Arc<dyn Rule>)>,
    /// By option: what it comes with.
    pub(super) packages: Vec<Vec<Variable>>,
    pub(super) currency: Option<Currency>,
}

impl Compiled {
    /// Reads a product.
    ///
    /// # Errors
    /// All that is wrong with it, with places such as `rules[3].targets[0]`: codes used twice or not known, numbers that are
    /// missing, prices in different currencies, conditions that are no rules.
    pub fn new(product: ConfigurableProduct) -> Result<Self, Vec<ValueError>> {
        let product = Arc::new(product);
        let mut reading =
            Reading { product: &product, codes: HashMap::new(), found: Vec::new(), solver: Solver::new() };
        reading.options();
        let mut sources = Vec::new();
        let custom = reading.groups(&mut sources);
        let validities = reading.packages_and_validities(&mut sources);
        let conditions = reading.rules(&mut sources);
        let currency = product.options.iter().find_map(|option| option.price).map(|price| price.currency());
        let Reading { codes, found, mut solver, .. } = reading;
        if !found.is_empty() {
            return Err(found);
        }
        for (number, source) in sources.iter().enumerate() {
            source.demands.iter().for_each(|demand| demand.add_to(&mut solver, number_of(number)));
        }
        let packages = packages(&product, &codes);
        Ok(Self {
            settler: Settler::new(&solver),
            product,
            codes,
            sources,
            solver,
            custom,
            validities,
            conditions,
            packages,
            currency,
        })
    }

    /// The product it was made from.
    #[must_use]
    pub fn product(&self) -> &ConfigurableProduct {
        &self.product
    }

    /// What no configuration can be made of: that none is possible at all, with the rules that contradict each other, and the
    /// options that no configuration can have on any day in any market.
    #[must_use]
    pub fn findings(&mut self) -> Vec<ValueError> {
        let first = self.solver.solve(&[], SEARCH);
        if first == Answer::Unknown {
            let problem = "is too entangled: no configuration was found in the time there is";
            let error =
                ValueError::new("catalogue.too_hard", "product", problem, "fewer rules on the same options");
            return vec![error.at("rules")];
        }
        if let Answer::Refuted(clash) = first {
            let clash = self.smallest(clash, &Availability::default(), &[], None);
            let rules: Vec<&str> = clash.0.iter().map(|source| self.said(*source).code.as_str()).collect();
            let problem = format!("can never be configured: {} contradict each other", rules.join(", "));
            let error =
                ValueError::new("catalogue.contradiction", "product", problem, "rules that go together");
            return vec![error.at("rules")];
        }
        let open = Availability::default();
        let mut dead = Vec::new();
        for at in 0..self.product.options.len() {
            let option = Literal::yes(number_of(at));
            if self.settler.has_seen(option) {
                continue;
            }
            match self.solver.solve(&[option], SEARCH) {
                Answer::Satisfied(model) => self.settler.remember(model),
                Answer::Refuted(clash) => {
                    let (sources, _) = self.smallest(clash, &open, &[], Some(option));
                    let rules: Vec<&str> =
                        sources.iter().map(|source| self.said(*source).code.as_str()).collect();
                    let problem = format!("can never be chosen because of {}", rules.join(", "));
                    let error =
                        ValueError::new("catalogue.dead_option", "option", problem, "rules that allow it");
                    dead.push(error.at(format!("options[{at}]")));
                }
                Answer::Unknown => {}
            }
        }
        dead
    }

    pub(super) fn said(&self, source: u32) -> &RuleSaid {
        &self.sources[source as usize].said
    }

    pub(super) fn code(&self, variable: Variable) -> String {
        let option = self.product.options.get(variable as usize).map(|option| option.code.clone());
        option.unwrap_or_else(|| {
            let group = self.custom.iter().find(|(_, custom)| **custom == variable);
            group.map_or_else(String::new, |(group, _)| format!("{group}:custom"))
        })
    }
}

pub(super) fn number_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// By option: what it comes with, as packages and rules say.
fn packages(product: &ConfigurableProduct, codes: &HashMap<String, Variable>) -> Vec<Vec<Variable>> {
    let mut packages = vec![Vec::new(); product.options.len()];
    let mut add = |part: &String, package: Variable| {
        if let Some(variable) = codes.get(part) {
            packages[*variable as usize].push(package);
        }
    };
    for (at, option) in product.options.iter().enumerate() {
        option.includes.iter().for_each(|part| add(part, number_of(at)));
    }
    for rule in product.rules.iter().filter(|rule| rule.kind == Kind::IncludedBy) {
        let targets = rule.targets.iter().filter_map(|code| codes.get(code));
        targets.for_each(|package| rule.options.iter().for_each(|part| add(part, *package)));
    }
    packages
}

/// Days, written for people.
fn days(option: &ProductOption) -> String {
    let day = |day: Option<NaiveDate>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
    let markets: Vec<String> = option.markets.iter().map(ToString::to_string).collect();
    let markets = if markets.is_empty() { "all markets".to_owned() } else { markets.join(", ") };
    format!("{} is sold in {markets}, {} to {}", option.code, day(option.valid_from), day(option.valid_to))
}

struct Reading<'p> {
    product: &'p ConfigurableProduct,
    codes: HashMap<String, Variable>,
    found: Vec<ValueError>,
    solver: Solver,
}

impl Reading<'_> {
    fn refuse(&mut self, code: &'static str, what: &'static str, problem: &str, expected: &str, at: String) {
        if self.found.len() < FINDINGS_MAX {
            self.found.push(ValueError::new(code, what, problem, expected).at(at));
        }
    }

    fn options(&mut self) {
        if self.product.options.len() > OPTIONS_MAX {
            self.refuse(
                "catalogue.too_many",
                "options",
                "are too many",
                "at most 20000 options",
                "options".to_owned(),
            );
            return;
        }
        let mut currency = None;
        for (at, option) in self.product.options.iter().enumerate() {
            let variable = self.solver.add_variable();
            let field = |name: &str| format!("options[{at}].{name}");
            if option.code.trim().is_empty() || option.code.chars().count() > 120 {
                self.refuse(
                    "key.length",
                    "code",
                    "is empty or too long",
                    "1 to 120 characters",
                    field("code"),
                );
            }
            if self.codes.insert(option.code.clone(), variable).is_some() {
                self.refuse(
                    "catalogue.code_twice",
                    "code",
                    "is used twice",
                    "a code of its own",
                    field("code"),
                );
            }
            if option.popularity.is_some_and(|percent| percent > 100) {
                self.refuse(
                    "catalogue.popularity",
                    "popularity",
                    "is above 100",
                    "0 to 100",
                    field("popularity"),
                );
            }
            if let Some(price) = option.price {
                if *currency.get_or_insert(price.currency()) != price.currency() {
                    let what = "is in another currency than the prices before";
                    self.refuse(
                        "catalogue.currency",
                        "price",
                        what,
                        "one currency in a product",
                        field("price"),
                    );
                }
                if price.amount().abs() > Decimal::from(1_000_000_000) {
                    self.refuse(
                        "catalogue.price",
                        "price",
                        "is too large",
                        "at most 1000000000",
                        field("price"),
                    );
                }
            }
            let known = option
                .group
                .as_ref()
                .is_none_or(|group| self.product.groups.iter().any(|known| known.code == *group));
            if !known {
                self.refuse(
                    "catalogue.unknown_code",
                    "group",
                    "is not known",
                    "a group of the product",
                    field("group"),
                );
            }
        }
    }

    fn literals(&mut self, codes: &[String], at: &str) -> Vec<Literal> {
        let mut literals = Vec::with_capacity(codes.len());
        for (place, code) in codes.iter().enumerate() {
            match self.codes.get(code) {
                Some(variable) if literals.contains(&Literal::yes(*variable)) => self.refuse(
                    "catalogue.code_twice",
                    "code",
                    "is named twice",
                    "each option once",
                    format!("{at}[{place}]"),
                ),
                Some(variable) => literals.push(Literal::yes(*variable)),
                None => self.refuse(
                    "catalogue.unknown_code",
                    "option",
                    "is not known",
                    "an option of the product",
                    format!("{at}[{place}]"),
                ),
            }
        }
        literals
    }

    fn groups(&mut self, sources: &mut Vec<Source>) -> BTreeMap<String, Variable> {
        let mut custom = BTreeMap::new();
        let mut seen = HashSet::new();
        let mut members: HashMap<&str, Vec<(&str, Literal)>> = HashMap::new();
        for (at, option) in self.product.options.iter().enumerate() {
            if let Some(group) = &option.group {
                members.entry(group).or_default().push((&option.code, Literal::yes(number_of(at))));
            }
        }
        for (at, group) in self.product.groups.iter().enumerate() {
            let field = |name: &str| format!("groups[{at}].{name}");
            if group.code.trim().is_empty() || !seen.insert(&group.code) {
                self.refuse(
                    "catalogue.code_twice",
                    "code",
                    "is empty or used twice",
                    "a code of its own",
                    field("code"),
                );
            }
            if group.maximum.is_some_and(|most| most < group.minimum) {
                self.refuse(
                    "catalogue.limit",
                    "maximum",
                    "is below the minimum",
                    "at least the minimum",
                    field("maximum"),
                );
            }
            let of_group = members.remove(group.code.as_str()).unwrap_or_default();
            if group.default.as_ref().is_some_and(|code| of_group.iter().all(|(member, _)| member != code)) {
                let expected = "an option of the group";
                self.refuse(
                    "catalogue.unknown_code",
                    "default",
                    "is not of the group",
                    expected,
                    field("default"),
                );
            }
            let mut literals: Vec<Literal> = of_group.into_iter().map(|(_, literal)| literal).collect();
            if group.custom.is_some() {
                let variable = self.solver.add_variable();
                custom.insert(group.code.clone(), variable);
                literals.push(Literal::yes(variable));
            }
            let mut demands = at_least(&literals, group.minimum);
            if let Some(most) = group.maximum {
                demands.push(Demand::AtMost(literals, u64::from(most)));
            }
            if demands.is_empty() {
                continue;
            }
            let says = match (group.minimum, group.maximum) {
                (1, Some(1)) => format!("exactly one of the group {}", group.code),
                (least, Some(most)) => format!("{least} to {most} of the group {}", group.code),
                (least, None) => format!("at least {least} of the group {}", group.code),
            };
            sources.push(Source { said: RuleSaid::new(&group.code, "group", says), demands });
        }
        custom
    }

    fn packages_and_validities(&mut self, sources: &mut Vec<Source>) -> Vec<(Variable, u32)> {
        let mut validities = Vec::new();
        let product = self.product;
        for (at, option) in product.options.iter().enumerate() {
            let own = Literal::yes(number_of(at));
            if !option.includes.is_empty() {
                let parts = self.literals(&option.includes, &format!("options[{at}].includes"));
                let says = format!("{} brings {}", option.code, option.includes.join(", "));
                let demands = parts.into_iter().map(|part| Demand::Clause(vec![!own, part])).collect();
                sources.push(Source { said: RuleSaid::new(&option.code, "package", says), demands });
            }
            if option.valid_from.zip(option.valid_to).is_some_and(|(from, to)| to < from) {
                let at = format!("options[{at}].valid_to");
                self.refuse("date_range.reversed", "last day", "is before the first", "a later day", at);
            }
            if !option.markets.is_empty() || option.valid_from.is_some() || option.valid_to.is_some() {
                validities.push((own.variable(), number_of(sources.len())));
                let said = RuleSaid::new(&option.code, "validity", days(option));
                sources.push(Source { said, demands: Vec::new() });
            }
        }
        validities
    }

    fn rules(&mut self, sources: &mut Vec<Source>) -> Vec<(u32, Vec<Variable>, Arc<dyn Rule>)> {
        let mut conditions = Vec::new();
        let mut seen = HashSet::new();
        let product = self.product;
        for (at, rule) in product.rules.iter().enumerate() {
            let field = |name: &str| format!("rules[{at}].{name}");
            if rule.code.trim().is_empty() || !seen.insert(&rule.code) {
                self.refuse(
                    "catalogue.code_twice",
                    "code",
                    "is empty or used twice",
                    "a code of its own",
                    field("code"),
                );
            }
            let options = self.literals(&rule.options, &field("options"));
            let targets = self.literals(&rule.targets, &field("targets"));
            self.shape(rule, &field);
            let source = number_of(sources.len());
            if let Some(condition) = self.condition(rule, &field) {
                let variables = options.iter().map(|literal| literal.variable()).collect();
                conditions.push((source, variables, condition));
            }
            let said = RuleSaid::of(rule);
            sources.push(Source { said, demands: demands(rule, &options, &targets) });
        }
        conditions
    }

    /// What a rule of its kind must have.
    fn shape(&mut self, rule: &ConfigurationRule, field: &impl Fn(&str) -> String) {
        let needs_targets = matches!(rule.kind, Kind::Requires | Kind::IncludedBy);
        let may_have = needs_targets || rule.kind == Kind::Excludes;
        if rule.options.is_empty() {
            self.refuse("field.missing", "options", "are missing", "at least one option", field("options"));
        }
        if needs_targets && rule.targets.is_empty() {
            self.refuse("field.missing", "targets", "are missing", "at least one option", field("targets"));
        }
        if !may_have && !rule.targets.is_empty() {
            let expected = "targets of requires, excludes and included_by";
            self.refuse(
                "catalogue.not_of_kind",
                "targets",
                "are not of this kind of rule",
                expected,
                field("targets"),
            );
        }
        let counts = matches!(rule.kind, Kind::AtMost | Kind::AtLeast);
        if counts != rule.limit.is_some() {
            let expected = "a number for at_most and at_least, and for no other";
            self.refuse(
                "catalogue.limit",
                "limit",
                "is missing or not of this kind",
                expected,
                field("limit"),
            );
        }
        if rule.together && !matches!(rule.kind, Kind::Requires | Kind::Excludes) {
            let expected = "together of requires and excludes";
            self.refuse(
                "catalogue.not_of_kind",
                "together",
                "is not of this kind of rule",
                expected,
                field("together"),
            );
        }
        if rule.kind != Kind::AvailableIf && rule.condition.is_some() {
            let expected = "a condition of available_if";
            self.refuse(
                "catalogue.not_of_kind",
                "condition",
                "is not of this kind",
                expected,
                field("condition"),
            );
        }
    }

    fn condition(
        &mut self,
        rule: &ConfigurationRule,
        field: &impl Fn(&str) -> String,
    ) -> Option<Arc<dyn Rule>> {
        if rule.kind != Kind::AvailableIf {
            return None;
        }
        let text = rule.condition.as_deref().unwrap_or_default();
        CelEngine
            .compile(text, availability_environment())
            .map_err(|errors| {
                let expected = "a condition over market, date and attributes";
                self.refuse(
                    "catalogue.condition",
                    "condition",
                    &errors.to_string(),
                    expected,
                    field("condition"),
                );
            })
            .ok()
    }
}

fn at_least(literals: &[Literal], least: u32) -> Vec<Demand> {
    match (least, literals.len()) {
        (0, _) => Vec::new(),
        (1, _) => vec![Demand::Clause(literals.to_vec())],
        (least, count) if least as usize > count => vec![Demand::Clause(Vec::new())],
        (least, count) => {
            let others = literals.iter().map(|literal| !*literal).collect();
            vec![Demand::AtMost(others, count as u64 - u64::from(least))]
        }
    }
}

fn demands(rule: &ConfigurationRule, options: &[Literal], targets: &[Literal]) -> Vec<Demand> {
    let none_of = |options: &[Literal]| options.iter().map(|option| !*option).collect::<Vec<_>>();
    let pairs = |clause: fn(Literal, Literal) -> Vec<Literal>| -> Vec<Demand> {
        let pair = |option: &Literal| targets.iter().map(|target| (*option, *target)).collect::<Vec<_>>();
        options.iter().flat_map(pair).map(|(option, target)| Demand::Clause(clause(option, target))).collect()
    };
    match rule.kind {
        Kind::Requires if rule.together => {
            vec![Demand::Clause(none_of(options).into_iter().chain(targets.iter().copied()).collect())]
        }
        Kind::Requires => options
            .iter()
            .map(|option| Demand::Clause(std::iter::once(!*option).chain(targets.iter().copied()).collect()))
            .collect(),
        Kind::Excludes if rule.together && targets.is_empty() => vec![Demand::Clause(none_of(options))],
        Kind::Excludes if rule.together => targets
            .iter()
            .map(|target| Demand::Clause(none_of(options).into_iter().chain([!*target]).collect()))
            .collect(),
        Kind::Excludes if targets.is_empty() => vec![Demand::AtMost(options.to_vec(), 1)],
        Kind::Excludes => pairs(|option, target| vec![!option, !target]),
        Kind::OneOf => vec![Demand::Clause(options.to_vec()), Demand::AtMost(options.to_vec(), 1)],
        Kind::AtMost => vec![Demand::AtMost(options.to_vec(), u64::from(rule.limit.unwrap_or(0)))],
        Kind::AtLeast => at_least(options, rule.limit.unwrap_or(0)),
        Kind::IncludedBy => pairs(|option, target| vec![!target, option]),
        Kind::AvailableIf => Vec::new(),
    }
}

impl RuleSaid {
    fn of(rule: &ConfigurationRule) -> Self {
        let (options, targets) = (rule.options.join(", "), rule.targets.join(" or "));
        let limit = rule.limit.unwrap_or(0);
        let options = if rule.together { rule.options.join(" with ") } else { options };
        let says = match rule.kind {
            Kind::Requires => format!("{options} requires {targets}"),
            Kind::Excludes if rule.targets.is_empty() => format!("{options} do not go together"),
            Kind::Excludes => format!("{options} excludes {}", rule.targets.join(", ")),
            Kind::OneOf => format!("exactly one of {options}"),
            Kind::AtMost => format!("at most {limit} of {options}"),
            Kind::AtLeast => format!("at least {limit} of {options}"),
            Kind::IncludedBy => format!("{options} comes with {targets}"),
            Kind::AvailableIf => {
                format!("{options} only if {}", rule.condition.as_deref().unwrap_or_default())
            }
        };
        let mut said = Self::new(&rule.code, rule.kind.word(), says);
        said.reason = rule.reason.clone();
        said
    }
}
