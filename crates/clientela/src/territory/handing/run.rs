//! Piece after piece.

use super::plan::{Plan, Settled, Work};
use super::watching::Watching;
use super::write::{Done, write};
use crate::command::{Command, Outcome, Receipt};
use crate::digest::{hex, id_of, of_hex};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::session::{Session, of_user};
use crate::view::{LIST_MAX, View};
use clientela_core::assignment::{AssignmentRun, AssignmentRunState, PieceCount, TerritoryModel};
use clientela_core::ids::AssignmentRunId;
use clientela_model::{EntityId, Why};
use clientela_store::{StoreError, Stored};
use sha2::{Digest, Sha256};
use std::ops::Range;
use uuid::Uuid;

/// Customers handed over in one transaction: so many take a few hundredths of a second.
const PIECE: usize = if cfg!(test) { 20 } else { 500 };
/// How often a run is planned before what is still passed over is left to the next one.
const ROUNDS: u32 = 3;
/// How often it is planned when what all go by changes all the time; then it goes on as it was planned.
const ROUNDS_MAX: u32 = 20;
/// How often a plan of a few moves is made before its transaction.
const ATTEMPTS: usize = 3;
/// The words of the commands a run is made of.
const BEGIN: &str = "assignment.begin";
const PIECE_OF: &str = "assignment.piece";

/// A plan on its way to the transaction of the command that asked for it, with what a run has done of it before.
#[derive(Debug)]
pub(crate) struct Handing {
    plan: Plan,
    watching: Watching,
    run: Option<AssignmentRunId>,
    /// Moves that are dealt with.
    done: usize,
}

impl Handing {
    /// Planned for the first time: whom the command means is settled with it.
    fn first(session: &Session, work: Work<'_>) -> Result<(Settled, Self)> {
        let (at, rules) = (session.now(), &session.crm.rules);
        let today = session.day_of(at);
        let (settled, plan) = session.look_in_columns(|view, snapshot| {
            let settled = work.settled(view, snapshot, rules, today)?;
            let plan = settled.plan(view, snapshot, rules, (at, today))?;
            Ok((settled, plan))
        })?;
        Ok((settled, Self::of(plan)))
    }

    fn planned(session: &Session, settled: &Settled) -> Result<Self> {
        let at = session.now();
        let plan = session.look_in_columns(|view, snapshot| {
            settled.plan(view, snapshot, &session.crm.rules, (at, session.day_of(at)))
        })?;
        Ok(Self::of(plan))
    }

    fn of(plan: Plan) -> Self {
        Self { watching: Watching::new(&plan), plan, run: None, done: 0 }
    }

    /// Where a run was broken off. Who was passed over before takes room with his owner again.
    fn resumed(session: &Session, run: &AssignmentRun) -> Result<Self> {
        let (plan, id) = (Plan::from_bytes(&kept(session, &run.plan)?)?, run.id);
        let mut handing =
            Self { watching: Watching::new(&plan), plan, run: Some(id), done: run.pieces as usize * PIECE };
        for piece in 0..run.pieces {
            let stored = session.crm.store.command(part(id, run.round, piece))?;
            let receipt: Option<Receipt> =
                stored.and_then(|stored| serde_json::from_slice(&stored.answer).ok());
            for passed in receipt.into_iter().flat_map(|receipt| receipt.records) {
                let moves = &handing.plan.moves;
                if let Ok(at) = moves.binary_search_by_key(&passed.id, |one| one.customer.uuid()) {
                    let one = moves[at];
                    handing.watching.stays(one.from, one.to);
                }
            }
        }
        Ok(handing)
    }

    fn look(&mut self, session: &Session) -> Result<()> {
        session.look(|view| self.watching.look(view.reader, &self.plan, self.done))
    }

    /// Whether a customer of the plan has changed, or something all go by.
    fn is_stale(&self) -> bool {
        let moves = &self.plan.moves[self.done.min(self.plan.moves.len())..];
        self.watching.anew || moves.iter().any(|one| self.watching.changed.contains(&one.customer))
    }

    fn next(&self) -> Range<usize> {
        self.done..self.plan.moves.len().min(self.done + PIECE)
    }

    /// What is left of the plan, inside the transaction of the command that asked for it; ends its run.
    pub(crate) fn finish(mut self, door: &mut Door<'_, '_>, reason: &'static str) -> Result<Outcome> {
        let Done { mut count, handed, .. } = write(door, &self.plan, self.next(), &mut self.watching)?;
        let model = door.get::<TerritoryModel>(self.plan.model)?.record;
        let mut outcome = Outcome::of(&model, Some(&model.code), Why::new(reason));
        if let Some(run) = self.run {
            let Stored { record, version } = door.get_whole::<AssignmentRun>(run)?;
            let before = |number: i64| u64::try_from(number).unwrap_or(0);
            count = count.and(PieceCount {
                handed: before(record.handed),
                passed_over: before(record.passed_over),
                renumbered: before(record.renumbered),
            });
            outcome = outcome.and(&record, None);
            let finished = AssignmentRun {
                handed: i64::try_from(count.handed).unwrap_or(i64::MAX),
                ..record.finished(door.now())
            };
            door.update_derived(&finished, version)?;
        }
        outcome.records.extend(handed);
        outcome.records.truncate(LIST_MAX);
        outcome.why = self.why(outcome.why, count);
        Ok(outcome)
    }

    fn why(&self, why: Why, count: PieceCount) -> Why {
        let plan = &self.plan;
        let mut why =
            why.fact("model", &plan.code).fact("customers", plan.customers).fact("moved", count.handed);
        if let Some((before, after)) = plan.over {
            why = why.fact("over_before", before).fact("over_after", after);
        }
        for (name, count) in [("renumbered", count.renumbered), ("changed_meanwhile", count.passed_over)] {
            if count > 0 {
                why = why.fact(name, count);
            }
        }
        for (reason, count) in &plan.nobody {
            why = why.because(Why::new("assignment.nobody").fact("reason", reason).fact("count", count));
        }
        why
    }
}

impl Session {
    /// Plans what a command is to hand over, and does all of it but the last piece, each piece in a transaction of its own;
    /// the last is left to the command's. None for other commands, and for one that took effect already.
    pub(crate) fn hand_over(&self, id: Uuid, command: &Command) -> Result<Option<Handing>> {
        let work = Work::of(command);
        let begun = match (command, work) {
            (Command::AssignmentResume(_), _) | (_, Some(_)) if self.crm.store.command(id)?.is_some() => {
                return Ok(None);
            }
            (Command::AssignmentResume(named), _) => {
                self.look(|view| view.get::<AssignmentRun>(named.run))?.record
            }
            (_, Some(work)) => {
                let (run, fingerprint) = (AssignmentRunId::from_uuid(id), fingerprint(command)?);
                let Some(begun) = self.look(|view| begun(&view, run))? else {
                    return self.begin(run, work, fingerprint).map(Some);
                };
                let of = self.crm.store.command(part(run, 0, u32::MAX))?;
                if of.is_none_or(|of| of.fingerprint != of_user(fingerprint, begun.user.uuid())) {
                    return Err(StoreError::CommandReused { command: id }.into());
                }
                begun
            }
            (_, None) => return Ok(None),
        };
        let settled = Settled::from_bytes(&kept(self, &begun.request)?)?;
        let handing = Handing::resumed(self, &begun)?;
        if begun.state == AssignmentRunState::Finished {
            let done = handing.plan.moves.len();
            return Ok(Some(Handing { done, ..handing }));
        }
        self.go_on(&settled, begun, handing).map(Some)
    }

    fn begin(&self, id: AssignmentRunId, work: Work<'_>, fingerprint: [u8; 32]) -> Result<Handing> {
        let (mut settled, mut handing) = Handing::first(self, work)?;
        for _ in 1..ATTEMPTS {
            if handing.plan.moves.len() > PIECE {
                break;
            }
            handing.look(self)?;
            if !handing.is_stale() {
                break;
            }
            (settled, handing) = Handing::first(self, work)?;
        }
        if handing.plan.moves.len() <= PIECE {
            return Ok(handing);
        }
        let (begun, handing) = self.start((id, fingerprint), &settled, handing)?;
        self.go_on(&settled, begun, handing)
    }

    /// Keeps a run with its plan, before any of it is done.
    fn start(
        &self,
        (id, fingerprint): (AssignmentRunId, [u8; 32]),
        settled: &Settled,
        handing: Handing,
    ) -> Result<(AssignmentRun, Handing)> {
        let plan = &handing.plan;
        let (bytes, settled) = (plan.to_bytes()?, settled.to_bytes()?);
        self.transact(part(id, 0, u32::MAX), BEGIN, "", fingerprint, |door| {
            let run = AssignmentRun {
                id,
                unit: door.actor().unit,
                owner: door.actor().position,
                user: self.user,
                model: plan.model,
                request: hex(&door.put_file(&settled)?),
                round: 1,
                plan: hex(&door.put_file(&bytes)?),
                seen: plan.seen,
                planned: i64::try_from(plan.moves.len()).unwrap_or(i64::MAX),
                pieces: 0,
                handed: 0,
                passed_over: 0,
                renumbered: 0,
                state: AssignmentRunState::Running,
                started_at: door.now(),
                finished_at: None,
            };
            door.create_derived(&run)?;
            Ok((answer(part(id, 0, u32::MAX), BEGIN, &Done::default(), None)?, ()))
        })?
        // Begun by another program or not: it is begun.
        .unwrap_or(());
        let begun = self.look(|view| begun(&view, id))?;
        let begun = begun.ok_or(CrmError::Internal { what: "a run that was begun is kept" })?;
        let handing = match begun.seen == handing.plan.seen {
            true => Handing { run: Some(id), ..handing },
            false => Handing::resumed(self, &begun)?,
        };
        Ok((begun, handing))
    }

    /// All pieces of a plan, and of the next one when something was passed over.
    fn go_on(&self, settled: &Settled, mut run: AssignmentRun, mut handing: Handing) -> Result<Handing> {
        loop {
            let passed_over = self.pieces(&run, &mut handing)?;
            let all = handing.done >= handing.plan.moves.len();
            if all && (!passed_over || run.round >= ROUNDS) {
                return Ok(handing);
            }
            let next = Handing { run: Some(run.id), ..Handing::planned(self, settled)? };
            run = self.plan_again(run.id, run.round, &next.plan)?;
            let few = next.plan.moves.len() <= PIECE;
            handing = next;
            if few {
                return Ok(handing);
            }
        }
    }

    /// Whether something was passed over. Ends early when all is to be planned again.
    fn pieces(&self, run: &AssignmentRun, handing: &mut Handing) -> Result<bool> {
        let mut passed_over = run.passed_over > 0;
        while handing.done < handing.plan.moves.len() {
            handing.look(self)?;
            if handing.watching.anew && run.round < ROUNDS_MAX {
                return Ok(passed_over);
            }
            passed_over |= self.piece(run, handing)?;
        }
        Ok(passed_over)
    }

    /// The next piece of a plan; whether something was passed over.
    fn piece(&self, run: &AssignmentRun, handing: &mut Handing) -> Result<bool> {
        let piece = handing.next();
        let id = part(run.id, run.round, u32::try_from(piece.start / PIECE).unwrap_or(u32::MAX));
        let (Handing { plan, watching, .. }, end) = (&mut *handing, piece.end);
        let written = self.transact(id, PIECE_OF, "", Sha256::digest(id.as_bytes()).into(), |door| {
            let written = write(door, plan, piece, watching)?;
            let Stored { record, version } = door.get_whole::<AssignmentRun>(run.id)?;
            door.update_derived(&record.counting(written.count), version)?;
            door.past().tell("customers", end as u64, plan.moves.len() as u64);
            Ok((answer(id, PIECE_OF, &written, Some(&plan.code))?, written.count))
        })?;
        handing.done = end;
        // Another program may have done it.
        Ok(written.is_ok_and(|count| count.passed_over > 0))
    }

    fn plan_again(&self, id: AssignmentRunId, round: u32, plan: &Plan) -> Result<AssignmentRun> {
        let (bytes, command) = (plan.to_bytes()?, part(id, round, u32::MAX));
        self.transact(command, BEGIN, "", Sha256::digest(command.as_bytes()).into(), |door| {
            let digest = hex(&door.put_file(&bytes)?);
            let Stored { record, version } = door.get_whole::<AssignmentRun>(id)?;
            door.update_derived(&record.planned_again(digest, plan.seen, plan.moves.len() as u64), version)?;
            Ok((answer(command, BEGIN, &Done::default(), None)?, ()))
        })?
        .unwrap_or(());
        let run = self.look(|view| begun(&view, id))?;
        run.ok_or_else(|| CrmError::Internal { what: "a run that was begun is kept" }.into())
    }
}

/// A run, whoever may see it: that a command was begun is known to whoever has its id.
fn begun(view: &View<'_>, id: AssignmentRunId) -> Result<Option<AssignmentRun>> {
    Ok(view.reader.get::<AssignmentRun>(id)?.map(|stored| stored.record))
}

/// The id of the command that does a part of a run: the same whenever it is gone on with.
fn part(run: AssignmentRunId, round: u32, piece: u32) -> Uuid {
    let hash = Sha256::new()
        .chain_update(run.uuid())
        .chain_update(round.to_le_bytes())
        .chain_update(piece.to_le_bytes())
        .finalize();
    id_of(&hash)
}

/// A part's answer is a receipt, so that it can be asked for like any other. It names who was passed over.
fn answer(id: Uuid, command: &'static str, done: &Done, model: Option<&str>) -> Result<Vec<u8>> {
    let mut why = Why::new(command);
    if let Some(model) = model {
        why = why
            .fact("model", model)
            .fact("moved", done.count.handed)
            .fact("changed_meanwhile", done.count.passed_over);
    }
    let receipt = Receipt { id, command: command.to_owned(), records: done.passed_over.clone(), why };
    serde_json::to_vec(&receipt).map_err(|_| CrmError::Internal { what: "receipts are JSON" }.into())
}

/// What tells one command from another under the same id.
fn fingerprint(command: &Command) -> Result<[u8; 32]> {
    let text = serde_json::to_vec(command).map_err(|_| CrmError::Internal { what: "commands are JSON" })?;
    Ok(Sha256::digest(text).into())
}

/// What a run keeps beside it.
fn kept(session: &Session, digest: &str) -> Result<Vec<u8>> {
    let digest = digest_of(digest)?;
    let kept = session.look(|view| Ok(view.reader.file(&digest)?))?;
    kept.ok_or_else(|| CrmError::Internal { what: "what a run goes by is kept" }.into())
}

fn digest_of(text: &str) -> Result<[u8; 32]> {
    of_hex(text).ok_or_else(|| CrmError::Internal { what: "digests are 64 hexadecimal digits" }.into())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
