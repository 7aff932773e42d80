//! Rows of an upsert about consents. What somebody said is never changed: a statement that is there just so is passed over, one that
//! says otherwise of the same moment is refused.

use super::decide::{Decided, Decider, Fault, Ready, dealer, fault};
use super::existing::{self, Outcome};
use super::known::Named;
use super::options::Upsert;
use super::report::RejectedRow;
use super::rows::{Checked, CheckedRow, Spoken, Whose};
use super::targets::RECORD_ID;
use crate::error::Result;
use crate::view::View;
use clientela_core::ids::CustomerId;
use clientela_core::party::Consent;
use clientela_model::{EntityId, Value, ValueError};
use std::collections::HashMap;

/// The statements of the customers that rows name.
type Known = HashMap<CustomerId, Vec<Consent>>;

impl Decider {
    /// Decides the rows about statements that are there; gives the others back as rows about new ones.
    pub(super) fn existing_consents(
        &mut self,
        view: &View<'_>,
        upsert: &Upsert,
        named: &Named,
        rows: Vec<CheckedRow>,
    ) -> Result<(Vec<Decided>, Vec<CheckedRow>)> {
        let whose = rows.iter().filter_map(|(_, row)| row.as_ref().ok()?.whose());
        let customers: Vec<CustomerId> =
            whose.filter_map(|whose| self.customer_of(named, whose).ok()).collect();
        let mut known = Known::new();
        let ids = customers.into_iter().map(|customer| Value::Id(customer.uuid()));
        for stored in existing::find::<Consent>(view, "customer", ids)? {
            known.entry(stored.record.customer).or_default().push(stored.record);
        }
        let (mut decided, mut new) = (Vec::new(), Vec::new());
        for (line, row) in rows {
            let Ok(Checked::Consent(consent, spoken, whose)) = &row else {
                new.push((line, row));
                continue;
            };
            match self.existing_consent(upsert, (named, &known), line, (consent, spoken, whose)) {
                Ok(Some(ready)) => decided.push(Decided { line, outcome: Ok(ready) }),
                Ok(None) => new.push((line, row)),
                Err(error) => {
                    decided.push(Decided { line, outcome: Err(RejectedRow::new(line, &*error)) });
                }
            }
        }
        Ok((decided, new))
    }

    fn customer_of(&self, named: &Named, whose: &Whose) -> std::result::Result<CustomerId, Fault> {
        let own = |unit| dealer(&self.dealers, unit) == self.own;
        Ok(named.customer(whose, self.fixed.as_ref(), own).map_err(fault)?.id)
    }

    fn existing_consent(
        &mut self,
        upsert: &Upsert,
        (named, known): (&Named, &Known),
        line: u64,
        (said, spoken, whose): (&Consent, &Spoken, &Whose),
    ) -> Outcome {
        let customer = self.customer_of(named, whose)?;
        let contact = named.contact(spoken.contact.as_deref(), customer).map_err(fault)?;
        let key = upsert.key.iter().find(|key| match key.as_str() {
            RECORD_ID => spoken.record.is_some(),
            _ => spoken.dated,
        });
        let Some(key) = key else {
            let expected = format!("a value for {}", upsert.key.join(" or "));
            let field = upsert.key.first().cloned().unwrap_or_default();
            let error = ValueError::new("import.key_missing", "row", "names no record", expected);
            return Err(fault(error.at(&field)));
        };
        let said = Consent { customer, contact, ..said.clone() };
        let all = known.get(&customer).map(Vec::as_slice).unwrap_or_default();
        let by_id = key == RECORD_ID;
        let found = all.iter().find(|there| {
            if by_id { spoken.record == Some(there.id.uuid()) } else { of_one_moment(there, &said) }
        });
        let Some(found) = found else {
            if by_id {
                let expected = "the id of a statement of the customer";
                let error =
                    ValueError::new("record.not_found", "record", "is not one of this customer", expected);
                return Err(fault(error.at(RECORD_ID)));
            }
            return Ok(None);
        };
        let keys = [(RECORD_ID, Some(found.id.to_string()))];
        self.first_time(line, &keys)?;
        if !(of_one_moment(found, &said) && says(found, &said)) {
            let problem = "says otherwise than the statement that is there";
            let expected = "the same, or a statement of its own with the moment it was made";
            return Err(fault(ValueError::new("consent.fixed", "consent", problem, expected).at("decision")));
        }
        self.note(line, keys);
        Ok(Some(Ready::Unchanged))
    }
}

/// Whether two statements are of one person about one thing at one moment: then they are one.
fn of_one_moment(there: &Consent, said: &Consent) -> bool {
    (there.contact, there.purpose, there.channel, there.at)
        == (said.contact, said.purpose, said.channel, said.at)
        && (said.contact_point.is_none() || there.contact_point == said.contact_point)
}

/// Whether a statement is there as a row says it; what the row leaves empty it does not say.
fn says(there: &Consent, said: &Consent) -> bool {
    fn same<T: PartialEq>(there: &Option<T>, said: &Option<T>) -> bool {
        said.is_none() || there == said
    }
    (there.decision, there.basis) == (said.decision, said.basis)
        && same(&there.wording, &said.wording)
        && same(&there.source, &said.source)
        && same(&there.proof, &said.proof)
        && same(&there.expires_at, &said.expires_at)
        && same(&there.awaits_confirmation, &said.awaits_confirmation)
        && same(&there.proof_kind, &said.proof_kind)
        && same(&there.proof_digest, &said.proof_digest)
}
