//! Taking a consent back, and confirming one: new statements that follow from those that were made.

use super::consent::{Channel, Consent, ConsentDecision, LegalBasis, Purpose};
use super::permission::same_point;
use crate::ids::{ConsentId, ContactId, CustomerId};
use chrono::{DateTime, Utc};
use clientela_model::ValueError;
use std::collections::BTreeSet;

/// What a person takes back. What is not named is meant wholly: no purpose means every purpose a grant was given for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withdrawal {
    /// The contact who speaks; none for the customer itself, whose no holds for all its contacts.
    pub contact: Option<ContactId>,
    /// For what.
    pub purpose: Option<Purpose>,
    /// By which channel.
    pub channel: Option<Channel>,
    /// The one address or number; none for all.
    pub contact_point: Option<String>,
    /// Whether it is an objection: never again, not only no longer.
    pub objection: bool,
    /// Where it was said.
    pub source: Option<String>,
}

/// The statements a withdrawal comes to: one for every purpose and channel it is about. As easy as giving: nothing else need
/// be known, and what was never granted can be refused by naming it.
///
/// # Errors
/// `consent.nothing_to_withdraw` when purpose or channel is left open and nothing was granted.
pub fn withdraw_consents(
    consents: &[Consent],
    customer: CustomerId,
    withdrawal: &Withdrawal,
    at: DateTime<Utc>,
    mut new_id: impl FnMut() -> ConsentId,
) -> Result<Vec<Consent>, ValueError> {
    let is_meant = |said: &&Consent| {
        let point = match (&withdrawal.contact_point, &said.contact_point) {
            (Some(asked), Some(said)) => same_point(asked, said),
            _ => true,
        };
        point
            && said.decision == ConsentDecision::Granted
            && said.at <= at
            && (withdrawal.contact.is_none() || said.contact == withdrawal.contact)
            && withdrawal.purpose.is_none_or(|purpose| said.purpose == purpose)
            && withdrawal.channel.is_none_or(|channel| said.channel == channel)
    };
    let granted: Vec<&Consent> = consents.iter().filter(is_meant).collect();
    let mut pairs: BTreeSet<(Purpose, Channel)> =
        granted.iter().map(|said| (said.purpose, said.channel)).collect();
    if let (Some(purpose), Some(channel)) = (withdrawal.purpose, withdrawal.channel) {
        pairs.insert((purpose, channel));
    }
    if pairs.is_empty() {
        return Err(ValueError::new(
            "consent.nothing_to_withdraw",
            "withdrawal",
            "is about nothing that was granted",
            "the purpose and the channel that are refused",
        )
        .at("purpose"));
    }
    let decision = if withdrawal.objection { ConsentDecision::Objected } else { ConsentDecision::Withdrawn };
    let statements = pairs.into_iter().map(|(purpose, channel)| {
        let of_pair = granted.iter().filter(|said| said.purpose == purpose && said.channel == channel);
        // What rests on consent is taken back first: a contract is ended where it was made.
        let basis = of_pair.map(|said| said.basis).min_by_key(|basis| *basis != LegalBasis::Consent);
        Consent {
            id: new_id(),
            customer,
            contact: withdrawal.contact,
            purpose,
            channel,
            decision,
            basis: basis.unwrap_or(LegalBasis::Consent),
            wording: None,
            source: withdrawal.source.clone(),
            proof: None,
            at,
            contact_point: withdrawal.contact_point.clone(),
            expires_at: None,
            awaits_confirmation: None,
            confirms: None,
            wording_shown: None,
            proof_kind: None,
            proof_digest: None,
        }
    });
    Ok(statements.collect())
}

/// The statement that confirms a grant of a double opt-in: from its moment on the grant counts. `proof` is that of the
/// confirmation, such as the id of the click.
///
/// # Errors
/// On the field `consent`: `consent.not_awaiting` for a statement that needs no confirmation, `consent.confirmed` when it was
/// confirmed before, `consent.withdrawn_meanwhile`, `consent.confirmed_too_late` after its expiry.
pub fn confirm_consent(
    consents: &[Consent],
    grant: &Consent,
    proof: Option<String>,
    at: DateTime<Utc>,
    id: ConsentId,
) -> Result<Consent, ValueError> {
    let refuse = |code, problem, expected: &str| {
        Err(ValueError::new(code, "consent", problem, expected.to_owned()).at("consent"))
    };
    if grant.awaits_confirmation != Some(true) || grant.decision != ConsentDecision::Granted {
        return refuse(
            "consent.not_awaiting",
            "awaits no confirmation",
            "a grant that awaits its confirmation",
        );
    }
    if consents.iter().any(|said| said.confirms == Some(grant.id)) {
        return refuse("consent.confirmed", "is confirmed already", "a grant that awaits its confirmation");
    }
    let refused = |said: &Consent| {
        said.decision != ConsentDecision::Granted
            && said.purpose == grant.purpose
            && said.channel == grant.channel
            && (said.contact == grant.contact || said.contact.is_none())
            && said.at >= grant.at
    };
    if consents.iter().any(refused) {
        return refuse("consent.withdrawn_meanwhile", "was taken back meanwhile", "a new grant");
    }
    if at < grant.at || grant.expires_at.is_some_and(|end| end <= at) {
        return refuse(
            "consent.confirmed_too_late",
            "is confirmed outside its time",
            "a moment before it expires",
        );
    }
    Ok(Consent {
        id,
        at,
        awaits_confirmation: None,
        confirms: Some(grant.id),
        proof: proof.or_else(|| grant.proof.clone()),
        ..grant.clone()
    })
}
