//! Puts rules together for one population: fields become columns, parts that rules share are computed once.

mod levels;
mod numbers;
mod places;

use crate::column::{Column, Values};
use crate::error::ColumnsError;
use crate::limit::Limit;
use crate::program::{
    ColumnId, Counted, Domain, DomainId, Mask, MaskId, Number, NumberId, Operation, Program, Shared,
    TextCheck,
};
use crate::records::{Children, Population, Records};
use crate::rows::{Places, RowRule};
use clientela_rules::plan::{
    Comparison, Condition, Exact, FieldKind, Floating, Id, Known, List, Place, Plan, Quantifier, Text,
    TextTest, Whole,
};
use clientela_rules::{Datum, Environment, Facts, Rule};
use levels::{level_of, lifted};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;

/// Why an operation could not be made.
enum Fail {
    /// Columns cannot say it: it is run row by row.
    ByRow,
    /// Columns cannot say it, nor can a row by itself: it stands within a loop that does not matter to it, and was taken
    /// out of it. The loop is run row by row.
    Outside,
    /// It is wrong.
    Wrong(ColumnsError),
}

impl From<ColumnsError> for Fail {
    fn from(error: ColumnsError) -> Self {
        Self::Wrong(error)
    }
}

type Made<T> = Result<T, Fail>;

/// What is known before the first row: the caller's variables, and columns without gaps.
struct Beforehand<'a> {
    plan: &'a Plan,
    places: &'a Places,
}

impl Beforehand<'_> {
    /// The name of the caller's variable a field starts from; none for a field of the records.
    fn variable(&self, field: usize) -> Option<&str> {
        let number = self.plan.fields.get(field)?.variable?;
        let variable = self.plan.variables.get(number)?;
        (!stands_for(&self.places.population, variable)).then_some(variable)
    }
}

impl Known for Beforehand<'_> {
    fn value(&self, field: usize) -> Option<Datum> {
        let variable = self.variable(field)?;
        let field = self.plan.fields.get(field)?;
        let start = self.places.constants.variable(variable).unwrap_or(Datum::Null);
        Some(field.steps.iter().fold(start, |value, step| match value {
            Datum::Record(row) => row.get(&step.name).clone(),
            _ => Datum::Null,
        }))
    }

    fn unbound(&self, field: usize) -> bool {
        let variable = self.variable(field);
        variable.is_some_and(|variable| self.places.constants.variable(variable).is_none())
    }

    fn always(&self, field: usize) -> bool {
        self.places.fields.get(field).is_some_and(|column| column.always())
    }

    fn listed(&self, table: usize) -> bool {
        let children = self.places.tables.get(table).and_then(Option::as_ref);
        children.is_some_and(|children| children.having().is_none())
    }
}

/// Whether a variable is the record, or a field of it.
fn stands_for(population: &Population, variable: &str) -> bool {
    match population.variable() {
        Some(name) => name == variable,
        None => {
            let records = population.records();
            let within = |name: &str| {
                name == variable || name.strip_prefix(variable).is_some_and(|rest| rest.starts_with('.'))
            };
            records.columns().any(|(name, _)| within(name))
                || records.children().any(|(name, _)| within(name))
        }
    }
}

/// Counts up to this are not counted out: the children of each row are gone through so many times at once.
const COUNTED_MAX: i64 = 8;

/// Rules being put together.
pub(crate) struct Assembly {
    population: Population,
    environment: Arc<Environment>,
    constants: Arc<dyn Facts + Send + Sync>,
    program: Program,
    known_masks: HashMap<Operation<Mask>, MaskId>,
    known_numbers: HashMap<Operation<Number>, NumberId>,
}

/// One rule's fields and lists, and the rows its loops go through.
struct Scope {
    places: Arc<Places>,
    columns: Vec<ColumnId>,
}

impl Assembly {
    pub(crate) fn new(
        population: &Population,
        environment: Arc<Environment>,
        constants: Arc<dyn Facts + Send + Sync>,
    ) -> Self {
        let program = Program {
            domains: vec![Domain { above: None }],
            columns: Vec::new(),
            masks: Vec::new(),
            numbers: Vec::new(),
            by_row: Vec::new(),
            outcomes: Vec::new(),
            dear: Vec::new(),
            whole: Vec::new(),
            limits: Vec::new(),
        };
        Self {
            population: population.clone(),
            environment,
            constants,
            program,
            known_masks: HashMap::new(),
            known_numbers: HashMap::new(),
        }
    }

    pub(crate) fn finish(mut self) -> Program {
        self.program.weigh();
        self.program
    }

    /// Adds a rule.
    pub(crate) fn rule(&mut self, rule: &dyn Rule) -> Result<(), ColumnsError> {
        let plan = rule.plan();
        let scope = self.scope(plan)?;
        self.outcome(plan, &scope, &plan.condition())
    }

    /// Adds each part of a conjunction by itself.
    pub(crate) fn parts(&mut self, rule: &dyn Rule) -> Result<(), ColumnsError> {
        let plan = rule.plan();
        let scope = self.scope(plan)?;
        match plan.condition() {
            Condition::All(parts) => parts.iter().try_for_each(|part| self.outcome(plan, &scope, part)),
            whole => self.outcome(plan, &scope, &whole),
        }
    }

    fn outcome(&mut self, plan: &Plan, scope: &Scope, condition: &Condition) -> Result<(), ColumnsError> {
        let condition = plan.bound(condition, &Beforehand { plan, places: &scope.places });
        let outcome = match self.condition(scope, &condition, &[0]) {
            Ok(mask) => mask,
            Err(Fail::Wrong(error)) => return Err(error),
            Err(Fail::ByRow | Fail::Outside) => self.by_row(scope, &condition),
        };
        self.program.outcomes.push(outcome);
        self.program.limits.push(Limit::of(plan, &scope.places));
        self.program.whole.push(RowRule { condition, places: Arc::clone(&scope.places) });
        Ok(())
    }

    fn mask(&mut self, domain: DomainId, work: Mask) -> MaskId {
        let operation = Operation { domain, work };
        if let Some(known) = self.known_masks.get(&operation) {
            return *known;
        }
        self.program.masks.push(operation.clone());
        self.known_masks.insert(operation, self.program.masks.len() - 1);
        self.program.masks.len() - 1
    }

    fn number(&mut self, domain: DomainId, work: Number) -> NumberId {
        let operation = Operation { domain, work };
        if let Some(known) = self.known_numbers.get(&operation) {
            return *known;
        }
        self.program.numbers.push(operation.clone());
        self.known_numbers.insert(operation, self.program.numbers.len() - 1);
        self.program.numbers.len() - 1
    }

    fn by_row(&mut self, scope: &Scope, condition: &Condition) -> MaskId {
        self.program.by_row.push(RowRule { condition: condition.clone(), places: Arc::clone(&scope.places) });
        let number = self.program.by_row.len() - 1;
        self.mask(0, Mask::ByRow(number))
    }

    fn domain(&mut self, above: DomainId, children: &Arc<Children>) -> DomainId {
        let same = |domain: &Domain| {
            domain.above.as_ref().is_some_and(|(id, known)| *id == above && Arc::ptr_eq(known, children))
        };
        match self.program.domains.iter().position(same) {
            Some(id) => id,
            None => {
                self.program.domains.push(Domain { above: Some((above, Arc::clone(children))) });
                self.program.domains.len() - 1
            }
        }
    }

    fn column_at(&self, scope: &Scope, place: Place) -> Made<(ColumnId, Arc<Column>)> {
        let id = *scope.columns.get(usize::from(place.field)).ok_or(Fail::ByRow)?;
        Ok((id, self.program.columns.get(id).cloned().ok_or(Fail::ByRow)?))
    }

    /// Brings what is said of a row above down to the rows of a domain.
    fn down(&mut self, mut mask: MaskId, from: usize, domains: &[DomainId]) -> MaskId {
        for domain in domains.iter().skip(from + 1) {
            mask = self.mask(*domain, Mask::Above(mask));
        }
        mask
    }

    fn number_down(&mut self, mut number: NumberId, from: usize, domains: &[DomainId]) -> NumberId {
        for domain in domains.iter().skip(from + 1) {
            number = self.number(*domain, Number::Above(number));
        }
        number
    }

    /// A condition about the rows of the last of these domains; the domains are those of the loops around it.
    fn condition(&mut self, scope: &Scope, condition: &Condition, domains: &[DomainId]) -> Made<MaskId> {
        let level = level_of(condition);
        let depth = domains.len() - 1;
        // What is the same for all rows is the same here: nothing has to be brought down.
        if level < depth && !matches!(condition, Condition::Constant(_)) {
            let inner = self.here(scope, condition, domains.get(..=level).unwrap_or(domains))?;
            return Ok(self.down(inner, level, domains));
        }
        self.here(scope, condition, domains)
    }

    /// The same, for a condition about this row and not only rows above.
    fn here(&mut self, scope: &Scope, condition: &Condition, domains: &[DomainId]) -> Made<MaskId> {
        let made = self.said(scope, condition, domains);
        match made {
            // Outside of loops what columns cannot say is run row by row; inside the whole loop is.
            Err(Fail::ByRow) if domains.len() == 1 => Ok(self.by_row(scope, condition)),
            made => made,
        }
    }

    fn said(&mut self, scope: &Scope, condition: &Condition, domains: &[DomainId]) -> Made<MaskId> {
        let domain = *domains.last().ok_or(Fail::ByRow)?;
        let work = match condition {
            Condition::Constant(value) => Mask::Constant(*value),
            Condition::Field(place) => {
                // A column without values too: what is null, and not unknown, equals null.
                Mask::Flag(self.column_at(scope, *place)?.0)
            }
            Condition::Present(place) => {
                let (id, column) = self.column_at(scope, *place)?;
                match (&column.values, &column.valid) {
                    (Values::Missing, _) => Mask::Constant(Some(false)),
                    (_, None) => Mask::Constant(Some(true)),
                    _ => Mask::Present(id),
                }
            }
            Condition::Not(part) => Mask::Not(self.condition(scope, part, domains)?),
            Condition::All(parts) => Mask::All(self.parts_of(scope, parts, domains)?),
            Condition::Any(parts) => Mask::Any(self.parts_of(scope, parts, domains)?),
            Condition::Choice(parts) => {
                let [one, two, three] = &**parts;
                Mask::Choice([
                    self.condition(scope, one, domains)?,
                    self.condition(scope, two, domains)?,
                    self.condition(scope, three, domains)?,
                ])
            }
            Condition::Same(parts) => {
                let [one, two] = &**parts;
                // What a choice leaves missing is null there, which masks do not tell from unknown.
                if parts.iter().any(|part| matches!(part, Condition::Choice(_))) {
                    return Err(Fail::ByRow);
                }
                Mask::Same([self.condition(scope, one, domains)?, self.condition(scope, two, domains)?])
            }
            Condition::Whole(comparison, one, two) => match (one, two) {
                (Whole::Field(place), Whole::Constant(Some(constant))) => {
                    self.field_against(scope, *comparison, *place, *constant)?
                }
                (Whole::Constant(Some(constant)), Whole::Field(place)) => {
                    self.field_against(scope, comparison.mirrored(), *place, *constant)?
                }
                (Whole::Count(list, filter), Whole::Constant(Some(constant @ 0..=COUNTED_MAX))) => {
                    self.counted_against(scope, *comparison, *list, filter.as_deref(), *constant, domains)?
                }
                (Whole::Constant(Some(constant @ 0..=COUNTED_MAX)), Whole::Count(list, filter)) => {
                    let comparison = comparison.mirrored();
                    self.counted_against(scope, comparison, *list, filter.as_deref(), *constant, domains)?
                }
                _ => Mask::Numbers(
                    *comparison,
                    [self.whole(scope, one, domains)?, self.whole(scope, two, domains)?],
                ),
            },
            Condition::WholeIn(one, these) => {
                Mask::NumberIn(self.whole(scope, one, domains)?, Arc::clone(these))
            }
            Condition::Decimal(comparison, one, two) => {
                self.decimals(scope, *comparison, one, two, domains)?
            }
            Condition::DecimalIn(one, these) => {
                let (number, scale) = self.exact(scope, one, domains)?;
                let mut digits: Vec<i64> =
                    these.iter().filter_map(|these| digits_at(*these, scale)).collect();
                digits.sort_unstable();
                Mask::NumberIn(number, digits.into())
            }
            Condition::Double(comparison, Floating::Field(place), Floating::Constant(Some(bits))) => {
                let (id, _) = self.column_at(scope, *place)?;
                Mask::Double(*comparison, id, bits.0.to_bits())
            }
            Condition::Double(comparison, Floating::Constant(Some(bits)), Floating::Field(place)) => {
                let (id, _) = self.column_at(scope, *place)?;
                Mask::Double(comparison.mirrored(), id, bits.0.to_bits())
            }
            Condition::Text(comparison, Text::Field(place), Text::Constant(text)) => {
                self.text(scope, *place, TextCheck::Compare(*comparison, Arc::clone(text)))?
            }
            Condition::Text(comparison, Text::Constant(text), Text::Field(place)) => {
                self.text(scope, *place, TextCheck::Compare(comparison.mirrored(), Arc::clone(text)))?
            }
            Condition::TextIn(Text::Field(place), these) => {
                self.text(scope, *place, TextCheck::In(Arc::clone(these)))?
            }
            Condition::TextLike(Text::Field(place), test) => {
                self.text(scope, *place, TextCheck::Like(test.clone()))?
            }
            Condition::Id(equal, Id::Field(place), Id::Constant(id))
            | Condition::Id(equal, Id::Constant(id), Id::Field(place)) => {
                let (column, _) = self.column_at(scope, *place)?;
                Mask::Ids(column, Arc::from([*id]), *equal)
            }
            Condition::IdIn(Id::Field(place), these) => {
                let (column, _) = self.column_at(scope, *place)?;
                Mask::Ids(column, Arc::clone(these), true)
            }
            Condition::Loop(quantifier, list, body) => {
                let made = self.quantified(scope, *quantifier, *list, body, domains);
                within(*list, domains, made)?
            }
            _ => return Err(Fail::ByRow),
        };
        Ok(self.mask(domain, work))
    }

    fn parts_of(&mut self, scope: &Scope, parts: &[Condition], domains: &[DomainId]) -> Made<Vec<MaskId>> {
        let mut made = Vec::with_capacity(parts.len());
        for part in parts {
            let part = self.condition(scope, part, domains)?;
            if !made.contains(&part) {
                made.push(part);
            }
        }
        made.sort_by_key(|part| self.program.cost(*part));
        Ok(made)
    }

    /// How many entries a list has, against a small number: none is counted beyond it.
    fn counted_against(
        &mut self,
        scope: &Scope,
        comparison: Comparison,
        list: List,
        filter: Option<&Condition>,
        count: i64,
        domains: &[DomainId],
    ) -> Made<Mask> {
        let (below, filter) = self.counted(scope, list, filter, domains)?;
        let count = u32::try_from(count).map_err(|_| Fail::ByRow)?;
        Ok(Mask::Counted(Counted { comparison, below, filter, count }))
    }

    /// The rows of a list and which of them count.
    fn counted(
        &mut self,
        scope: &Scope,
        list: List,
        filter: Option<&Condition>,
        domains: &[DomainId],
    ) -> Made<(DomainId, Option<MaskId>)> {
        let below = self.below(scope, list, domains)?;
        let mut inside = domains.to_vec();
        inside.push(below);
        let filter = filter.map(|filter| self.condition(scope, filter, &inside)).transpose();
        Ok((below, within(list, domains, filter)?))
    }

    /// A column of whole numbers against a number.
    fn field_against(
        &mut self,
        scope: &Scope,
        comparison: Comparison,
        place: Place,
        constant: i64,
    ) -> Made<Mask> {
        let (id, column) = self.column_at(scope, place)?;
        Ok(match &column.values {
            Values::Missing => missing_mask(comparison),
            Values::Whole(_) => Mask::Number(comparison, id, constant),
            _ => return Err(Fail::ByRow),
        })
    }

    fn decimals(
        &mut self,
        scope: &Scope,
        comparison: Comparison,
        one: &Exact,
        two: &Exact,
        domains: &[DomainId],
    ) -> Made<Mask> {
        if let (Exact::Field(place), Exact::Constant(Some(constant))) = (one, two) {
            return self.decimal_against(scope, comparison, *place, *constant);
        }
        if let (Exact::Constant(Some(constant)), Exact::Field(place)) = (one, two) {
            return self.decimal_against(scope, comparison.mirrored(), *place, *constant);
        }
        let (one, one_scale) = self.exact(scope, one, domains)?;
        let (two, two_scale) = self.exact(scope, two, domains)?;
        let scale = one_scale.max(two_scale);
        let domain = *domains.last().ok_or(Fail::ByRow)?;
        let one = self.rescaled(domain, one, one_scale, scale)?;
        let two = self.rescaled(domain, two, two_scale, scale)?;
        Ok(Mask::Numbers(comparison, [one, two]))
    }

    /// A column of decimals against a decimal: the decimal is brought to the column's digits, never the column.
    fn decimal_against(
        &mut self,
        scope: &Scope,
        comparison: Comparison,
        place: Place,
        constant: Decimal,
    ) -> Made<Mask> {
        let (id, column) = self.column_at(scope, place)?;
        let scale = match &column.values {
            Values::Missing => return Ok(missing_mask(comparison)),
            Values::Decimals(_, scale) => *scale,
            Values::Whole(_) => 0,
            _ => return Err(Fail::ByRow),
        };
        if let Some(digits) = digits_at(constant, scale) {
            return Ok(Mask::Number(comparison, id, digits));
        }
        // The constant lies between two numbers the column can hold, or beyond all.
        let floor = floor_at(constant, scale).ok_or(Fail::ByRow)?;
        Ok(match comparison {
            Comparison::Equal => Mask::Number(Comparison::Equal, id, i64::MIN),
            Comparison::NotEqual => Mask::Number(Comparison::NotEqual, id, i64::MIN),
            Comparison::Less | Comparison::AtMost => Mask::Number(Comparison::AtMost, id, floor),
            Comparison::Greater | Comparison::AtLeast => Mask::Number(Comparison::Greater, id, floor),
        })
    }

    fn text(&mut self, scope: &Scope, place: Place, check: TextCheck) -> Made<Mask> {
        let (id, column) = self.column_at(scope, place)?;
        let missing = check.missing();
        Ok(match &column.values {
            Values::Missing => Mask::Constant(missing),
            Values::Words(_, words) => {
                let truth: Vec<bool> = words.iter().map(|word| check.holds(word)).collect();
                // A single word is found by its code.
                Mask::Words(id, truth.into(), missing)
            }
            Values::Texts(_) => Mask::Text(id, check),
            _ => return Err(Fail::ByRow),
        })
    }

    /// The rows of a list that belongs to the row of the innermost loop.
    fn below(&mut self, scope: &Scope, list: List, domains: &[DomainId]) -> Made<DomainId> {
        if usize::from(list.level) != domains.len() - 1 {
            return Err(Fail::ByRow);
        }
        let above = *domains.last().ok_or(Fail::ByRow)?;
        let children = scope.places.tables.get(usize::from(list.table)).and_then(Option::as_ref);
        let children = Arc::clone(children.ok_or(Fail::ByRow)?);
        Ok(self.domain(above, &children))
    }

    fn quantified(
        &mut self,
        scope: &Scope,
        quantifier: Quantifier,
        list: List,
        body: &Condition,
        domains: &[DomainId],
    ) -> Made<Mask> {
        if usize::from(list.level) + 1 == domains.len() - 1 && quantifier == Quantifier::Some {
            return self.shared(scope, list, body, domains);
        }
        let below = self.below(scope, list, domains)?;
        let mut inside = domains.to_vec();
        inside.push(below);
        let body = self.condition(scope, body, &inside)?;
        Ok(Mask::Loop(quantifier, below, body))
    }

    /// `others.exists(other, other.word == this.word && filter)` inside a loop over another list of the same record.
    fn shared(&mut self, scope: &Scope, list: List, body: &Condition, domains: &[DomainId]) -> Made<Mask> {
        let here = u8::try_from(domains.len() - 1).map_err(|_| Fail::ByRow)?;
        let conjuncts = match body {
            Condition::All(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let pair = |condition: &Condition| match condition {
            Condition::Text(Comparison::Equal, Text::Field(one), Text::Field(two)) => {
                match (one.level, two.level) {
                    (this, other) if this == here && other == here + 1 => Some((*one, *two)),
                    (other, this) if this == here && other == here + 1 => Some((*two, *one)),
                    _ => None,
                }
            }
            _ => None,
        };
        let (number, (this, other)) = conjuncts
            .iter()
            .enumerate()
            .find_map(|(number, condition)| Some((number, pair(condition)?)))
            .ok_or(Fail::ByRow)?;
        let above = domains.get(..domains.len() - 1).unwrap_or_default();
        let others = self.below(scope, list, above)?;
        let rest: Vec<Condition> = conjuncts
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != number)
            .map(|(_, condition)| lifted(condition, here).ok_or(Fail::ByRow))
            .collect::<Made<_>>()?;
        let filter = if rest.is_empty() {
            None
        } else {
            let mut inside = above.to_vec();
            inside.push(others);
            Some(self.condition(scope, &Condition::All(rest), &inside)?)
        };
        let ((word, this), (other_word, other)) =
            (self.column_at(scope, this)?, self.column_at(scope, other)?);
        let (bits, other_bits) = word_bits(&this, &other).ok_or(Fail::ByRow)?;
        Ok(Mask::Shared(Box::new(Shared { word, bits, others, other_word, other_bits, filter })))
    }
}

/// A loop that was taken out of another counts its entries as if it still stood there, so a row cannot run it by itself.
fn within<T>(list: List, domains: &[DomainId], made: Made<T>) -> Made<T> {
    let moved = usize::from(list.depth) != domains.len();
    made.map_err(|fail| match fail {
        Fail::ByRow if moved => Fail::Outside,
        Fail::Outside if !moved => Fail::ByRow,
        fail => fail,
    })
}

impl TextCheck {
    /// Whether a text satisfies it.
    pub(crate) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Compare(comparison, other) => comparison.holds(text.cmp(other)),
            Self::In(these) => these.binary_search_by(|word| (**word).cmp(text)).is_ok(),
            Self::Like(test) => test.holds(text),
        }
    }

    /// What is said of a row without text: null equals no text; it has no order and looks like nothing.
    pub(crate) const fn missing(&self) -> Option<bool> {
        match self {
            Self::Compare(Comparison::Equal, _) | Self::In(_) => Some(false),
            Self::Compare(Comparison::NotEqual, _) => Some(true),
            Self::Compare(..) | Self::Like(TextTest::Contains(_)) | Self::Like(_) => None,
        }
    }
}

/// What a comparison says of a column that is missing altogether.
const fn missing_mask(comparison: Comparison) -> Mask {
    Mask::Constant(match comparison {
        Comparison::Equal => Some(false),
        Comparison::NotEqual => Some(true),
        _ => None,
    })
}

/// A decimal as digits of a column of that scale, if it is one of its numbers.
fn digits_at(number: Decimal, scale: u32) -> Option<i64> {
    let number = number.normalize();
    let missing = scale.checked_sub(number.scale())?;
    let digits = number.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    // The smallest number stands for "none" above.
    i64::try_from(digits).ok().filter(|digits| *digits != i64::MIN)
}

/// The largest number of a column of that scale that is not above a decimal.
fn floor_at(number: Decimal, scale: u32) -> Option<i64> {
    let number = number.normalize();
    let digits = if number.scale() <= scale {
        number.mantissa().checked_mul(10_i128.checked_pow(scale - number.scale())?)?
    } else {
        number.mantissa().div_euclid(10_i128.checked_pow(number.scale() - scale)?)
    };
    let bounded = digits.clamp(i128::from(i64::MIN) + 1, i128::from(i64::MAX));
    i64::try_from(bounded).ok()
}

/// The bit of each word of a column.
type WordBits = Arc<[u64]>;

/// The bit of each word of two columns, if they share at most 64.
fn word_bits(this: &Column, other: &Column) -> Option<(WordBits, WordBits)> {
    // A row without a word equals one without: left to the row.
    if this.valid.is_some() && other.valid.is_some() {
        return None;
    }
    let (Values::Words(_, words), Values::Words(_, others)) = (&this.values, &other.values) else {
        return None;
    };
    if others.len() > 64 {
        return None;
    }
    let bit = |word: &Arc<str>| others.iter().position(|other| other == word).map_or(0, |bit| 1 << bit);
    Some((words.iter().map(bit).collect(), others.iter().map(bit).collect()))
}

fn missing(path: &str, records: &Records) -> ColumnsError {
    let mut names: Vec<&str> = records.columns().map(|(name, _)| name).collect();
    names.extend(records.children().map(|(name, _)| name));
    names.truncate(24);
    ColumnsError::MissingField { path: path.to_owned(), hint: format!("there are {}", names.join(", ")) }
}

const fn kind_of(column: &Column) -> &'static str {
    match &column.values {
        Values::Missing => "nothing",
        Values::Flags(_) => "yes or no",
        Values::Whole(_) => "whole numbers, dates or instants",
        Values::Decimals(..) | Values::WideDecimals(..) => "decimals",
        Values::Doubles(_) => "doubles",
        Values::Words(..) | Values::Texts(_) => "text",
        Values::Ids(_) => "ids",
    }
}

const fn expected(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Bool => "yes or no",
        FieldKind::Whole(_) => "whole numbers, dates or instants",
        FieldKind::Decimal => "decimals",
        FieldKind::Double => "doubles",
        FieldKind::Text => "text",
        FieldKind::Id => "ids",
        _ => "another kind",
    }
}
