//! What a draft is made of: items with their discounts, and what is settled after tax.

use crate::decimal::clientela_decimal;
use crate::money::{clientela_money, money_opt};
use crate::rt::{Boundary, Fail, c_struct, copy_struct, slice, slice_of_structs, text_of};
use crate::text::clientela_str;
use clientela::command::ItemLine;
use clientela::core::sales::waterfall::{
    MOST_OPTIONS, MOST_STEPS, SettlementInput, SettlementKind, StepChange, StepInput,
};
use clientela::core::sales::{Authority, Basis, PriceStepKind};
use clientela::model::ClosedList;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The tax rate of an item is the one given in `tax_percent`, instead of that of its country, category and day.
pub const CLIENTELA_ITEM_TAX_PERCENT: u32 = 1;

/// A discount or surcharge on one unit of an item. Either a percentage or an amount; below zero takes away.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_adjustment {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// "campaign", "volume", "contract", "fleet", "dealer_margin", "manual" or "surcharge".
    pub kind: clientela_str,
    /// Code, such as that of the campaign.
    pub code: clientela_str,
    /// Why, for people.
    pub label: clientela_str,
    /// "salesperson", "dealer_manager", "manufacturer"; a discount of which it is not given is the salesperson's.
    pub authority: clientela_str,
    /// What a percentage is of: "running" (what is left, the default) or "list".
    pub basis: clientela_str,
    /// Percent, such as -4; counts when `amount` has no currency.
    pub percent: clientela_decimal,
    /// Amount, such as -2000.00 EUR.
    pub amount: clientela_money,
}
c_struct!(clientela_adjustment {
    struct_size,
    reserved,
    kind,
    code,
    label,
    authority,
    basis,
    percent,
    amount
});

/// An item of a draft. Needed are product and quantity.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_item {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// CLIENTELA_ITEM_TAX_PERCENT, or 0.
    pub flags: u32,
    /// Code of the product.
    pub product: clientela_str,
    /// What stands on the offer; the product's name when not given.
    pub label: clientela_str,
    /// Codes of the options inside its price; NULL for none.
    pub options: *const clientela_str,
    /// How many there are.
    pub option_count: usize,
    /// Discounts and surcharges in the order they take effect, an array whose members have the struct_size of the first; NULL for
    /// none.
    pub adjustments: *const clientela_adjustment,
    /// How many there are.
    pub adjustment_count: usize,
    /// How many.
    pub quantity: clientela_decimal,
    /// List price of one; without a currency: by the price lists.
    pub list_price: clientela_money,
    /// Tax rate in percent, when the flag says so.
    pub tax_percent: clientela_decimal,
    /// Term in months, for contracts; 0 for none.
    pub term_months: u32,
    /// A discount by hand in hundredths of a percent, after the adjustments: 1250 takes 12.5 percent of what is left. 0 for none.
    pub discount_bp: u32,
}
c_struct!(clientela_item {
    struct_size,
    flags,
    product,
    label,
    options,
    option_count,
    adjustments,
    adjustment_count,
    quantity,
    list_price,
    tax_percent,
    term_months,
    discount_bp
});

/// What is settled after tax, such as a vehicle taken in payment: not a discount.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_settlement {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// "trade_in", "deposit", "subsidy", "prepaid" or "rounding".
    pub kind: clientela_str,
    /// Reference, such as that of the vehicle taken in.
    pub code: clientela_str,
    /// What stands on the offer.
    pub label: clientela_str,
    /// What is taken off what is to be paid.
    pub amount: clientela_money,
    /// What a vehicle taken in is worth; without a currency: not known.
    pub appraised: clientela_money,
}
c_struct!(clientela_settlement { struct_size, reserved, kind, code, label, amount, appraised });

/// A word of a closed list; the default when not given.
///
/// # Safety
/// `text` as `clientela_str::get` asks.
unsafe fn word<L: ClosedList>(text: clientela_str, name: &str, default: Option<L>) -> Result<L, Fail> {
    // SAFETY: the caller's promise is passed on.
    match (unsafe { text.get(name) }?, default) {
        (Some(word), _) => Ok(L::parse(word).map_err(|error| error.at(name))?),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(Boundary::Null { name: name.to_owned() }.into()),
    }
}

/// # Safety
/// The texts as `clientela_str::get` asks.
unsafe fn step_of(given: &clientela_adjustment) -> Result<StepInput, Fail> {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        let basis = word(given.basis, "basis", Some(Basis::Running))?;
        let change = match money_opt(given.amount, "amount")? {
            Some(amount) => StepChange::Amount(amount),
            None => StepChange::Percent { percent: given.percent.get("percent")?, basis },
        };
        Ok(StepInput {
            kind: word::<PriceStepKind>(given.kind, "kind", None)?,
            code: text_of(given.code, "code")?.unwrap_or_default().into(),
            change,
            authority: word(given.authority, "authority", Some(Authority::None))?,
            label: text_of(given.label, "label")?.map(Into::into),
        })
    }
}

/// The item of a structure.
///
/// # Safety
/// `item` as `copy_struct` asks, its texts and arrays as the header asks.
pub(crate) unsafe fn item_of(item: *const clientela_item) -> Result<ItemLine, Fail> {
    // SAFETY: the caller's promise is passed on.
    let given = unsafe { copy_struct(item, "item") }?;
    if given.flags & !CLIENTELA_ITEM_TAX_PERCENT != 0 {
        return Err(Boundary::StructNewer { name: "item" }.into());
    }
    let mut options = Vec::new();
    // SAFETY: the header asks for as many texts as the count says.
    let given_options = unsafe { slice(given.options, given.option_count, MOST_OPTIONS, "options") }?;
    for (index, option) in given_options.iter().enumerate() {
        let name = format!("options[{index}]");
        // SAFETY: the header asks for texts as their lengths say.
        options.push(unsafe { text_of(*option, &name) }?.ok_or(Boundary::Null { name })?);
    }
    // SAFETY: the header asks for an array of structures set up with CLIENTELA_INIT.
    let given_steps =
        unsafe { slice_of_structs(given.adjustments, given.adjustment_count, MOST_STEPS, "adjustments") }?;
    let mut steps = Vec::with_capacity(given_steps.len() + 1);
    for (index, step) in given_steps.iter().enumerate() {
        // SAFETY: the header asks for texts as their lengths say.
        steps.push(unsafe { step_of(step) }.map_err(|fail| fail.at(&format!("adjustments[{index}]")))?);
    }
    if given.discount_bp != 0 {
        let percent = Decimal::new(i64::from(given.discount_bp), 2).normalize();
        let (kind, authority) = (PriceStepKind::Manual, Authority::Salesperson);
        steps.push(StepInput::percent_off(kind, "MANUAL", percent, Basis::Running, authority));
    }
    let by_flag = given.flags & CLIENTELA_ITEM_TAX_PERCENT != 0;
    // SAFETY: the header asks for texts as their lengths say.
    let (product, label) = unsafe { (text_of(given.product, "product")?, text_of(given.label, "label")?) };
    Ok(ItemLine {
        product: product.ok_or_else(|| Boundary::Null { name: "product".to_owned() })?,
        quantity: given.quantity.get("quantity")?,
        label,
        unit_list: money_opt(given.list_price, "list_price")?,
        options,
        steps,
        tax_percent: by_flag.then(|| given.tax_percent.get("tax_percent")).transpose()?,
        tax_included: None,
        further_taxes: Vec::new(),
        mileage: None,
        option_quantities: BTreeMap::new(),
        term_months: match given.term_months {
            0 => None,
            months => Some(
                u16::try_from(months)
                    .map_err(|_| Boundary::Range { name: "term_months".to_owned(), range: "0 to 65535" })?,
            ),
        },
    })
}

/// The settlement of a structure.
///
/// # Safety
/// `settlement` as `copy_struct` asks, its texts as the header asks.
pub(crate) unsafe fn settlement_of(settlement: *const clientela_settlement) -> Result<SettlementInput, Fail> {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        let given = copy_struct(settlement, "settlement")?;
        Ok(SettlementInput {
            kind: word::<SettlementKind>(given.kind, "kind", None)?,
            code: text_of(given.code, "code")?.unwrap_or_default(),
            label: text_of(given.label, "label")?,
            amount: given.amount.get("amount")?,
            appraised: money_opt(given.appraised, "appraised")?,
        })
    }
}
