//! The envelope every message has, and writing it.

use super::object::contract_object;
use super::problem::{Problem, ProblemCode, QuotingProblem};
use super::value::{ExchangeId, FreeText, MessageId};
use super::{
    AffairCreate, AffairCreateAck, CONTRACT, CustomerTransfer, CustomerTransferAck, OfferReturn,
    OfferReturnAck, ZonedInstant,
};
use clientela_model::ClosedList;
use serde::{Serialize, Serializer};

/// The contract's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum MessageKind {
    /// A customer for the tool.
    #[word("customer.transfer")]
    CustomerTransfer,
    /// The tool's answer.
    #[word("customer.transfer.ack")]
    CustomerTransferAck,
    /// An opportunity for the tool.
    #[word("affair.create")]
    AffairCreate,
    /// The tool's answer.
    #[word("affair.create.ack")]
    AffairCreateAck,
    /// Offers for the CRM.
    #[word("offer.return")]
    OfferReturn,
    /// The CRM's answer.
    #[word("offer.return.ack")]
    OfferReturnAck,
    /// A message that could not be accepted at all.
    #[word("problem")]
    Problem,
}

/// Which side wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum System {
    /// The CRM.
    Crm,
    /// The quoting tool.
    Quoting,
}

contract_object! {
    /// The program that wrote a message.
    pub struct Sender {
        /// Which side.
        required system: System,
        /// Its version.
        required version: FreeText,
        /// The computer.
        optional workstation: FreeText,
    }
}

/// What a message carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A customer for the tool.
    CustomerTransfer(Box<CustomerTransfer>),
    /// The tool's answer.
    CustomerTransferAck(CustomerTransferAck),
    /// An opportunity for the tool.
    AffairCreate(Box<AffairCreate>),
    /// The tool's answer.
    AffairCreateAck(Box<AffairCreateAck>),
    /// Offers for the CRM.
    OfferReturn(Box<OfferReturn>),
    /// The CRM's answer.
    OfferReturnAck(OfferReturnAck),
    /// A message that could not be accepted at all.
    Problem(Problem),
}

impl Body {
    /// Which message it is the body of.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::CustomerTransfer(_) => MessageKind::CustomerTransfer,
            Self::CustomerTransferAck(_) => MessageKind::CustomerTransferAck,
            Self::AffairCreate(_) => MessageKind::AffairCreate,
            Self::AffairCreateAck(_) => MessageKind::AffairCreateAck,
            Self::OfferReturn(_) => MessageKind::OfferReturn,
            Self::OfferReturnAck(_) => MessageKind::OfferReturnAck,
            Self::Problem(_) => MessageKind::Problem,
        }
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::CustomerTransfer(body) => body.serialize(serializer),
            Self::CustomerTransferAck(body) => body.serialize(serializer),
            Self::AffairCreate(body) => body.serialize(serializer),
            Self::AffairCreateAck(body) => body.serialize(serializer),
            Self::OfferReturn(body) => body.serialize(serializer),
            Self::OfferReturnAck(body) => body.serialize(serializer),
            Self::Problem(body) => body.serialize(serializer),
        }
    }
}

macro_rules! body_from {
    ($($body:ident => $make:expr),* $(,)?) => {$(
        impl From<$body> for Body {
            fn from(body: $body) -> Self {
                ($make)(body)
            }
        }
    )*};
}
body_from! {
    CustomerTransfer => |body| Body::CustomerTransfer(Box::new(body)),
    CustomerTransferAck => Body::CustomerTransferAck,
    AffairCreate => |body| Body::AffairCreate(Box::new(body)),
    AffairCreateAck => |body| Body::AffairCreateAck(Box::new(body)),
    OfferReturn => |body| Body::OfferReturn(Box::new(body)),
    OfferReturnAck => Body::OfferReturnAck,
    Problem => Body::Problem,
}

/// What the writer of a message says about it: the caller's clock, ids and names.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// New for every message; the same when a message is sent again.
    pub message_id: MessageId,
    /// The session of the tool it belongs to.
    pub session_id: Option<MessageId>,
    /// When it was written.
    pub sent_at: ZonedInstant,
    /// Who wrote it.
    pub sender: Sender,
    /// The dealer.
    pub dealer_code: ExchangeId,
    /// The user.
    pub user: Option<ExchangeId>,
}

/// A message of the contract.
///
/// ```
/// use clientela_exchange::quoting::*;
/// let header = Header {
///     message_id: "ec31682f-de56-4917-852f-f78a7a8adeff".parse()?,
///     session_id: None,
///     sent_at: "2025-03-04T09:00:00+01:00".parse()?,
///     sender: Sender::new(System::Crm, "1.0".into()),
///     dealer_code: "D-0042".parse()?,
///     user: None,
/// };
/// let seat = Address::new(AddressType::Legal, "IT".parse()?);
/// let customer = Customer::new(
///     "C-1001".parse()?,
///     Revision::new(7)?,
///     CustomerKind::Company,
///     "Autotrasporti Esempio S.r.l.".parse()?,
///     NonEmpty::new(seat, []),
/// );
/// let message = Message::new(header, CustomerTransfer::new(customer));
/// let bytes = message.to_bytes()?;
/// assert_eq!(Message::parse(&bytes)?, message);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// About the message.
    pub header: Header,
    /// What it carries.
    pub body: Body,
    /// The message it answers.
    pub in_reply_to: Option<MessageId>,
}

/// The members in the order they are written.
#[derive(Serialize)]
struct Outgoing<'a> {
    contract: &'static str,
    message: MessageKind,
    message_id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<MessageId>,
    sent_at: &'a ZonedInstant,
    sender: &'a Sender,
    dealer_code: &'a ExchangeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a ExchangeId>,
    body: &'a Body,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<MessageId>,
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Outgoing {
            contract: CONTRACT,
            message: self.body.kind(),
            message_id: self.header.message_id,
            session_id: self.header.session_id,
            sent_at: &self.header.sent_at,
            sender: &self.header.sender,
            dealer_code: &self.header.dealer_code,
            user: self.header.user.as_ref(),
            body: &self.body,
            in_reply_to: self.in_reply_to,
        }
        .serialize(serializer)
    }
}

impl Message {
    /// A message that answers none.
    pub fn new(header: Header, body: impl Into<Body>) -> Self {
        Self { header, body: body.into(), in_reply_to: None }
    }

    /// The answer to this message: same session, dealer and user; id, time and sender are the answerer's.
    #[must_use]
    pub fn reply(
        &self,
        message_id: MessageId,
        sent_at: ZonedInstant,
        sender: Sender,
        body: impl Into<Body>,
    ) -> Self {
        let header = Header { message_id, sent_at, sender, ..self.header.clone() };
        Self { header, body: body.into(), in_reply_to: Some(self.header.message_id) }
    }

    /// The message as JSON without blanks, members in a fixed order: the same message gives the same bytes.
    ///
    /// # Errors
    /// `INTERNAL` if it cannot be written, which no message that was parsed or built here should show.
    pub fn to_bytes(&self) -> Result<Vec<u8>, QuotingProblem> {
        serde_json::to_vec(self)
            .map_err(|_| QuotingProblem::new(ProblemCode::Internal, "message cannot be written as JSON"))
    }
}
