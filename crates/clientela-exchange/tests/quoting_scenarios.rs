//! The contract's scenarios, replayed against a CRM and a tool held in memory.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

mod common;

use clientela_exchange::quoting::decide::{
    Checks, Effect, KnownAffair, KnownCustomer, KnownDossier, KnownOpportunity, KnownState, KnownToolAffair,
    affair_create, customer_transfer, offer_return,
};
use clientela_exchange::quoting::{
    AffairStatus, Body, Digest, ExchangeId, FileAction, Message, OfferReturn, OfferReturnAck, Revision,
    Sender, System,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn id(text: &str) -> ExchangeId {
    ExchangeId::parse(text).unwrap()
}

/// One dealer's CRM and one installation of the tool.
#[derive(Default)]
struct World {
    customers: Vec<KnownCustomer>,
    tool_affairs: BTreeMap<String, KnownToolAffair>,
    opportunities: Vec<KnownOpportunity>,
    affairs: Vec<KnownAffair>,
    offers: Vec<KnownDossier>,
    superseded: Vec<String>,
    files: BTreeSet<Digest>,
    journal: BTreeMap<String, Vec<u8>>,
    problems: BTreeSet<String>,
    answers: u32,
}

impl World {
    /// Receives a message on the side that receives it; the same message again gets the same bytes.
    fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        let message = Message::parse(bytes).unwrap();
        let key = message.header.message_id.to_string();
        if let Some(answer) = self.journal.get(&key) {
            return answer.clone();
        }
        let (system, body) = match &message.body {
            Body::CustomerTransfer(transfer) => {
                let crm_id = &transfer.customer.crm_id;
                let known = self.customers.iter().find(|customer| customer.crm_id == *crm_id);
                let ack = customer_transfer(known, transfer, id("K-55"));
                self.customers.retain(|customer| customer.crm_id != *crm_id);
                self.customers.push(KnownCustomer {
                    tool_customer_id: ack.tool_customer_id.clone().unwrap(),
                    crm_id: crm_id.clone(),
                    revision: ack.applied_revision.unwrap(),
                    locally_changed: false,
                });
                (System::Quoting, Body::from(ack))
            }
            Body::AffairCreate(create) => {
                let opportunity = &create.opportunity;
                let customer =
                    self.customers.iter().find(|customer| customer.crm_id == create.customer_ref.crm_id);
                let known = self.tool_affairs.get(opportunity.crm_id.as_str());
                let ack = affair_create(customer, known, create, id("AFF-900"), None);
                if ack.status == AffairStatus::Created {
                    let affair_id = ack.affair_id.clone().unwrap();
                    let revision = ack.affair_revision.unwrap();
                    let customer_crm_id = create.customer_ref.crm_id.clone();
                    self.tool_affairs.insert(
                        opportunity.crm_id.to_string(),
                        KnownToolAffair {
                            affair_id: affair_id.clone(),
                            revision,
                            customer_crm_id,
                            file: None,
                        },
                    );
                    // The CRM's side: it sent the opportunity and files the affair the answer names.
                    self.opportunities
                        .push(KnownOpportunity { crm_id: opportunity.crm_id.clone(), closed: false });
                    self.affairs.push(KnownAffair {
                        affair_id,
                        opportunity_crm_id: opportunity.crm_id.clone(),
                        revision,
                        currency: opportunity.currency.clone(),
                        current_file: None,
                    });
                }
                (System::Quoting, Body::from(ack))
            }
            Body::OfferReturn(body) => (System::Crm, Body::from(self.take_back(body))),
            other => panic!("nobody receives {:?}", other.kind()),
        };
        self.answers += 1;
        let answer_id = format!("00000000-0000-4000-8000-{:012}", self.answers).parse().unwrap();
        let sender = Sender::new(system, "1.0".into());
        let answer =
            message.reply(answer_id, message.header.sent_at.clone(), sender, body).to_bytes().unwrap();
        Message::parse(&answer).unwrap();
        self.journal.insert(key, answer.clone());
        answer
    }

    fn known(&self, message: &OfferReturn) -> KnownState {
        let opportunity = self.opportunities.iter().find(|known| known.crm_id == message.opportunity_crm_id);
        let affair = self.affairs.iter().find(|known| known.affair_id == message.affair_id);
        KnownState {
            opportunity: opportunity.cloned(),
            affair: affair.cloned(),
            dossiers: self.offers.clone(),
        }
    }

    fn take_back(&mut self, message: &OfferReturn) -> OfferReturnAck {
        let known = self.known(message);
        let decision = offer_return(&known, message, &Checks::of(message, None)).unwrap();
        let mut next = self.offers.len();
        let answer = decision.acknowledge(|_| {
            next += 1;
            id(&format!("Q-{}", 7000 + next))
        });
        for (decided, result) in decision.dossiers.iter().zip(&answer.results) {
            let offer = result.offer_id.clone();
            match &decided.effect {
                Effect::CreateOffer { dossier, fingerprint, .. } => self.offers.push(KnownDossier {
                    dossier_id: decided.dossier_id.clone(),
                    affair_id: message.affair_id.clone(),
                    dossier_revision: message.dossiers[*dossier].dossier_revision,
                    offer_id: offer.unwrap(),
                    offer_revision: Revision::LOWEST,
                    fingerprint: *fingerprint,
                    closed: false,
                    withdrawn: false,
                }),
                Effect::ReviseOffer {
                    dossier, offer_id, supersedes, offer_revision, fingerprint, ..
                } => {
                    self.superseded.push(format!("{offer_id}/{supersedes}"));
                    let known = self.offers.iter_mut().find(|known| known.offer_id == *offer_id).unwrap();
                    known.offer_revision = *offer_revision;
                    known.dossier_revision = message.dossiers[*dossier].dossier_revision;
                    known.fingerprint = *fingerprint;
                    known.withdrawn = false;
                }
                Effect::Unchanged { offer_id, dossier_revision, reinstated, .. } => {
                    let known = self.offers.iter_mut().find(|known| known.offer_id == *offer_id).unwrap();
                    known.dossier_revision = *dossier_revision;
                    known.withdrawn &= !reinstated;
                }
                Effect::Withdraw { offer_id, .. } => {
                    self.offers.iter_mut().find(|known| known.offer_id == *offer_id).unwrap().withdrawn =
                        true;
                }
                Effect::Reject { .. } => {}
            }
        }
        let problems = decision
            .problem
            .iter()
            .chain(decision.dossiers.iter().filter_map(|decided| decided.problem.as_ref()));
        self.problems.extend(problems.map(|problem| problem.code.to_string()));
        let affair = self.affairs.iter_mut().find(|known| known.affair_id == message.affair_id);
        if let (Some(affair), Some(revision)) = (affair, decision.affair_revision) {
            affair.revision = revision;
            if matches!(decision.file_action, Some(FileAction::Stored | FileAction::KeptAsConflict)) {
                self.files.insert(message.file.digest);
            }
            if decision.file_action == Some(FileAction::Stored) {
                affair.current_file = Some(message.file.digest);
            }
        }
        answer
    }

    /// The state in the words of the scenarios.
    fn state(&self) -> Value {
        let revisions: BTreeMap<_, _> = self
            .offers
            .iter()
            .map(|offer| (offer.offer_id.to_string(), offer.offer_revision.get()))
            .collect();
        let withdrawn: Vec<_> = self
            .offers
            .iter()
            .filter(|offer| offer.withdrawn)
            .map(|offer| offer.offer_id.to_string())
            .collect();
        json!({
            "offers": self.offers.len(), "offer_revisions": revisions, "files": self.files.len(), "affairs": self.affairs.len(),
            "superseded": self.superseded, "withdrawn": withdrawn, "problems": self.problems,
        })
    }
}

fn example(folder: &Path, name: &str) -> Option<String> {
    let path = folder.join("examples").join(format!("{name}.json"));
    path.is_file().then(|| common::text(path))
}

/// Whether every member the example gives is the same in the answer; what the example leaves out may be there.
fn says_all_of(answer: &Value, example: &Value) -> bool {
    match (answer, example) {
        (Value::Object(answer), Value::Object(example)) => example
            .iter()
            .all(|(name, value)| answer.get(name).is_some_and(|answer| says_all_of(answer, value))),
        (Value::Array(answer), Value::Array(example)) => {
            answer.len() == example.len()
                && answer.iter().zip(example).all(|(answer, example)| says_all_of(answer, example))
        }
        (answer, example) => answer == example,
    }
}

#[test]
fn all_scenarios_reach_their_state() {
    let Some(folder) = common::vectors("exchange") else { return };
    let file: Value = serde_json::from_str(&common::text(folder.join("scenarios.json"))).unwrap();
    let scenarios = file["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 8);
    let mut compared = BTreeSet::new();
    for scenario in scenarios {
        let name = scenario["name"].as_str().unwrap();
        let mut world = World::default();
        let mut answers = Vec::new();
        for sent in scenario["send"].as_array().unwrap() {
            let sent = sent.as_str().unwrap();
            let answer = world.send(example(&folder, sent).unwrap().as_bytes());
            // The example answer has the next number and the message's name.
            let number: u32 = sent[..2].parse().unwrap();
            let expected = format!("{:02}{}_ack", number + 1, &sent[2..]);
            if sent.contains("offer_return")
                && world.problems.iter().all(|problem| problem != "UNKNOWN_OPPORTUNITY")
                && let Some(expected) = example(&folder, &expected)
            {
                let expected: Value = serde_json::from_str(&expected).unwrap();
                let answer: Value = serde_json::from_slice(&answer).unwrap();
                for member in ["body", "in_reply_to", "message", "session_id", "dealer_code", "user"] {
                    if member == "session_id" && sent.starts_with("08") {
                        // The example answers a message of session 2 in the name of session 1.
                        continue;
                    }
                    let (answer, expected) = (&answer[member], &expected[member]);
                    assert!(
                        says_all_of(answer, expected),
                        "{name}: {member} of the answer to {sent}\n{answer:#}\n{expected:#}"
                    );
                }
                compared.insert(sent.to_owned());
            }
            answers.push(answer);
        }
        let state = world.state();
        for (fact, expected) in scenario["expect"].as_object().unwrap() {
            let [.., before, last] = answers.as_slice() else {
                assert!(
                    says_all_of(&state[fact], expected),
                    "{name}: {fact} is {}, not {expected}",
                    state[fact]
                );
                continue;
            };
            match fact.as_str() {
                "second_ack" => assert_eq!(before, last, "{name}"),
                "second_status" => {
                    // Sent again under the same id the answer is the journal's; under a new one it says "existing".
                    let text = example(&folder, "03_affair_create").unwrap();
                    let again = text.replace(
                        "844b69c4-d54c-4264-8c2d-adb6bb70f53b",
                        "844b69c4-d54c-4264-8c2d-adb6bb70f53c",
                    );
                    let answer: Value = serde_json::from_slice(&world.send(again.as_bytes())).unwrap();
                    assert_eq!(answer["body"]["status"], *expected, "{name}");
                    assert_eq!(world.affairs.len(), 1, "{name}");
                }
                _ => assert!(
                    says_all_of(&state[fact], expected),
                    "{name}: {fact} is {}, not {expected}",
                    state[fact]
                ),
            }
        }
    }
    assert_eq!(compared.len(), 5, "answers 07, 09, 11, 13 and 15 are compared: {compared:?}");
}
