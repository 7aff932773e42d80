//! The states of an offer and what may happen in each.
//!
//! | state | issue | accept | refuse | expire | withdraw | revise | reopen | submit | approve | send_back | void |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | draft | issued | – | – | – | withdrawn | draft | – | in_approval | – | – | – |
//! | issued | – | accepted | refused | expired | withdrawn | draft | – | – | – | – | – |
//! | accepted | – | – | – | – | – | – | – | – | – | – | voided |
//! | refused | – | – | – | – | – | – | draft | – | – | – | – |
//! | expired | – | – | – | – | withdrawn | draft | – | – | – | – | – |
//! | withdrawn | – | – | – | – | – | – | draft | – | – | – | – |
//! | in_approval | – | – | – | – | withdrawn | draft | – | – | approved | draft | – |
//! | approved | issued | – | – | – | withdrawn | draft | – | – | – | draft | – |
//! | voided | – | – | – | – | – | – | draft | – | – | – | – |
//!
//! An accepted offer is a contract: what follows is an order. It ends only by being made void, with a reason and while nothing of it is on
//! order: the customer withdrew from it, or another offer takes its place. A new version of an issued offer takes it back to draft;
//! what was issued no longer binds. A refused, withdrawn or voided offer is opened again before it is revised, so that nobody
//! does it unawares.

use super::OfferState;
use clientela_model::ClosedList;

/// What can happen to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum OfferEvent {
    /// Handed to the customer.
    Issue,
    /// Accepted by the customer.
    Accept,
    /// Refused by the customer.
    Refuse,
    /// Its validity has ended.
    Expire,
    /// Taken back by us.
    Withdraw,
    /// A new version takes the place of the current one.
    Revise,
    /// Opened again after being refused, withdrawn or made void.
    Reopen,
    /// Approval is asked for.
    Submit,
    /// All approvals are given.
    Approve,
    /// An approval is refused or taken back.
    SendBack,
    /// Its acceptance no longer holds.
    Void,
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: OfferState, event: OfferEvent) -> Option<OfferState> {
    use OfferEvent as E;
    use OfferState as S;
    match (state, event) {
        (S::Draft | S::Approved, E::Issue) => Some(S::Issued),
        (S::Draft, E::Submit) => Some(S::InApproval),
        (S::InApproval, E::Approve) => Some(S::Approved),
        (S::Issued, E::Accept) => Some(S::Accepted),
        (S::Accepted, E::Void) => Some(S::Voided),
        (S::Issued, E::Refuse) => Some(S::Refused),
        (S::Issued, E::Expire) => Some(S::Expired),
        (S::Draft | S::Issued | S::Expired | S::InApproval | S::Approved, E::Withdraw) => Some(S::Withdrawn),
        (S::Draft | S::Issued | S::Expired | S::InApproval | S::Approved, E::Revise)
        | (S::Refused | S::Withdrawn | S::Voided, E::Reopen)
        | (S::InApproval | S::Approved, E::SendBack) => Some(S::Draft),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_above_is_the_machine() {
        let rows: Vec<Vec<&str>> = include_str!("machine.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! |"))
            .map(|line| line.trim_end_matches('|').split('|').map(str::trim).collect())
            .collect();
        let (head, body) = (&rows[0], &rows[2..]);
        assert_eq!((head.len() - 1, body.len()), (OfferEvent::ALL.len(), OfferState::ALL.len()));
        for row in body {
            let state = OfferState::parse(row[0]).unwrap();
            for (name, cell) in head.iter().zip(row).skip(1) {
                let event = OfferEvent::parse(name).unwrap();
                let expected = (*cell != "–").then(|| OfferState::parse(cell).unwrap());
                assert_eq!(transition(state, event), expected, "{state} {event}");
            }
        }
    }
}
