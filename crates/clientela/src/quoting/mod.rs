//! The quoting tool: customer data goes to it, an affair is made from an opportunity, offers come back when it is left.
//!
//! The contract is `quoting-exchange/1`; the messages and the table of what a returned dossier does are in
//! [`clientela_exchange::quoting`]. Here they meet stored records: one message is one command whose id is the message's,
//! so the same message again gives the same bytes and changes nothing.

mod effects;
mod files;
mod incoming;
mod mapping;
mod outgoing;

pub(crate) use files::attach;

use crate::door::Door;
use crate::error::{CrmError, Error, Result};
use crate::session::Session;
use chrono::DateTime;
use clientela_core::organisation::Unit;
use clientela_core::sales::Attachment;
use clientela_exchange::quoting::{
    Body, ExchangeId, Header, Message, MessageId, ProblemCode, QuotingProblem, Sender, System, ZonedInstant,
};
use clientela_model::{ClosedList, EntityId, ErrorKind, Predicate, Value, id::uuid_v7};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use uuid::Uuid;

/// What every message of one session of the tool says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuotingSession {
    /// Id of the tool's session, a UUID; it comes back in every answer.
    pub session_id: Option<String>,
    /// Name of the workstation.
    pub workstation: Option<String>,
}

impl Session {
    /// The `customer.transfer` message for a customer named by number or id. That it was sent to this workstation is noted, so that
    /// the tool's answer finds its customer; a store opened to read notes nothing.
    ///
    /// # Errors
    /// `record.not_found`; `quoting.*` when a key does not fit the contract.
    pub fn quoting_customer(&self, customer: &str, tool: &QuotingSession) -> Result<Vec<u8>> {
        // What is told is what the user may read; the command below would read more.
        let body = self.look(|view| outgoing::customer_transfer(&view, customer, self.today()))?;
        let id = self.new_command_id();
        let fingerprint = Sha256::digest(format!("quoting.customer {customer}").as_bytes()).into();
        let asked_by = MessageId::new(id);
        let noted = self.transact(id, "quoting.customer_transfer", "", fingerprint, |door| {
            outgoing::note_transfer(door, customer, tool.workstation.as_deref(), &body, asked_by)?;
            Ok((Vec::new(), ()))
        });
        match noted {
            Err(error) if error.code() != "store.read_only" => return Err(error),
            _ => {}
        }
        Ok(Message::new(self.header(tool, asked_by, self.instant()?)?, body).to_bytes()?)
    }

    /// The `affair.create` message for an opportunity named by number or id. The affair is noted; asked again, the same
    /// affair is meant and the newest file goes with it.
    ///
    /// # Errors
    /// `record.not_found`, `access.not_allowed`, `opportunity.illegal_passage` for a closed opportunity.
    pub fn quoting_affair(&self, opportunity: &str, tool: &QuotingSession) -> Result<Vec<u8>> {
        let id = self.new_command_id();
        let fingerprint = Sha256::digest(format!("quoting.affair {opportunity}").as_bytes()).into();
        // The message has the command's id: the tool's answer replies to it, and so finds its affair.
        let asked_by = MessageId::new(id);
        let body = self.transact(id, "quoting.affair_create", "", fingerprint, |door| {
            let body = outgoing::affair_create(door, opportunity, asked_by)?;
            Ok((Vec::new(), body))
        })?;
        let body = body.map_err(|_| CrmError::Internal { what: "a new command id is new" })?;
        Ok(Message::new(self.header(tool, asked_by, self.instant()?)?, body).to_bytes()?)
    }

    /// Takes a message of the tool and gives the answer to be sent back. `file` are the bytes of the attached file when
    /// they travel beside the message.
    ///
    /// Whatever the contract has a word for is in the answer, refusals included; only faults of this side are errors.
    /// A dossier that cannot be an offer is rejected alone; what the user may not do refuses the whole message. An answer of
    /// the tool (`customer.transfer.ack`, `affair.create.ack`) needs none: then the bytes are empty.
    ///
    /// The same message again gets the same bytes: from the journal when it was taken, else because they are made of the
    /// message alone.
    ///
    /// # Errors
    /// `store.*` when nothing could be stored; the same message may be sent again.
    pub fn quoting_receive(&self, bytes: &[u8], file: Option<&[u8]>) -> Result<Vec<u8>> {
        let message = match Message::parse(bytes).and_then(|message| self.admit(message)) {
            Ok(message) => message,
            Err(problem) => return self.problem(bytes, &problem),
        };
        let refuse = |problem: QuotingProblem| {
            let in_reply_to = Some(message.header.message_id);
            self.problem(bytes, &QuotingProblem { in_reply_to, ..problem })
        };
        let mut hash = Sha256::new();
        hash.update(bytes);
        let fingerprint: [u8; 32] = hash.finalize().into();
        let id = message.header.message_id.uuid();
        let answered = match &message.body {
            Body::OfferReturn(body) => self.transact(id, "quoting.offer_return", "", fingerprint, |door| {
                let answer = self.answer_return(door, &message, body, file)?;
                Ok((answer.clone(), answer))
            }),
            Body::AffairCreateAck(body) => {
                self.transact(id, "quoting.affair_noted", "", fingerprint, |door| {
                    incoming::note_affair(door, &message, body)?;
                    Ok((Vec::new(), Vec::new()))
                })
            }
            Body::CustomerTransferAck(body) => {
                self.transact(id, "quoting.customer_noted", "", fingerprint, |door| {
                    incoming::note_customer(door, &message, body)?;
                    Ok((Vec::new(), Vec::new()))
                })
            }
            // A problem the tool reports is for its user to read.
            Body::Problem(_) | Body::OfferReturnAck(_) => return Ok(Vec::new()),
            Body::CustomerTransfer(_) | Body::AffairCreate(_) => {
                let text = "this message goes from the crm to the quoting tool, not back";
                return refuse(QuotingProblem::new(ProblemCode::SchemaInvalid, text).at("/message"));
            }
        };
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(stored)) => crate::session::not_erased(stored),
            Err(error) => refuse(refusal(&error).ok_or(error)?),
        }
    }

    /// A file of an opportunity by its SHA-256, 64 hexadecimal digits.
    ///
    /// # Errors
    /// `record.not_found` when no visible opportunity has it, or its bytes never came.
    pub fn file(&self, digest: &str) -> Result<Vec<u8>> {
        self.look(|view| {
            let missing = || crate::view::not_found(<Attachment as clientela_model::Record>::ENTITY, digest);
            // A record alone gives no right to bytes: they may have come with an opportunity that is not seen.
            let known = Predicate::equals("digest", Value::Text(Cow::Owned(digest.to_owned())))
                .and(Predicate::equals("content_here", Value::Bool(true)));
            view.first_of::<Attachment>(&known)?.ok_or_else(missing)?;
            let bytes = clientela_exchange::quoting::Digest::parse(&format!("sha256:{digest}"))?;
            view.reader.file(&bytes.bytes())?.ok_or_else(missing)
        })
    }

    fn answer_return(
        &self,
        door: &mut Door<'_, '_>,
        message: &Message,
        body: &clientela_exchange::quoting::OfferReturn,
        file: Option<&[u8]>,
    ) -> Result<Vec<u8>> {
        let ack = incoming::offer_return(door, body, file)?;
        let mut random = [0; 10];
        self.crm.random.fill(&mut random);
        let id = MessageId::new(uuid_v7(door.now(), random));
        let reply =
            message.reply(id, self.instant()?, self.sender(message.header.sender.workstation.as_ref()), ack);
        Ok(reply.to_bytes()?)
    }

    /// The dealer and user a message names must be those of the session.
    fn admit(&self, message: Message) -> std::result::Result<Message, QuotingProblem> {
        let refused = |path: &str, text: &str| QuotingProblem {
            in_reply_to: Some(message.header.message_id),
            ..QuotingProblem::new(ProblemCode::NotAuthorised, text).at(path)
        };
        if message.header.user.as_ref().is_some_and(|user| user.as_str() != self.login()) {
            return Err(refused("/user", "the message is of another user than the session"));
        }
        let unit = self.get::<Unit>(self.actor().unit).map(|stored| stored.record.code).unwrap_or_default();
        if message.header.dealer_code.as_str() != unit {
            return Err(refused("/dealer_code", "the message is of another dealer than the session"));
        }
        Ok(message)
    }

    /// The answer that refuses these bytes. It is not stored, so everything in it follows from them and the session: the
    /// same bytes get the same answer, whenever they come.
    fn problem(&self, bytes: &[u8], problem: &QuotingProblem) -> Result<Vec<u8>> {
        let sent_at = match Message::sent_at(bytes) {
            Some(sent_at) => sent_at,
            None => ZonedInstant::new(DateTime::UNIX_EPOCH.fixed_offset())?,
        };
        let id = MessageId::new(self.derived_id(bytes, problem));
        let mut message = Message::new(self.header(&QuotingSession::default(), id, sent_at)?, problem);
        message.in_reply_to = problem.in_reply_to;
        Ok(message.to_bytes()?)
    }

    /// A UUID version 8 (RFC 9562, section 5.8) of who is answered what to which bytes.
    fn derived_id(&self, bytes: &[u8], problem: &QuotingProblem) -> Uuid {
        let mut hash = Sha256::new();
        for part in [self.login(), problem.code.word(), &problem.text] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let hash: [u8; 32] = hash.chain_update(bytes).finalize().into();
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
        uuid::Builder::from_custom_bytes(id).into_uuid()
    }

    fn header(&self, tool: &QuotingSession, id: MessageId, sent_at: ZonedInstant) -> Result<Header> {
        let unit = self.get::<Unit>(self.actor().unit)?.record;
        let workstation = tool.workstation.as_deref().map(Into::into);
        Ok(Header {
            message_id: id,
            session_id: tool.session_id.as_deref().map(MessageId::parse).transpose()?,
            sent_at,
            sender: self.sender(workstation.as_ref()),
            dealer_code: ExchangeId::parse(&unit.code).map_err(|error| error.at("dealer_code"))?,
            user: Some(ExchangeId::parse(self.login()).map_err(|error| error.at("user"))?),
        })
    }

    fn sender(&self, workstation: Option<&clientela_exchange::quoting::FreeText>) -> Sender {
        let mut sender = Sender::new(System::Crm, env!("CARGO_PKG_VERSION").into());
        sender.workstation = workstation.cloned();
        sender
    }

    fn instant(&self) -> Result<ZonedInstant> {
        Ok(ZonedInstant::new(self.now().fixed_offset())?)
    }
}

/// The problem a whole message is refused with; none for a fault of this side.
fn refusal(error: &Error) -> Option<QuotingProblem> {
    let refused = |code, path: &str, text: &str| Some(QuotingProblem::new(code, text).at(path));
    match error.kind() {
        _ if error.code() == "command.reused" => {
            let text = "this message id was used for other content; every message has an id of its own";
            refused(ProblemCode::SchemaInvalid, "/message_id", text)
        }
        _ if error.code() == "store.busy" => {
            Some(QuotingProblem::new(ProblemCode::Busy, "the store is busy; send the message again later"))
        }
        ErrorKind::Rights => Some(QuotingProblem::new(ProblemCode::NotAuthorised, error.to_string())),
        // A text or number of the message that no record can keep.
        ErrorKind::Validation | ErrorKind::Rule | ErrorKind::Range | ErrorKind::Limit
            if !error.code().starts_with("store.") =>
        {
            refused(ProblemCode::SchemaInvalid, "/body", &error.to_string())
        }
        _ => None,
    }
}

/// The key of a record in messages: the number people use where it fits the contract, else the id.
fn exchange_key<I: EntityId>(number: Option<&str>, id: I) -> Result<ExchangeId> {
    if let Some(key) = number.and_then(|number| ExchangeId::parse(number).ok()) {
        return Ok(key);
    }
    Ok(ExchangeId::parse(&id.to_string())?)
}
