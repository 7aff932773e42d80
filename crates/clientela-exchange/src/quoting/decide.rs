//! What a message does: facts in, effects and an answer out. Nothing is read or written here.
//!
//! | message | function | table |
//! | --- | --- | --- |
//! | `offer.return` | [`offer_return`] | below |
//! | `customer.transfer` (in the tool) | [`customer_transfer`] | newer, same, older revision |
//! | `affair.create` (in the tool) | [`affair_create`] | known or not |
//!
//! Checks of `offer.return`, in this order; the first that fails rejects the whole message: the opportunity is known, the
//! affair is known under it, the currency is the affair's, the file is the one its record says. A session that was
//! discarded ends here, accepted and without effects. Then each dossier on its own:
//!
//! | key known | fingerprint | revision | effect |
//! | --- | --- | --- | --- |
//! | under another affair | any | any | rejected, `DOSSIER_MOVED` |
//! | yes | same | same or higher | unchanged; a withdrawn offer is taken up again |
//! | yes | different | higher, offer open | revised |
//! | yes | different | higher, offer closed | rejected, `OFFER_CLOSED`, or a new offer if the message allows it |
//! | yes | any other | | rejected, `DOSSIER_REVISION_STALE` |
//! | no | any | any | created |
//!
//! A dossier given up in the tool goes its own way: `DOSSIER_MOVED` as above; withdrawn when its revision is higher, and
//! again when it is withdrawn already; `OFFER_CLOSED` when the customer has answered; `DOSSIER_REVISION_STALE` when its
//! revision is not newer; `SCHEMA_INVALID` when it never was an offer.
//!
//! While the opportunity is closed everything that would change an offer is rejected, `OPPORTUNITY_CLOSED`. Last, a known dossier that
//! is missing from a complete list is withdrawn — unless the session started from an older file or the message is older
//! than the affair: then it cannot have known of the dossier. Closed offers are never withdrawn.
//!
//! Figures that do not add up reject nothing: the offer is kept with the tool's numbers, not to be shown, and the answer
//! says `TOTALS_MISMATCH`. Whoever carries a decision out and finds that a dossier cannot be an offer says so with
//! [`Decision::refuse`]; the others keep their effects.

mod file;
mod known;
mod offer_return;
mod tool;

pub use known::{KnownAffair, KnownCustomer, KnownDossier, KnownOpportunity, KnownState};
pub use offer_return::{Checks, Decision, DossierDecision, Effect, offer_return};
pub use tool::{KnownToolAffair, affair_create, customer_transfer};
