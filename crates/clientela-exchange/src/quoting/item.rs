//! The lines of a dossier: vehicle, options, services, and how each price came about.

use super::object::contract_object;
use super::value::{BoundedText, ExchangeId, FreeText};
use super::{ExactDecimal, WholeNumber};
use clientela_model::ClosedList;
use std::collections::BTreeMap;

contract_object! {
    /// A line of a dossier.
    pub struct Item {
        /// Key within the dossier.
        required item_id: ExchangeId,
        /// The line it belongs to.
        optional parent_item_id: ExchangeId,
        /// What it is.
        required kind: ItemKind,
        /// Code in the price list.
        required product_code: ExchangeId,
        /// Name for people.
        optional label: BoundedText<0, 200>,
        /// How many, over all vehicles of the line.
        required quantity: ExactDecimal,
        /// Unit of measure.
        optional unit: FreeText,
        /// List price of one.
        required unit_list: ExactDecimal,
        /// Whether the price is in the parent's: then its own net is nothing.
        optional included_in_parent_price: bool,
        /// The steps from list price to net price, by `order`.
        optional adjustments: Vec<Adjustment>,
        /// Net price of one.
        required unit_net: ExactDecimal,
        /// Net of the line.
        required line_net: ExactDecimal,
        /// Value added tax.
        required vat: ItemVat,
        /// Term of a contract, months.
        optional term_months: WholeNumber<1, { i64::MAX }>,
        /// Further words; `adjusted_base` is the list price with the options inside.
        optional attributes: BTreeMap<String, FreeText>,
    }
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ItemKind {
    /// A vehicle, or several that are the same.
    Vehicle,
    /// An option of the manufacturer.
    Option,
    /// A body.
    Body,
    /// An accessory.
    Accessory,
    /// A maintenance or repair contract.
    ServiceContract,
    /// A longer warranty.
    WarrantyExtension,
    /// Transport.
    Transport,
    /// Registration.
    Registration,
    /// A fee.
    Fee,
    /// Anything else.
    Other,
}

contract_object! {
    /// Value added tax of a line.
    pub struct ItemVat {
        /// Category (UNCL 5305).
        required category: VatCategory,
        /// Rate, percent.
        required rate: ExactDecimal,
    }
}

/// Category of value added tax (UNCL 5305).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum VatCategory {
    /// Standard rate.
    #[word("S")]
    Standard,
    /// Zero rated.
    #[word("Z")]
    Zero,
    /// Exempt.
    #[word("E")]
    Exempt,
    /// Reverse charge.
    #[word("AE")]
    ReverseCharge,
    /// Intra-community supply.
    #[word("K")]
    IntraCommunity,
    /// Export.
    #[word("G")]
    Export,
    /// Outside the scope of the tax.
    #[word("O")]
    OutOfScope,
    /// Canary Islands.
    #[word("L")]
    Canaries,
    /// Ceuta and Melilla.
    #[word("M")]
    CeutaMelilla,
}

contract_object! {
    /// One step from list price to net price. The amount is per unit and lowers the price, except for a surcharge.
    pub struct Adjustment {
        /// Code of the campaign, tier, agreement…
        required code: ExchangeId,
        /// What kind of step.
        required kind: AdjustmentKind,
        /// Place in the sequence.
        required order: WholeNumber<1, { i64::MAX }>,
        /// Amount per unit.
        required amount: ExactDecimal,
        /// On whose authority.
        optional authority: Authority,
        /// State of its approval.
        optional approval: Approval,
        /// The percentage the amount was made with.
        optional percent: ExactDecimal,
        /// What the percentage is of.
        optional basis: AdjustmentBasis,
        /// Name for people.
        optional label: FreeText,
    }
}

/// What kind of step a price adjustment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AdjustmentKind {
    /// A campaign.
    Campaign,
    /// Several identical vehicles.
    Volume,
    /// A price agreement.
    Contract,
    /// By hand.
    Manual,
    /// A fleet agreement.
    Fleet,
    /// From the dealer's margin.
    DealerMargin,
    /// Raises the price.
    Surcharge,
}

/// What a percentage is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AdjustmentBasis {
    /// The list price with options.
    List,
    /// What the earlier steps left.
    Running,
}

/// On whose authority a price was adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Authority {
    /// The seller.
    Salesperson,
    /// The dealer's manager.
    DealerManager,
    /// The manufacturer.
    Manufacturer,
    /// Nobody need be asked.
    None,
}

/// State of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Approval {
    /// None is needed.
    NotNeeded,
    /// Asked for.
    Pending,
    /// Given.
    Approved,
    /// Refused.
    Refused,
}
