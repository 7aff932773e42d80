//! The decision on an `offer.return`.

use super::file;
use super::known::{KnownAffair, KnownDossier, KnownState};
use crate::quoting::totals::{TotalsCheck, Verdict, recompute};
use crate::quoting::{
    Digest, Dossier, DossierAction, DossierResult, DossierStatus, ExchangeId, Exit, FileAction, JsonObject,
    OfferReturn, OfferReturnAck, Problem, ProblemCode, QuotingProblem, ReturnStatus, Revision, Warning,
    canonical,
};
use clientela_model::Why;
use std::collections::{HashMap, HashSet};

/// What was found out about a message's content before the decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Checks {
    /// For each dossier, in order, the comparison of its figures.
    pub totals: Vec<TotalsCheck>,
    /// What is wrong with the file, if anything.
    pub file: Option<QuotingProblem>,
}

impl Checks {
    /// Computes all figures again and checks the file; `beside` are the file's bytes when they came in a buffer.
    #[must_use]
    pub fn of(message: &OfferReturn, beside: Option<&[u8]>) -> Self {
        let minor_units = message.minor_units();
        let totals = message
            .dossiers
            .iter()
            .map(|dossier| recompute(dossier, minor_units, message.rounding))
            .collect();
        Self { totals, file: message.file.verify(beside).err() }
    }
}

/// What is to be done for one dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A new offer, revision 1.
    CreateOffer {
        /// Position of the dossier in the message.
        dossier: usize,
        /// Fingerprint of its content.
        fingerprint: Digest,
        /// Whether it may be shown to a customer: complete, and its figures add up.
        presentable: bool,
        /// The closed offer it follows, when the message allows that.
        follows: Option<ExchangeId>,
    },
    /// A new revision of an offer; the one before is superseded and approvals are void.
    ReviseOffer {
        /// Position of the dossier in the message.
        dossier: usize,
        /// The offer.
        offer_id: ExchangeId,
        /// Its revision before.
        supersedes: Revision,
        /// Its revision now.
        offer_revision: Revision,
        /// Fingerprint of the content.
        fingerprint: Digest,
        /// Whether it may be shown to a customer.
        presentable: bool,
    },
    /// The offer says the same already; only the dossier's revision is noted.
    Unchanged {
        /// Position of the dossier in the message.
        dossier: usize,
        /// The offer.
        offer_id: ExchangeId,
        /// Its revision.
        offer_revision: Revision,
        /// The dossier's revision, to be noted when it is higher.
        dossier_revision: Revision,
        /// Fingerprint of the content.
        fingerprint: Digest,
        /// Whether the offer was withdrawn and is taken up again.
        reinstated: bool,
    },
    /// The dossier is gone or given up; its offer is withdrawn, not deleted.
    Withdraw {
        /// The offer; it may be withdrawn already.
        offer_id: ExchangeId,
        /// Its revision.
        offer_revision: Revision,
        /// The dossier's revision, to be noted when it is higher; none when the dossier is not in the message.
        dossier_revision: Option<Revision>,
    },
    /// Nothing; the problem says why.
    Reject {
        /// Position of the dossier in the message.
        dossier: usize,
        /// The offer concerned, when there is one.
        offer_id: Option<ExchangeId>,
    },
}

/// The decision on one dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct DossierDecision {
    /// The dossier.
    pub dossier_id: ExchangeId,
    /// What is to be done.
    pub effect: Effect,
    /// Differences without harm.
    pub warnings: Vec<Warning>,
    /// What is wrong: always set for a rejection; beside another effect only `TOTALS_MISMATCH`.
    pub problem: Option<QuotingProblem>,
    /// Why.
    pub why: Why,
}

/// The decision on a message. All its effects are one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What becomes of the whole.
    pub status: ReturnStatus,
    /// What becomes of the file; none when a session was discarded.
    pub file_action: Option<FileAction>,
    /// What becomes of each dossier: those of the message in its order, then those withdrawn.
    pub dossiers: Vec<DossierDecision>,
    /// What is wrong with the message or its file.
    pub problem: Option<QuotingProblem>,
    /// The affair's revision, to be noted when something took effect.
    pub affair_revision: Option<Revision>,
    /// Why.
    pub why: Why,
}

/// Decides what an `offer.return` does. See the [module](super) for the order of checks and the table.
///
/// # Errors
/// `INTERNAL` when a dossier cannot be fingerprinted, which none that was parsed should show.
pub fn offer_return(
    known: &KnownState,
    message: &OfferReturn,
    checks: &Checks,
) -> Result<Decision, QuotingProblem> {
    let affair = match admissible(known, message, checks) {
        Ok(affair) => affair,
        Err(problem) => return Ok(rejected(problem)),
    };
    if message.exit == Exit::Discarded {
        return Ok(Decision {
            status: ReturnStatus::Accepted,
            file_action: None,
            dossiers: Vec::new(),
            problem: None,
            affair_revision: None,
            why: Why::new("quoting.session.discarded"),
        });
    }
    let (file_action, file_problem, file_why) = file::decide(affair, message);
    let current = file_action != FileAction::KeptAsConflict && message.affair_revision >= affair.revision;
    let round = Round {
        message,
        closed: known.opportunity.as_ref().is_some_and(|opportunity| opportunity.closed),
        current,
        filed: by_id(known, &message.affair_id),
    };
    let mut dossiers = Vec::with_capacity(message.dossiers.len());
    let mut seen: HashSet<&ExchangeId> = HashSet::new();
    for (index, dossier) in message.dossiers.iter().enumerate() {
        let first = seen.insert(&dossier.dossier_id);
        let totals = checks.totals.get(index);
        dossiers.push(round.dossier(index, dossier, first, totals)?);
    }
    if message.dossiers_complete {
        dossiers.extend(round.withdrawals(known, &seen));
    }
    let status = status(&dossiers, file_problem.as_ref());
    let mut why = Why::new("quoting.return").fact("status", status).because(file_why);
    if message.dossiers_complete && !current {
        why = why.because(
            Why::new("quoting.return.not_current")
                .fact("affair_revision", message.affair_revision)
                .fact("known_revision", affair.revision),
        );
    }
    Ok(Decision {
        status,
        file_action: Some(file_action),
        dossiers,
        problem: file_problem,
        affair_revision: Some(message.affair_revision.max(affair.revision)),
        why,
    })
}

/// What becomes of a message whose parts were decided so.
fn status(dossiers: &[DossierDecision], file: Option<&QuotingProblem>) -> ReturnStatus {
    let rejected = |decision: &DossierDecision| matches!(decision.effect, Effect::Reject { .. });
    if !dossiers.is_empty() && dossiers.iter().all(rejected) {
        ReturnStatus::Rejected
    } else if file.is_some() || dossiers.iter().any(|decision| decision.problem.is_some()) {
        ReturnStatus::PartlyAccepted
    } else {
        ReturnStatus::Accepted
    }
}

/// The affair, if the message as a whole can be taken.
fn admissible<'a>(
    known: &'a KnownState,
    message: &OfferReturn,
    checks: &Checks,
) -> Result<&'a KnownAffair, QuotingProblem> {
    let refuse = |code, path: &str, text: &str| Err(QuotingProblem::new(code, text).at(path));
    if known.opportunity.as_ref().is_none_or(|found| found.crm_id != message.opportunity_crm_id) {
        return refuse(
            ProblemCode::UnknownOpportunity,
            "/body/opportunity_crm_id",
            "opportunity is not known here; send its customer and the opportunity first",
        );
    }
    let Some(affair) = known.affair.as_ref().filter(|found| found.affair_id == message.affair_id) else {
        return refuse(
            ProblemCode::UnknownAffair,
            "/body/affair_id",
            "affair is not known here; create it from its opportunity first",
        );
    };
    if affair.opportunity_crm_id != message.opportunity_crm_id {
        return refuse(
            ProblemCode::UnknownAffair,
            "/body/opportunity_crm_id",
            "affair is filed under another opportunity; name that one",
        );
    }
    if affair.currency != message.currency {
        let text = format!("offers are in {}; the affair is in {}", message.currency, affair.currency);
        return refuse(ProblemCode::CurrencyMismatch, "/body/currency", &text);
    }
    checks.file.clone().map_or(Ok(affair), Err)
}

fn rejected(problem: QuotingProblem) -> Decision {
    Decision {
        status: ReturnStatus::Rejected,
        file_action: Some(FileAction::Refused),
        dossiers: Vec::new(),
        affair_revision: None,
        why: Why::new("quoting.return")
            .fact("status", ReturnStatus::Rejected)
            .because(Why::new(problem.code.dotted())),
        problem: Some(problem),
    }
}

/// Known dossiers by key; one of this affair goes before one of another.
fn by_id<'a>(known: &'a KnownState, affair_id: &ExchangeId) -> HashMap<&'a ExchangeId, &'a KnownDossier> {
    let mut filed = HashMap::new();
    for dossier in &known.dossiers {
        if dossier.affair_id == *affair_id || !filed.contains_key(&dossier.dossier_id) {
            filed.insert(&dossier.dossier_id, dossier);
        }
    }
    filed
}

/// What holds for all dossiers of one message.
struct Round<'a> {
    message: &'a OfferReturn,
    /// The opportunity is closed.
    closed: bool,
    /// The session started from the newest file, and nothing newer of the affair has arrived since.
    current: bool,
    filed: HashMap<&'a ExchangeId, &'a KnownDossier>,
}

impl Round<'_> {
    fn dossier(
        &self,
        index: usize,
        dossier: &Dossier,
        first: bool,
        totals: Option<&TotalsCheck>,
    ) -> Result<DossierDecision, QuotingProblem> {
        let base = format!("/body/dossiers/{index}");
        let fingerprint = canonical::fingerprint(dossier)?;
        let known = self.filed.get(&dossier.dossier_id).copied();
        // Nobody is shown what was given up.
        let totals = totals.filter(|_| dossier.status != DossierStatus::Cancelled);
        let verdict = totals.map_or(Verdict::Exact, TotalsCheck::verdict);
        let presentable = verdict < Verdict::Mismatch && dossier.status == DossierStatus::Complete;
        let outcome = if first {
            self.outcome(index, dossier, known, fingerprint, presentable)
        } else {
            let text = "dossier is in the message twice; send its newest revision only";
            Err(QuotingProblem::new(ProblemCode::SchemaInvalid, text).at(format!("{base}/dossier_id")))
        };
        let why = |reason: &'static str| {
            let why = Why::new(reason)
                .fact("dossier_revision", dossier.dossier_revision)
                .fact("fingerprint", fingerprint);
            let why = known.iter().fold(why, |why, known| {
                why.fact("known_revision", known.dossier_revision)
                    .fact("known_fingerprint", known.fingerprint)
            });
            totals
                .into_iter()
                .filter(|check| check.verdict() > Verdict::Exact)
                .fold(why, |why, check| why.because(check.why()))
        };
        Ok(match outcome {
            Err(problem) => DossierDecision {
                dossier_id: dossier.dossier_id.clone(),
                effect: Effect::Reject {
                    dossier: index,
                    offer_id: known.map(|known| known.offer_id.clone()),
                },
                warnings: Vec::new(),
                why: why("quoting.dossier.rejected").because(Why::new(problem.code.dotted())),
                problem: Some(problem),
            },
            Ok((effect, reason)) => DossierDecision {
                dossier_id: dossier.dossier_id.clone(),
                effect,
                warnings: totals
                    .into_iter()
                    .flat_map(|check| &check.findings)
                    .map(|finding| finding.warning(&base))
                    .collect(),
                problem: (verdict == Verdict::Mismatch).then(|| {
                    let text =
                        "figures of the dossier do not add up; the offer is kept and cannot be presented";
                    QuotingProblem::new(ProblemCode::TotalsMismatch, text).at(format!("{base}/totals"))
                }),
                why: why(reason),
            },
        })
    }

    /// The table of the module.
    fn outcome(
        &self,
        index: usize,
        dossier: &Dossier,
        known: Option<&KnownDossier>,
        fingerprint: Digest,
        presentable: bool,
    ) -> Result<(Effect, &'static str), QuotingProblem> {
        let path = format!("/body/dossiers/{index}");
        let create = |follows| Effect::CreateOffer { dossier: index, fingerprint, presentable, follows };
        let cancelled = dossier.status == DossierStatus::Cancelled;
        let Some(known) = known else {
            if cancelled {
                let text = "dossier is cancelled and never was an offer here; leave it out";
                let problem = QuotingProblem::new(ProblemCode::SchemaInvalid, text);
                return Err(problem.at(format!("{path}/status")));
            }
            self.open(&path)?;
            return Ok((create(None), "quoting.dossier.new"));
        };
        if known.affair_id != self.message.affair_id {
            let text = "dossier is filed under another affair; a person decides where it belongs";
            return Err(QuotingProblem::new(ProblemCode::DossierMoved, text).at(path));
        }
        if cancelled {
            return Ok((self.cancelled(dossier, known, path)?, "quoting.dossier.cancelled"));
        }
        if known.fingerprint == fingerprint && dossier.dossier_revision >= known.dossier_revision {
            let unchanged = Effect::Unchanged {
                dossier: index,
                offer_id: known.offer_id.clone(),
                offer_revision: known.offer_revision,
                dossier_revision: dossier.dossier_revision,
                fingerprint,
                // A session that did not know of the withdrawal cannot have taken it back.
                reinstated: known.withdrawn && self.current && !self.closed,
            };
            return Ok((unchanged, "quoting.dossier.same_content"));
        }
        newer(dossier, known)?;
        self.open(&path)?;
        if known.closed {
            return if self.message.allow_new_offer_when_closed == Some(true) {
                Ok((create(Some(known.offer_id.clone())), "quoting.dossier.new_after_closed"))
            } else {
                let text = "the customer has answered the offer; allow a new offer or reopen it";
                Err(QuotingProblem::new(ProblemCode::OfferClosed, text).at(path))
            };
        }
        let revise = Effect::ReviseOffer {
            dossier: index,
            offer_id: known.offer_id.clone(),
            supersedes: known.offer_revision,
            offer_revision: known.offer_revision.next(),
            fingerprint,
            presentable,
        };
        Ok((revise, "quoting.dossier.new_content"))
    }

    /// A dossier given up in the tool.
    fn cancelled(
        &self,
        dossier: &Dossier,
        known: &KnownDossier,
        path: String,
    ) -> Result<Effect, QuotingProblem> {
        let again = known.withdrawn && dossier.dossier_revision >= known.dossier_revision;
        if !again {
            newer(dossier, known)?;
            self.open(&path)?;
        }
        if known.closed {
            let text = "the customer has answered the offer; reopen it before it is given up";
            return Err(QuotingProblem::new(ProblemCode::OfferClosed, text).at(path));
        }
        Ok(Effect::Withdraw {
            offer_id: known.offer_id.clone(),
            offer_revision: known.offer_revision,
            dossier_revision: Some(dossier.dossier_revision),
        })
    }

    fn open(&self, path: &str) -> Result<(), QuotingProblem> {
        if !self.closed {
            return Ok(());
        }
        let text = "opportunity is closed; reopen it to take new offers";
        Err(QuotingProblem::new(ProblemCode::OpportunityClosed, text).at(path))
    }

    fn withdrawals(&self, known: &KnownState, seen: &HashSet<&ExchangeId>) -> Vec<DossierDecision> {
        if !self.current || self.closed {
            return Vec::new();
        }
        let gone = known.dossiers.iter().filter(|dossier| {
            dossier.affair_id == self.message.affair_id
                && !dossier.withdrawn
                && !dossier.closed
                && !seen.contains(&dossier.dossier_id)
        });
        gone.map(|dossier| DossierDecision {
            dossier_id: dossier.dossier_id.clone(),
            effect: Effect::Withdraw {
                offer_id: dossier.offer_id.clone(),
                offer_revision: dossier.offer_revision,
                dossier_revision: None,
            },
            warnings: Vec::new(),
            problem: None,
            why: Why::new("quoting.dossier.gone").fact("known_revision", dossier.dossier_revision),
        })
        .collect()
    }
}

/// Refuses a changed dossier whose revision does not say that it changed.
fn newer(dossier: &Dossier, known: &KnownDossier) -> Result<(), QuotingProblem> {
    if dossier.dossier_revision > known.dossier_revision {
        return Ok(());
    }
    let text = format!("revision {} is not newer than {}", dossier.dossier_revision, known.dossier_revision);
    let current = JsonObject::of_numbers(&[
        ("dossier_revision", known.dossier_revision.get()),
        ("offer_revision", known.offer_revision.get()),
    ]);
    Err(QuotingProblem::new(ProblemCode::DossierRevisionStale, text).with_current(current))
}

impl Decision {
    /// Takes back what was decided on one dossier, by its place among [`dossiers`](Self::dossiers): it cannot be carried
    /// out, and the problem says why. The others keep their effects; what becomes of the whole is decided again.
    pub fn refuse(&mut self, place: usize, problem: QuotingProblem) {
        let Some(decision) = self.dossiers.get_mut(place) else { return };
        let offer_id = match &decision.effect {
            Effect::CreateOffer { follows, .. } => follows.clone(),
            Effect::ReviseOffer { offer_id, .. }
            | Effect::Unchanged { offer_id, .. }
            | Effect::Withdraw { offer_id, .. } => Some(offer_id.clone()),
            Effect::Reject { offer_id, .. } => offer_id.clone(),
        };
        // Those of the message stand first, in its order.
        decision.effect = Effect::Reject { dossier: place, offer_id };
        decision.why = Why::new("quoting.dossier.rejected")
            .because(Why::new(problem.code.dotted()))
            .because(decision.why.clone());
        decision.warnings.clear();
        decision.problem = Some(problem);
        self.status = status(&self.dossiers, self.problem.as_ref());
        self.why = Why::new("quoting.return").fact("status", self.status).because(self.why.clone());
    }

    /// The answer to the message. `new_offer` names the offer made for a [`Effect::CreateOffer`].
    pub fn acknowledge(&self, mut new_offer: impl FnMut(&DossierDecision) -> ExchangeId) -> OfferReturnAck {
        let results = self.dossiers.iter().map(|decision| result(decision, &mut new_offer)).collect();
        let mut answer = OfferReturnAck::new(self.status, results);
        answer.file_action = self.file_action;
        answer.problem = self.problem.as_ref().map(Problem::from);
        answer
    }
}

fn result(
    decision: &DossierDecision,
    new_offer: &mut impl FnMut(&DossierDecision) -> ExchangeId,
) -> DossierResult {
    let (action, offer_id, offer_revision, fingerprint) = match &decision.effect {
        Effect::CreateOffer { fingerprint, .. } => {
            (DossierAction::Created, Some(new_offer(decision)), Some(Revision::LOWEST), Some(*fingerprint))
        }
        Effect::ReviseOffer { offer_id, offer_revision, fingerprint, .. } => {
            (DossierAction::Revised, Some(offer_id.clone()), Some(*offer_revision), Some(*fingerprint))
        }
        Effect::Unchanged { offer_id, offer_revision, fingerprint, .. } => {
            (DossierAction::Unchanged, Some(offer_id.clone()), Some(*offer_revision), Some(*fingerprint))
        }
        Effect::Withdraw { offer_id, offer_revision, .. } => {
            (DossierAction::Withdrawn, Some(offer_id.clone()), Some(*offer_revision), None)
        }
        Effect::Reject { offer_id, .. } => (DossierAction::Rejected, offer_id.clone(), None, None),
    };
    let mut result = DossierResult::new(decision.dossier_id.clone(), action);
    result.offer_id = offer_id;
    result.offer_revision = offer_revision;
    result.fingerprint = fingerprint;
    result.warnings = (!decision.warnings.is_empty()).then(|| decision.warnings.clone());
    result.problem = decision.problem.as_ref().map(Problem::from);
    result
}
