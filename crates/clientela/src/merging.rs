//! Two customers that are to be one: what a merge does and a preview tells.

use crate::error::{CrmError, Result};
use crate::view::View;
use clientela_core::organisation::Verb;
use clientela_core::party::merging::{FieldLine, MergeError, Side, check_choices, choose_added};
use clientela_core::party::{Party, Relationship};
use clientela_model::{Record, Why};
use std::collections::BTreeMap;

/// Two records of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Sides<'r, R: Clone> {
    pub(crate) survivor: std::borrow::Cow<'r, R>,
    pub(crate) merged: std::borrow::Cow<'r, R>,
}

impl<R: Record + Clone> Sides<'_, R> {
    /// The lines of fields that the actor reads in both.
    pub(crate) fn read(&self, view: &View<'_>, mut lines: Vec<FieldLine>) -> Vec<FieldLine> {
        let sights = view.sights(R::ENTITY);
        let values = [self.survivor.to_values(), self.merged.to_values()];
        lines.retain(|line| {
            let sight = sights.of(line.column.facet);
            values.iter().all(|values| view.sees(sight, R::ENTITY, values))
        });
        lines
    }
}

/// Refuses to whoever may not change the record by his own rights.
pub(crate) fn allow_own<R: Record>(view: &View<'_>, record: &R) -> Result<()> {
    let own = view.actor.by_grants();
    let own = View { actor: &own, ..*view };
    let values = record.to_values();
    if own.may(Verb::Change, R::ENTITY, &values) {
        return Ok(());
    }
    let mut why = own.can(Verb::Change, R::ENTITY, &values).why;
    if view.may(Verb::Change, R::ENTITY, &values) {
        why = Why::new("access.not_own").because(why);
    }
    Err(CrmError::NotAllowed { verb: Verb::Change, entity: R::ENTITY.name, why }.into())
}

/// Two customers.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) survivor: Relationship,
    pub(crate) merged: Relationship,
    /// Their parties, when they are two.
    pub(crate) parties: Option<Sides<'static, Party>>,
    /// Whether they are one dealer's: then they become one. Of two dealers each keeps his own.
    pub(crate) same_dealer: bool,
}

impl Pair {
    /// Two customers the actor sees.
    ///
    /// # Errors
    /// `merge.same`, `merge.two_dealers`, `record.not_found`.
    pub(crate) fn of(view: &View<'_>, survivor: Relationship, merged: Relationship) -> Result<Self> {
        if survivor.id == merged.id {
            return Err(MergeError::Same.into());
        }
        let same_dealer = view.dealer_of(survivor.unit) == view.dealer_of(merged.unit);
        let parties = if survivor.party == merged.party {
            None
        } else {
            let party = |id| Ok::<_, crate::Error>(std::borrow::Cow::Owned(view.get::<Party>(id)?.record));
            Some(Sides { survivor: party(survivor.party)?, merged: party(merged.party)? })
        };
        if !same_dealer && parties.is_none() {
            return Err(MergeError::TwoDealers.into());
        }
        Ok(Self { survivor, merged, parties, same_dealer })
    }

    /// Refuses whoever may not change all that is to be one, by his own rights: what is only shared with him he does not hand on.
    ///
    /// # Errors
    /// `access.not_allowed`.
    pub(crate) fn allow(&self, view: &View<'_>) -> Result<()> {
        for customer in [&self.survivor, &self.merged] {
            allow_own(view, customer)?;
        }
        for party in self.parties.iter().flat_map(|parties| [&parties.survivor, &parties.merged]) {
            allow_own::<Party>(view, party)?;
        }
        Ok(())
    }

    /// The relationships, when they become one.
    pub(crate) fn relationships(&self) -> Option<Sides<'_, Relationship>> {
        let borrowed = std::borrow::Cow::Borrowed;
        self.same_dealer.then(|| Sides { survivor: borrowed(&self.survivor), merged: borrowed(&self.merged) })
    }

    /// Refuses choices of fields that do not become one.
    ///
    /// # Errors
    /// `merge.field_unknown`.
    pub(crate) fn check(&self, choices: &BTreeMap<String, Side>) -> Result<()> {
        let mut entities = Vec::new();
        if !self.same_dealer {
            // Added fields are a customer's, and each dealer keeps his own.
            choose_added(&[], &[], choices)?;
        }
        entities.extend(self.same_dealer.then_some(Relationship::ENTITY));
        entities.extend(self.parties.is_some().then_some(Party::ENTITY));
        Ok(check_choices(&entities, choices)?)
    }
}
