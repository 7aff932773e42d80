//! Reading a message: bytes in, a checked message or the first problem out.

use super::attachment::too_large;
use super::message::{Body, Header, Message, MessageKind, Sender};
use super::problem::{ProblemCode, QuotingProblem};
use super::value::{ExchangeId, MessageId};
use super::{CONTRACT, MAX_DEPTH, MAX_MESSAGE_BYTES, ZonedInstant};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

/// What is read of a message before its version is known.
#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(default, borrow)]
    contract: Option<&'a RawValue>,
    #[serde(default, borrow)]
    message_id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming<'a> {
    #[serde(rename = "contract")]
    _contract: String,
    message: MessageKind,
    message_id: MessageId,
    #[serde(default, deserialize_with = "super::object::present")]
    in_reply_to: Option<MessageId>,
    #[serde(default, deserialize_with = "super::object::present")]
    session_id: Option<MessageId>,
    sent_at: ZonedInstant,
    sender: Sender,
    dealer_code: ExchangeId,
    #[serde(default, deserialize_with = "super::object::present")]
    user: Option<ExchangeId>,
    #[serde(borrow)]
    body: &'a RawValue,
}

impl Message {
    /// Reads a message and checks everything its schema says. A byte order mark before it is passed over.
    ///
    /// Checked in this order: size, UTF-8, nesting, JSON, the contract's version, the envelope, the body. Within an object
    /// its members are checked as they stand, and what is missing after them.
    ///
    /// # Errors
    /// `CONTRACT_VERSION_UNSUPPORTED` at `/contract`; `FILE_TOO_LARGE` for a file's stated size; otherwise `SCHEMA_INVALID`
    /// with the JSON pointer of the first failing member. A member that is missing or unknown is a fault of its object.
    pub fn parse(bytes: &[u8]) -> Result<Self, QuotingProblem> {
        if bytes.len() > MAX_MESSAGE_BYTES {
            return Err(invalid(
                "",
                format!("message is too large; expected at most {MAX_MESSAGE_BYTES} bytes"),
            ));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| invalid("", "message is not UTF-8"))?;
        if depth(bytes) > MAX_DEPTH {
            return Err(invalid(
                "",
                format!("message is nested too deeply; expected at most {MAX_DEPTH} levels"),
            ));
        }
        let peek: Peek<'_> = read(text, "")?;
        let message_id = peek.message_id.and_then(|raw| serde_json::from_str(raw.get()).ok());
        Self::parse_known(text, peek.contract)
            .map_err(|problem| QuotingProblem { in_reply_to: message_id, ..problem })
    }

    /// When these bytes say they were written, as far as that can be read: also of a message that is not accepted.
    #[must_use]
    pub fn sent_at(bytes: &[u8]) -> Option<ZonedInstant> {
        #[derive(Deserialize)]
        struct Dated {
            sent_at: ZonedInstant,
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.len() > MAX_MESSAGE_BYTES || depth(bytes) > MAX_DEPTH {
            return None;
        }
        serde_json::from_slice::<Dated>(bytes).ok().map(|dated| dated.sent_at)
    }

    fn parse_known(text: &str, contract: Option<&RawValue>) -> Result<Self, QuotingProblem> {
        let contract = contract.ok_or_else(|| invalid("", "object lacks the member contract"))?;
        if read::<String>(contract.get(), "/contract")? != CONTRACT {
            let text = format!("contract is of another version; expected {CONTRACT}");
            return Err(QuotingProblem::new(ProblemCode::ContractVersionUnsupported, text).at("/contract"));
        }
        let envelope: Incoming<'_> = read(text, "")?;
        let body = envelope.body.get();
        let body = match envelope.message {
            MessageKind::CustomerTransfer => Body::CustomerTransfer(read_body(body)?),
            MessageKind::CustomerTransferAck => Body::CustomerTransferAck(read_body(body)?),
            MessageKind::AffairCreate => Body::AffairCreate(read_body(body)?),
            MessageKind::AffairCreateAck => Body::AffairCreateAck(read_body(body)?),
            MessageKind::OfferReturn => Body::OfferReturn(read_body(body)?),
            MessageKind::OfferReturnAck => Body::OfferReturnAck(read_body(body)?),
            MessageKind::Problem => Body::Problem(read_body(body)?),
        };
        let header = Header {
            message_id: envelope.message_id,
            session_id: envelope.session_id,
            sent_at: envelope.sent_at,
            sender: envelope.sender,
            dealer_code: envelope.dealer_code,
            user: envelope.user,
        };
        Ok(Self { header, body, in_reply_to: envelope.in_reply_to })
    }
}

fn invalid(path: impl Into<String>, text: impl Into<String>) -> QuotingProblem {
    QuotingProblem::new(ProblemCode::SchemaInvalid, text).at(path)
}

fn read_body<T: DeserializeOwned>(json: &str) -> Result<T, QuotingProblem> {
    if !json.starts_with('{') {
        return Err(invalid("/body", "value is of another kind; expected an object"));
    }
    read(json, "/body")
}

fn read<'a, T: Deserialize<'a>>(json: &'a str, base: &str) -> Result<T, QuotingProblem> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| problem_of(base, error.path(), error.inner()))?;
    deserializer
        .end()
        .map_err(|_| invalid(base, "message is followed by something else; expected one JSON object"))?;
    Ok(value)
}

fn problem_of(base: &str, path: &serde_path_to_error::Path, error: &serde_json::Error) -> QuotingProblem {
    if !error.is_data() {
        return invalid(base, "message is not JSON; expected one JSON object");
    }
    let message = error.to_string();
    let mut message = message.as_str();
    // serde_json appends the place in its text; the JSON pointer says it better.
    if let Some((before, _)) = message.rsplit_once(" at line ") {
        message = before;
    }
    let mut segments: Vec<String> = path
        .iter()
        .map(|segment| match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => "?".to_owned(),
        })
        .collect();
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, expected "));
    let unknown = unknown.or_else(|| {
        message.strip_prefix("unknown field `").and_then(|rest| rest.rsplit_once("`, there are no fields"))
    });
    let repeated = message.strip_prefix("duplicate field `").and_then(|rest| rest.split_once('`'));
    if let Some((name, _)) = unknown.or(repeated)
        && segments.last().is_some_and(|last| *last == name.replace('~', "~0").replace('/', "~1"))
    {
        segments.pop();
    }
    let pointer = segments.iter().fold(base.to_owned(), |pointer, segment| format!("{pointer}/{segment}"));
    if pointer == "/body/file/size" && message.contains("is too high") {
        return too_large();
    }
    invalid(pointer, plain_words(message))
}

/// The message without anything that stood in the document: serde repeats values, and values may be personal.
fn plain_words(message: &str) -> String {
    if message.starts_with("unknown field ") {
        return "object has a member the contract does not know; extensions belong into ext".to_owned();
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("object lacks the member {}", name.trim_matches('`'));
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return format!("object has the member {} twice", name.trim_matches('`'));
    }
    if message.starts_with("invalid ") {
        let expected = message.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
        let expected = match expected {
            "a string" => "text",
            "a boolean" => "true or false",
            "a sequence" => "a list",
            "a map" => "an object",
            "i64" => "a whole number without a fraction",
            expected if expected.starts_with("struct ") => "an object",
            _ => "what the contract says",
        };
        return format!("value is of another kind; expected {expected}");
    }
    message.to_owned()
}

/// Deepest nesting of objects and lists.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut deepest) = (0_usize, 0);
    let (mut inside, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            b'"' if !escaped => inside = !inside,
            b'{' | b'[' if !inside => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' if !inside => now = now.saturating_sub(1),
            _ => {}
        }
        escaped = inside && *byte == b'\\' && !escaped;
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: &str = r#"{"contract":"quoting-exchange/1","message":"customer.transfer",
        "message_id":"ec31682f-de56-4917-852f-f78a7a8adeff","sent_at":"2025-03-04T09:00:00+01:00",
        "sender":{"system":"crm","version":"1.0"},"dealer_code":"D-0042",
        "body":{"customer":{"crm_id":"C-1","revision":1,"kind":"person","name":"Rossi","addresses":[{"type":"legal","country":"IT"}]}}}"#;

    fn problem(find: &str, put: &str) -> (ProblemCode, String, String) {
        assert!(CUSTOMER.contains(find), "{find}");
        let problem = Message::parse(CUSTOMER.replacen(find, put, 1).as_bytes()).unwrap_err();
        (problem.code, problem.path.unwrap_or_default(), problem.text)
    }

    #[test]
    fn the_first_failing_member_is_named_and_its_value_is_not() {
        Message::parse(CUSTOMER.as_bytes()).unwrap();
        for (find, put, path, text) in [
            (
                "\"revision\":1",
                "\"revision\":\"Rossi\"",
                "/body/customer/revision",
                "value is of another kind; expected a whole number without a fraction",
            ),
            (
                "\"revision\":1",
                "\"revision\":1.5",
                "/body/customer/revision",
                "value is of another kind; expected a whole number without a fraction",
            ),
            (
                "\"revision\":1",
                "\"revision\":0",
                "/body/customer/revision",
                "number is too low; expected 1 or more",
            ),
            (
                "\"name\":\"Rossi\"",
                "\"name\":null",
                "/body/customer/name",
                "value is of another kind; expected text",
            ),
            (
                "\"name\":\"Rossi\"",
                "\"name\":\"\"",
                "/body/customer/name",
                "text is too short; expected 1 to 140 characters",
            ),
            (
                "\"name\":\"Rossi\"",
                "\"name\":\"Rossi\",\"name2\":null",
                "/body/customer/name2",
                "value is of another kind; expected text",
            ),
            (
                "\"name\":\"Rossi\"",
                "\"name\":\"Rossi\",\"a~/b\":1",
                "/body/customer",
                "object has a member the contract does not know; extensions belong into ext",
            ),
            (
                "\"name\":\"Rossi\"",
                "\"name\":\"Rossi\",\"name\":\"Rossi\"",
                "/body/customer",
                "object has the member name twice",
            ),
            (
                "\"name\":\"Rossi\"",
                "\"name\":\"Rossi\",\"ext\":[]",
                "/body/customer/ext",
                "extension is not an object; expected a JSON object",
            ),
            (
                "\"kind\":\"person\"",
                "\"kind\":\"Rossi\"",
                "/body/customer/kind",
                "customer kind is not a word of the list; expected one of company, sole_trader, person, public_body, dealer",
            ),
            (
                "\"country\":\"IT\"",
                "\"country\":\"Italia\"",
                "/body/customer/addresses/0/country",
                "country does not fit its pattern; expected two capital letters such as IT",
            ),
            (
                "[{\"type\":\"legal\",\"country\":\"IT\"}]",
                "[]",
                "/body/customer/addresses",
                "list is empty; expected at least one element",
            ),
            (
                "[{\"type\":\"legal\",\"country\":\"IT\"}]",
                "{}",
                "/body/customer/addresses",
                "value is of another kind; expected a list",
            ),
            (
                "{\"type\":\"legal\",\"country\":\"IT\"}",
                "\"Rossi\"",
                "/body/customer/addresses/0",
                "value is of another kind; expected an object",
            ),
            (
                "\"message\":\"customer.transfer\"",
                "\"message\":\"x\"",
                "/message",
                "message kind is not a word of the list; expected one of customer.transfer, customer.transfer.ack, affair.create, affair.create.ack, offer.return, offer.return.ack, problem",
            ),
            (
                "\"message\":\"customer.transfer\"",
                "\"message\":\"problem\"",
                "/body",
                "object has a member the contract does not know; extensions belong into ext",
            ),
            ("\"dealer_code\":\"D-0042\",", "", "", "object lacks the member dealer_code"),
            (
                "\"dealer_code\":\"D-0042\",",
                "\"dealer_code\":\"D-0042\",\"user\":null,",
                "/user",
                "value is of another kind; expected text",
            ),
            (
                "\"dealer_code\":\"D-0042\",",
                "\"dealer_code\":\"D-0042\",\"more\":1,",
                "",
                "object has a member the contract does not know; extensions belong into ext",
            ),
            (
                "+01:00",
                "",
                "/sent_at",
                "instant is not a time with its zone; expected date, time and zone such as 2025-03-04T09:00:00+01:00",
            ),
            ("\"contract\":\"quoting-exchange/1\",", "", "", "object lacks the member contract"),
            (
                "\"contract\":\"quoting-exchange/1\"",
                "\"contract\":1",
                "/contract",
                "value is of another kind; expected text",
            ),
            ("{\"contract\"", "[{\"contract\"", "", "message is not JSON; expected one JSON object"),
            (
                "{\"contract\"",
                "{} {\"contract\"",
                "",
                "message is followed by something else; expected one JSON object",
            ),
        ] {
            let expected = (ProblemCode::SchemaInvalid, path.to_owned(), text.to_owned());
            assert_eq!(problem(find, put), expected, "{put}");
        }
        let (code, path, _) = problem("exchange/1", "exchange/2");
        assert_eq!((code, path.as_str()), (ProblemCode::ContractVersionUnsupported, "/contract"));
    }

    #[test]
    fn a_problem_knows_the_message_it_answers() {
        let other = CUSTOMER.replace("exchange/1", "exchange/2");
        let problem = Message::parse(other.as_bytes()).unwrap_err();
        assert_eq!(problem.in_reply_to.unwrap().to_string(), "ec31682f-de56-4917-852f-f78a7a8adeff");
    }

    #[test]
    fn hostile_nesting_and_bytes_are_refused_not_followed() {
        for bytes in [
            b"[".repeat(1_000_000),
            b"{\"a\":".repeat(1_000_000),
            vec![0xff; 10],
            Vec::new(),
            b"null".to_vec(),
            b"\"\\".to_vec(),
        ] {
            assert_eq!(Message::parse(&bytes).unwrap_err().code, ProblemCode::SchemaInvalid);
        }
        assert_eq!(depth(br#"{"a":"[[[\"[[","b":[1]}"#), 2);
    }

    #[test]
    fn a_message_that_is_refused_still_says_when_it_was_written() {
        let other = CUSTOMER.replace("exchange/1", "exchange/2");
        assert_eq!(Message::sent_at(other.as_bytes()).unwrap().to_string(), "2025-03-04T09:00:00+01:00");
        for bytes in [b"".as_slice(), b"{}", b"[", br#"{"sent_at":"yesterday"}"#, br#"{"sent_at":1}"#] {
            assert_eq!(Message::sent_at(bytes), None);
        }
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert!(Message::sent_at(&[b"\xef\xbb\xbf", CUSTOMER.as_bytes()].concat()).is_some());
        Message::parse(&[b"\xef\xbb\xbf", CUSTOMER.as_bytes()].concat()).unwrap();
    }
}
