//! The tool's part: what a customer and an opportunity do there. For tools built on this library and for stand-ins in tests.

use super::known::KnownCustomer;
use crate::quoting::{
    AffairCreate, AffairCreateAck, AffairStatus, Attachment, CustomerStatus, CustomerTransfer,
    CustomerTransferAck, ExchangeId, JsonObject, Problem, ProblemCode, QuotingProblem, Revision,
};

/// An affair in the tool.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownToolAffair {
    /// Its key.
    pub affair_id: ExchangeId,
    /// Its revision.
    pub revision: Revision,
    /// The CRM's key of its customer.
    pub customer_crm_id: ExchangeId,
    /// Its newest file.
    pub file: Option<Attachment>,
}

/// Decides what a `customer.transfer` does: a higher revision is applied, the same changes nothing, a lower is rejected.
///
/// `known` is the tool's customer with that key; `new_id` the key a new one would get.
#[must_use]
pub fn customer_transfer(
    known: Option<&KnownCustomer>,
    message: &CustomerTransfer,
    new_id: ExchangeId,
) -> CustomerTransferAck {
    let revision = message.customer.revision;
    let Some(known) = known else {
        return customer_ack(CustomerStatus::Created, new_id, revision, None);
    };
    let tool_id = known.tool_customer_id.clone();
    if revision < known.revision {
        let text = format!("revision {revision} is older than {}", known.revision);
        let current = JsonObject::of_numbers(&[("revision", known.revision.get())]);
        let problem = QuotingProblem::new(ProblemCode::CustomerRevisionStale, text)
            .at("/body/customer/revision")
            .with_current(current);
        return customer_ack(CustomerStatus::Rejected, tool_id, known.revision, Some(problem));
    }
    if known.locally_changed {
        let text = "customer was changed in the tool; choose which values hold";
        let problem = QuotingProblem::new(ProblemCode::CustomerLocallyChanged, text).at("/body/customer");
        return customer_ack(CustomerStatus::Rejected, tool_id, known.revision, Some(problem));
    }
    let status = if revision == known.revision { CustomerStatus::Unchanged } else { CustomerStatus::Updated };
    customer_ack(status, tool_id, revision, None)
}

fn customer_ack(
    status: CustomerStatus,
    tool_id: ExchangeId,
    revision: Revision,
    problem: Option<QuotingProblem>,
) -> CustomerTransferAck {
    let mut ack = CustomerTransferAck::new(status);
    ack.tool_customer_id = Some(tool_id);
    ack.applied_revision = Some(revision);
    ack.problem = problem.as_ref().map(Problem::from);
    ack
}

/// Decides what an `affair.create` does: an opportunity has one affair, and asking twice names it twice.
///
/// `customer` is the tool's customer the message refers to, `known` the affair of the opportunity, `new_id` the key and
/// `new_file` the first file a new one would get.
#[must_use]
pub fn affair_create(
    customer: Option<&KnownCustomer>,
    known: Option<&KnownToolAffair>,
    message: &AffairCreate,
    new_id: ExchangeId,
    new_file: Option<Attachment>,
) -> AffairCreateAck {
    let reference = &message.customer_ref;
    let problem = match (customer, known) {
        (None, _) => {
            Some((ProblemCode::UnknownCustomer, "customer is not known here; send it first".to_owned()))
        }
        (Some(customer), _) if customer.revision < reference.revision => Some((
            ProblemCode::UnknownCustomer,
            format!(
                "customer is known in revision {} only; send revision {} first",
                customer.revision, reference.revision
            ),
        )),
        (_, Some(known)) if known.customer_crm_id != reference.crm_id => Some((
            ProblemCode::AffairCustomerMismatch,
            "affair belongs to another customer; a person decides which is right".to_owned(),
        )),
        _ => None,
    };
    if let Some((code, text)) = problem {
        let mut ack = AffairCreateAck::new(AffairStatus::Rejected);
        ack.problem = Some(Problem::from(&QuotingProblem::new(code, text).at("/body/customer_ref")));
        return ack;
    }
    let (status, affair_id, revision, file) = match known {
        Some(known) => (AffairStatus::Existing, known.affair_id.clone(), known.revision, known.file.clone()),
        None => (AffairStatus::Created, new_id, Revision::LOWEST, message.file.clone().or(new_file)),
    };
    let mut ack = AffairCreateAck::new(status);
    ack.affair_id = Some(affair_id);
    ack.affair_revision = Some(revision);
    ack.file = file;
    ack
}
