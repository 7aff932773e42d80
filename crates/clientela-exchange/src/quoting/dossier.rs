//! A dossier of the tool: one configured and priced offer.

use super::item::Item;
use super::object::contract_object;
use super::value::{Digest, ExchangeId, FreeText, Vin};
use super::{ExactDecimal, IsoDate, JsonObject, NonEmpty, Revision, WholeNumber};
use clientela_model::ClosedList;

contract_object! {
    /// One configured and priced offer.
    pub struct Dossier {
        /// Key within the affair.
        required dossier_id: ExchangeId,
        /// Counts the changes in the tool, strictly increasing.
        required dossier_revision: Revision,
        /// How far it is.
        required status: DossierStatus,
        /// Title; not part of the content.
        optional title: FreeText,
        /// The vehicle, or several that are the same.
        required vehicle: Vehicle,
        /// The lines.
        required items: NonEmpty<Item>,
        /// Vehicles taken in payment.
        optional trade_ins: Vec<TradeIn>,
        /// Another way to present what is payable; it changes no figure.
        optional financing: Financing,
        /// The totals as the tool made them.
        required totals: Totals,
        /// Price list and version.
        optional price_list: FreeText,
        /// The day whose prices hold.
        optional price_date: IsoDate,
        /// Last day of validity.
        required valid_until: IsoDate,
        /// Delivery time, weeks.
        optional delivery_weeks: WholeNumber<{ i64::MIN }, { i64::MAX }>,
        /// Notes; not part of the content.
        optional notes: FreeText,
        /// Members only these two sides know; not part of the content.
        optional ext: JsonObject,
    }
}

/// How far a dossier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum DossierStatus {
    /// Being worked on.
    Draft,
    /// May be shown to the customer.
    Complete,
    /// Given up in the tool.
    Cancelled,
}

contract_object! {
    /// The vehicle of a dossier.
    pub struct Vehicle {
        /// Model in the price list.
        required model_code: ExchangeId,
        /// Name for people.
        optional label: FreeText,
        /// How many that are the same.
        required quantity: WholeNumber<1, 9999>,
        /// Category of the type approval.
        optional category: VehicleCategory,
        /// Axles, such as `4x2`.
        optional axle_configuration: FreeText,
        /// Gross vehicle weight, kilograms.
        optional gvw_kg: WholeNumber<{ i64::MIN }, { i64::MAX }>,
        /// Power, kilowatts.
        optional power_kw: WholeNumber<{ i64::MIN }, { i64::MAX }>,
        /// Emission stage.
        optional emission_stage: FreeText,
        /// What it runs on.
        optional energy: Energy,
        /// Carbon dioxide, grams per tonne and kilometre.
        optional co2_g_tkm: ExactDecimal,
        /// Digest of the configuration.
        optional configuration_fingerprint: Digest,
    }
}

/// Category of the European type approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum VehicleCategory {
    /// Goods, up to 3.5 t.
    #[word("N1")]
    N1,
    /// Goods, up to 12 t.
    #[word("N2")]
    N2,
    /// Goods, above 12 t.
    #[word("N3")]
    N3,
    /// Passengers, up to 8 besides the driver.
    #[word("M1")]
    M1,
    /// Buses up to 5 t.
    #[word("M2")]
    M2,
    /// Buses above 5 t.
    #[word("M3")]
    M3,
    /// Trailers up to 0.75 t.
    #[word("O1")]
    O1,
    /// Trailers up to 3.5 t.
    #[word("O2")]
    O2,
    /// Trailers up to 10 t.
    #[word("O3")]
    O3,
    /// Trailers above 10 t.
    #[word("O4")]
    O4,
}

/// What a vehicle runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Energy {
    /// Diesel.
    Diesel,
    /// Compressed gas.
    Cng,
    /// Liquefied gas.
    Lng,
    /// Battery.
    Bev,
    /// Fuel cell.
    Fcev,
    /// Hybrid.
    Hybrid,
    /// Petrol.
    Petrol,
    /// Anything else.
    Other,
}

contract_object! {
    /// A vehicle taken in payment: a settlement after tax, not a discount.
    pub struct TradeIn {
        /// Key.
        required r#ref: ExchangeId,
        /// Vehicle identification number.
        optional vin: Vin,
        /// Number plate.
        optional plate: FreeText,
        /// Make.
        optional make: FreeText,
        /// Model.
        optional model: FreeText,
        /// First registration.
        optional first_registration: IsoDate,
        /// Odometer, kilometres.
        optional odometer_km: WholeNumber<0, { i64::MAX }>,
        /// What it is worth.
        required appraised: ExactDecimal,
        /// What the customer gets for it; more than its worth is a hidden discount.
        required offered: ExactDecimal,
        /// Its tax.
        optional vat_treatment: VatTreatment,
    }
}

/// How tax falls on a vehicle taken in payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum VatTreatment {
    /// Input tax can be deducted.
    Deductible,
    /// Margin scheme.
    MarginScheme,
    /// None.
    None,
}

contract_object! {
    /// A financing plan.
    pub struct Financing {
        /// What kind.
        required kind: FinancingKind,
        /// Who finances.
        optional provider: FreeText,
        /// Amount financed.
        required amount: ExactDecimal,
        /// Down payment.
        optional down_payment: ExactDecimal,
        /// Term, months.
        required months: WholeNumber<1, 180>,
        /// Whether each instalment falls due at the beginning of its month.
        optional payments_in_advance: bool,
        /// Nominal rate per year, percent.
        optional nominal_rate_percent: ExactDecimal,
        /// Residual value.
        optional residual: ExactDecimal,
        /// Instalment per month.
        optional instalment: ExactDecimal,
    }
}

/// What kind of financing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum FinancingKind {
    /// Loan.
    Loan,
    /// Finance lease.
    FinanceLease,
    /// Operating lease.
    OperatingLease,
    /// Rental.
    Rental,
}

contract_object! {
    /// The totals of a dossier.
    pub struct Totals {
        /// Sum of the lines.
        required net: ExactDecimal,
        /// Value added tax.
        required vat: ExactDecimal,
        /// Net and tax.
        required gross: ExactDecimal,
        /// What the customer gets for the vehicles taken in payment.
        optional trade_in: ExactDecimal,
        /// Deposit.
        optional deposit: ExactDecimal,
        /// What is left to pay.
        required payable: ExactDecimal,
        /// Tax per category and rate.
        optional vat_breakdown: Vec<VatGroup>,
    }
}

contract_object! {
    /// Tax of one category and rate.
    pub struct VatGroup {
        /// Category; the contract leaves the word free here.
        required category: FreeText,
        /// Rate, percent.
        required rate: ExactDecimal,
        /// Amount the tax is of.
        required taxable: ExactDecimal,
        /// The tax.
        required tax: ExactDecimal,
    }
}
