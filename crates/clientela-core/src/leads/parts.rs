//! What belongs to a lead, and where leads of an area go.

use super::lead::Lead;
use crate::findings::Findings;
use crate::ids::{
    ConsentId, ContactId, CustomerId, LeadConsentId, LeadId, LeadTerritoryId, PositionId, UnitId,
};
use crate::party::entry::{NewConsent, read_statement, said};
use crate::party::{Channel, Consent, ConsentDecision, LegalBasis, ProofKind, Purpose, confirm_consent};
use chrono::{DateTime, Utc};
use clientela_model::identifier::Country;
use clientela_model::{EntityId, Record, ValueError};

/// One statement of the person about one purpose and channel, made with the lead. A fact that is only added.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 111, name = "lead_consent", access = through(lead), part_of(lead, lead))]
pub struct LeadConsent {
    /// Id.
    #[field(number = 1)]
    pub id: LeadConsentId,
    /// The lead.
    #[field(number = 2, merge = fact)]
    pub lead: LeadId,
    /// For what.
    #[field(number = 3, merge = fact)]
    pub purpose: Purpose,
    /// By which channel.
    #[field(number = 4, merge = fact)]
    pub channel: Channel,
    /// What was said.
    #[field(number = 5, merge = fact)]
    pub decision: ConsentDecision,
    /// Legal basis.
    #[field(number = 6, merge = fact)]
    pub basis: LegalBasis,
    /// Version of the wording shown.
    #[field(number = 7, merge = fact)]
    pub wording: Option<String>,
    /// Where it was given: a form, a call, an event.
    #[field(number = 8, merge = fact)]
    pub source: Option<String>,
    /// Reference of the proof.
    #[field(number = 9, merge = fact, personal)]
    pub proof: Option<String>,
    /// When it was said.
    #[field(number = 10, merge = fact)]
    pub at: DateTime<Utc>,
    /// The address or number it is about; every one of the channel when empty.
    #[field(number = 11, merge = fact, personal)]
    pub contact_point: Option<String>,
    /// When a grant ends by itself.
    #[field(number = 12, merge = fact)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether a grant counts only when it is confirmed.
    #[field(number = 13, merge = fact)]
    pub awaits_confirmation: Option<bool>,
    /// What the proof is.
    #[field(number = 14, merge = fact)]
    pub proof_kind: Option<ProofKind>,
    /// SHA-256 of the file that proves it, in hexadecimal.
    #[field(number = 15, merge = fact)]
    pub proof_digest: Option<String>,
    /// The grant this one confirms.
    #[field(number = 16, merge = fact)]
    pub confirms: Option<LeadConsentId>,
}

/// Checks a consent that came with a lead; as [`enter_consent`](crate::party::entry::enter_consent).
///
/// # Errors
/// [`Findings`]: `field.missing`, `word.unknown`, `text.*`, `consent.in_the_future`.
pub fn enter_lead_consent(
    new: &NewConsent,
    id: LeadConsentId,
    lead: LeadId,
    now: DateTime<Utc>,
) -> Result<LeadConsent, Findings> {
    let said = read_statement(new, now)?;
    Ok(said!(said => LeadConsent { id, lead, confirms: None }))
}

/// The statement that confirms a grant of a lead's double opt-in; as [`confirm_consent`]. `known` are all statements of the lead.
///
/// # Errors
/// As [`confirm_consent`].
pub fn confirm_lead_consent(
    known: &[LeadConsent],
    grant: &LeadConsent,
    proof: Option<String>,
    at: DateTime<Utc>,
    id: LeadConsentId,
) -> Result<LeadConsent, ValueError> {
    let known: Vec<Consent> = known.iter().map(LeadConsent::as_of_customer).collect();
    let said = confirm_consent(&known, &grant.as_of_customer(), proof, at, ConsentId::from_uuid(id.uuid()))?;
    Ok(said!(said => LeadConsent { id, lead: grant.lead, confirms: Some(grant.id) }))
}

impl LeadConsent {
    /// The same statement as one of the customer, or of its contact, that the lead became.
    ///
    /// `confirms` is the one that the grant became which this one confirms.
    #[must_use]
    pub fn carried_over(
        &self,
        id: ConsentId,
        customer: CustomerId,
        contact: Option<ContactId>,
        confirms: Option<ConsentId>,
    ) -> Consent {
        said!(self.clone() => Consent { id, customer, contact, confirms, wording_shown: None })
    }

    /// The same statement, judged as those of a customer are; whose it is makes no difference to that.
    #[must_use]
    pub fn as_of_customer(&self) -> Consent {
        let confirms = self.confirms.map(|grant| ConsentId::from_uuid(grant.uuid()));
        let customer = CustomerId::from_uuid(self.lead.uuid());
        self.carried_over(ConsentId::from_uuid(self.id.uuid()), customer, None, confirms)
    }
}

/// That leads of an area go to a unit, or to a position of it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 114, name = "lead_territory", access = public)]
pub struct LeadTerritory {
    /// Id.
    #[field(number = 1)]
    pub id: LeadTerritoryId,
    /// The unit; the units below it with it.
    #[field(number = 2, merge = central, indexed)]
    pub unit: UnitId,
    /// The position; empty for all of the unit.
    #[field(number = 3, merge = central)]
    pub position: Option<PositionId>,
    /// Country.
    #[field(number = 4)]
    pub country: Country,
    /// How the postal codes of the area begin; empty for the whole country.
    #[field(number = 5)]
    pub postal_start: Option<String>,
}

/// Whether a territory is that of a lead. A lead without an address belongs to none.
#[must_use]
pub fn serves(territory: &LeadTerritory, lead: &Lead) -> bool {
    let start = territory.postal_start.as_deref().unwrap_or_default();
    lead.country == Some(territory.country)
        && (start.is_empty() || lead.postal_code.as_deref().is_some_and(|code| code.starts_with(start)))
}
