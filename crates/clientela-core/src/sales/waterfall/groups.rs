//! Taxes of an offer: per category and rate, and further taxes beside them.

use super::{
    FurtherTax, FurtherTaxAmount, FurtherTaxKind, ItemInput, Place, PricedItem, PricingError, TaxGroup, add,
    hundredth, multiply, number,
};
use clientela_model::identifier::Currency;
use clientela_model::{Money, RoundingPolicy};
use rust_decimal::Decimal;

/// Lines of one tax category and rate.
struct Group<'a> {
    category: &'a str,
    percent: Decimal,
    /// Net amounts of lines whose price is without tax.
    sum: Decimal,
    /// Net and told amounts of lines with the tax inside.
    included: (Decimal, Decimal),
}

/// Lines of one further tax.
struct Further<'a> {
    tax: &'a FurtherTax,
    sum: Decimal,
}

/// Adds up lines by their taxes.
pub(super) struct Groups<'a> {
    currency: Currency,
    rounding: RoundingPolicy,
    groups: Vec<Group<'a>>,
    further: Vec<Further<'a>>,
}

/// What comes of the lines: the groups, and the totals.
pub(super) struct Closed {
    pub(super) tax_groups: Vec<TaxGroup>,
    pub(super) further_taxes: Vec<FurtherTaxAmount>,
    pub(super) net: Decimal,
    pub(super) tax: Decimal,
    pub(super) withheld: Decimal,
}

impl<'a> Groups<'a> {
    pub(super) fn new(currency: Currency, rounding: RoundingPolicy) -> Self {
        Self { currency, rounding, groups: Vec::with_capacity(2), further: Vec::new() }
    }

    pub(super) fn add(
        &mut self,
        item: &'a ItemInput,
        priced: &PricedItem,
        place: Place,
    ) -> Result<(), PricingError> {
        let net = priced.line_net.amount();
        let known = self
            .groups
            .iter()
            .position(|group| group.category == item.tax_category && group.percent == item.tax_percent);
        let index = known.unwrap_or_else(|| {
            let (category, percent) = (item.tax_category.as_str(), item.tax_percent);
            let included = (Decimal::ZERO, Decimal::ZERO);
            self.groups.push(Group { category, percent, sum: Decimal::ZERO, included });
            self.groups.len() - 1
        });
        if let Some(group) = self.groups.get_mut(index) {
            if item.tax_included {
                let told = add(group.included.1, priced.line_told.amount(), place)?;
                group.included = (add(group.included.0, net, place)?, told);
            } else {
                group.sum = add(group.sum, net, place)?;
            }
        }
        for tax in &item.further_taxes {
            number(tax.percent, place)?;
            match self.further.iter_mut().find(|further| further.tax == tax) {
                Some(further) => further.sum = add(further.sum, net, place)?,
                None => self.further.push(Further { tax, sum: net }),
            }
        }
        Ok(())
    }

    pub(super) fn close(self) -> Result<Closed, PricingError> {
        let minor = self.currency.minor_units();
        let money = |amount: Decimal| Money::new(amount, self.currency).rounded();
        let zero = Decimal::new(0, minor);
        let mut closed = Closed {
            tax_groups: Vec::new(),
            further_taxes: Vec::new(),
            net: zero,
            tax: zero,
            withheld: zero,
        };
        // Under the policy of the line each tax is rounded before it is added up, under that of the document the sum.
        let each = |amount: Decimal| match self.rounding {
            RoundingPolicy::Line => money(amount).amount(),
            RoundingPolicy::Document => amount,
        };
        for group in self.groups {
            let place = Place::Offer("tax");
            let net = add(group.sum, group.included.0, place)?;
            let on_top = multiply(group.sum, hundredth(group.percent), place)?;
            let tax = add(on_top, group.included.1 - group.included.0, place)?;
            closed.net = add(closed.net, each(net), Place::Offer("net"))?;
            closed.tax = add(closed.tax, each(tax), place)?;
            closed.tax_groups.push(TaxGroup {
                category: group.category.to_owned(),
                percent: group.percent,
                taxable: money(net),
                tax: money(tax),
            });
        }
        for further in self.further {
            let place = Place::Offer("tax");
            let amount = multiply(further.sum, hundredth(further.tax.percent), place)?;
            match further.tax.kind {
                FurtherTaxKind::Surcharge => closed.tax = add(closed.tax, each(amount), place)?,
                FurtherTaxKind::Withholding => closed.withheld = add(closed.withheld, each(amount), place)?,
            }
            closed.further_taxes.push(FurtherTaxAmount {
                tax: further.tax.clone(),
                taxable: money(further.sum),
                amount: money(amount),
            });
        }
        for total in [&mut closed.net, &mut closed.tax, &mut closed.withheld] {
            *total = money(*total).amount();
        }
        Ok(closed)
    }
}
