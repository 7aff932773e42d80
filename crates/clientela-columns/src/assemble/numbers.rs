//! Numbers of a plan as operations on columns.

use super::levels::{level_of_exact, level_of_whole};
use super::{Assembly, Fail, Made, Scope, within};
use crate::column::Values;
use crate::program::{DomainId, Folding, MaskId, Number, NumberId};
use clientela_rules::plan::{Arithmetic, Exact, Folded, Text, Whole};

impl Assembly {
    pub(super) fn whole(&mut self, scope: &Scope, whole: &Whole, domains: &[DomainId]) -> Made<NumberId> {
        let level = level_of_whole(whole);
        if level < domains.len() - 1 && !matches!(whole, Whole::Constant(_)) {
            let inner = self.whole(scope, whole, domains.get(..=level).unwrap_or(domains))?;
            return Ok(self.number_down(inner, level, domains));
        }
        let domain = *domains.last().ok_or(Fail::ByRow)?;
        let work = match whole {
            Whole::Constant(value) => Number::Constant(*value),
            Whole::Field(place) => {
                let (id, column) = self.column_at(scope, *place)?;
                match &column.values {
                    Values::Missing | Values::Whole(_) => Number::Column(id),
                    _ => return Err(Fail::ByRow),
                }
            }
            Whole::Negate(part) => Number::Negate(self.whole(scope, part, domains)?),
            Whole::Calculate(kind, operator, parts) => {
                let [one, two] = &**parts;
                let parts = [self.whole(scope, one, domains)?, self.whole(scope, two, domains)?];
                Number::Calculate(*kind, *operator, parts)
            }
            Whole::Shift(part, months, days) => {
                Number::Shift(self.whole(scope, part, domains)?, *months, *days)
            }
            Whole::Part(part, date) => Number::Part(*part, self.whole(scope, date, domains)?),
            Whole::DayOf(instant) => Number::DayOf(self.whole(scope, instant, domains)?),
            Whole::DayIn(instant, zone) => Number::DayIn(self.whole(scope, instant, domains)?, zone.clone()),
            Whole::StartOf(date) => Number::StartOf(self.whole(scope, date, domains)?),
            Whole::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let condition = self.condition(scope, condition, domains)?;
                Number::Choice(condition, [self.whole(scope, yes, domains)?, self.whole(scope, no, domains)?])
            }
            Whole::Count(list, filter) => {
                let (below, filter) = self.counted(scope, *list, filter.as_deref(), domains)?;
                Number::Count(below, filter)
            }
            Whole::Fold(folded) => {
                let (below, filter, inside) = self.folded(scope, folded, domains)?;
                let value = within(folded.list, domains, self.whole(scope, &folded.value, &inside))?;
                Number::Fold(Folding { fold: folded.fold, below, filter, value, exact: false })
            }
            Whole::Length(Text::Field(place)) => Number::Length(self.column_at(scope, *place)?.0),
            _ => return Err(Fail::ByRow),
        };
        Ok(self.number(domain, work))
    }

    pub(super) fn folded<V>(
        &mut self,
        scope: &Scope,
        folded: &Folded<V>,
        domains: &[DomainId],
    ) -> Made<(DomainId, Option<MaskId>, Vec<DomainId>)> {
        let below = self.below(scope, folded.list, domains)?;
        let mut inside = domains.to_vec();
        inside.push(below);
        let filter = folded.filter.as_ref().map(|filter| self.condition(scope, filter, &inside)).transpose();
        Ok((below, within(folded.list, domains, filter)?, inside))
    }

    /// A decimal as digits, and how many of them stand behind the point.
    pub(super) fn exact(
        &mut self,
        scope: &Scope,
        exact: &Exact,
        domains: &[DomainId],
    ) -> Made<(NumberId, u32)> {
        let level = level_of_exact(exact);
        if level < domains.len() - 1 && !matches!(exact, Exact::Constant(_)) {
            let (inner, scale) = self.exact(scope, exact, domains.get(..=level).unwrap_or(domains))?;
            return Ok((self.number_down(inner, level, domains), scale));
        }
        let domain = *domains.last().ok_or(Fail::ByRow)?;
        let (work, scale) = match exact {
            Exact::Constant(Some(value)) => {
                let value = value.normalize();
                let digits = i64::try_from(value.mantissa()).map_err(|_| Fail::ByRow)?;
                (Number::Constant(Some(digits)), value.scale())
            }
            Exact::Constant(None) => (Number::Constant(None), 0),
            Exact::Field(place) => {
                let (id, column) = self.column_at(scope, *place)?;
                match &column.values {
                    Values::Decimals(_, scale) => (Number::Column(id), *scale),
                    Values::Missing | Values::Whole(_) => (Number::Column(id), 0),
                    _ => return Err(Fail::ByRow),
                }
            }
            Exact::Whole(whole) => return Ok((self.whole(scope, whole, domains)?, 0)),
            Exact::Negate(part) => {
                let (part, scale) = self.exact(scope, part, domains)?;
                (Number::Negate(part), scale)
            }
            Exact::Calculate(operator, parts) => {
                let [one, two] = &**parts;
                let (one, one_scale) = self.exact(scope, one, domains)?;
                let (two, two_scale) = self.exact(scope, two, domains)?;
                match operator {
                    Arithmetic::Multiply => {
                        (Number::CalculateExact(*operator, [one, two]), one_scale + two_scale)
                    }
                    Arithmetic::Add | Arithmetic::Subtract => {
                        let scale = one_scale.max(two_scale);
                        let one = self.rescaled(domain, one, one_scale, scale)?;
                        let two = self.rescaled(domain, two, two_scale, scale)?;
                        (Number::CalculateExact(*operator, [one, two]), scale)
                    }
                    _ => return Err(Fail::ByRow),
                }
            }
            Exact::Choice(condition, parts) => {
                let [yes, no] = &**parts;
                let condition = self.condition(scope, condition, domains)?;
                let (yes, yes_scale) = self.exact(scope, yes, domains)?;
                let (no, no_scale) = self.exact(scope, no, domains)?;
                let scale = yes_scale.max(no_scale);
                let yes = self.rescaled(domain, yes, yes_scale, scale)?;
                let no = self.rescaled(domain, no, no_scale, scale)?;
                (Number::Choice(condition, [yes, no]), scale)
            }
            Exact::Fold(folded) => {
                let (below, filter, inside) = self.folded(scope, folded, domains)?;
                let made = self.exact(scope, &folded.value, &inside);
                let (value, scale) = within(folded.list, domains, made)?;
                (Number::Fold(Folding { fold: folded.fold, below, filter, value, exact: true }), scale)
            }
            _ => return Err(Fail::ByRow),
        };
        if scale > 18 {
            return Err(Fail::ByRow);
        }
        Ok((self.number(domain, work), scale))
    }

    pub(super) fn rescaled(
        &mut self,
        domain: DomainId,
        number: NumberId,
        from: u32,
        to: u32,
    ) -> Made<NumberId> {
        if from == to {
            return Ok(number);
        }
        let factor = 10_i64.checked_pow(to - from).ok_or(Fail::ByRow)?;
        let constant = match self.program.numbers.get(number).map(|operation| &operation.work) {
            Some(Number::Constant(Some(constant))) => constant.checked_mul(factor),
            _ => None,
        };
        if let Some(constant) = constant {
            return Ok(self.number(domain, Number::Constant(Some(constant))));
        }
        Ok(self.number(domain, Number::Rescale(number, factor)))
    }
}
