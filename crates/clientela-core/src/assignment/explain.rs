//! Why one record went where it did.

use super::run::{Choice, Run, given, sums};
use super::{Candidate, NobodyReason, ScoredRule, Subject, Terms, counting, set};
use clientela_model::{ClosedList, Why};

/// Candidates told one by one; the rest is counted.
const TOLD: usize = 10;

/// Who gets the record at a place, by which rules, and why not the others: the run is repeated up to it, so that loads are
/// those of its moment.
#[must_use]
pub fn explain(
    at: usize,
    subjects: &[Subject],
    rules: &[ScoredRule],
    candidates: &[Candidate],
    terms: Terms,
) -> Option<(Choice, Why)> {
    let subject = *subjects.get(at)?;
    let mut run = Run::new(subjects, rules, candidates, terms);
    let at = u32::try_from(at).ok()?;
    for place in run.order().into_iter().take_while(|place| *place != at) {
        run.step(place);
    }
    let before = run.loads.clone();
    let choice = run.step(at);
    let sums = sums(rules, candidates.len(), &subject);
    let mut why = match choice {
        Choice::Given { candidate, rule, score } => Why::new("assignment.given")
            .fact("position", &candidates[candidate as usize].title)
            .fact("rule", &rules[rule as usize].name)
            .fact("score", score),
        Choice::Nobody(reason) => Why::new("assignment.nobody").fact("reason", ClosedList::word(reason)),
    };
    why = told_rules(why, &subject, rules, choice);
    let chosen = match choice {
        Choice::Given { candidate, score, .. } => Some((candidate, score)),
        Choice::Nobody(_) => None,
    };
    let mut others: Vec<_> =
        sums.iter().filter(|(place, _)| Some(*place) != chosen.map(|(place, _)| place)).collect();
    others.sort_by_key(|(place, score)| (std::cmp::Reverse(*score), candidates[*place as usize].position));
    for (place, score) in others.iter().take(TOLD) {
        let candidate = &candidates[*place as usize];
        let load = before[*place as usize];
        let full = candidate.capacity.is_some_and(|capacity| load >= capacity);
        let reason = match chosen {
            _ if *score < terms.passing_score => "assignment.below_passing",
            _ if candidate.absent => "assignment.absent",
            _ if full => "assignment.no_room",
            Some((_, best)) if *score < best => "assignment.outscored",
            Some((winner, _)) if subject.owner == Some(winner) => "assignment.owner_kept",
            _ => "assignment.not_its_turn",
        };
        let told =
            Why::new(reason).fact("position", &candidate.title).fact("score", score).fact("load", load);
        why = why.because(match candidate.capacity {
            Some(capacity) => told.fact("capacity", capacity),
            None => told,
        });
    }
    if others.len() > TOLD {
        why = why.because(Why::new("assignment.others").fact("count", others.len() - TOLD));
    }
    let not_named = candidates.len().saturating_sub(sums.len());
    if not_named > 0 {
        why = why.because(Why::new("assignment.not_named").fact("count", not_named));
    }
    Some((choice, why))
}

/// The reason of a record that a run would have given, and that stays with its owner after all.
#[must_use]
pub fn stays_after_all(reason: NobodyReason, given: Why) -> Why {
    Why::new("assignment.stays").fact("reason", ClosedList::word(reason)).because(given)
}

/// The rules that hold, with what each gave, and those after one that stops.
fn told_rules(mut why: Why, subject: &Subject, rules: &[ScoredRule], choice: Choice) -> Why {
    let counts = counting(rules, subject.holds);
    for (_, rule) in set(rules, counts) {
        let mut told = Why::new("assignment.rule_holds").fact("rule", &rule.name);
        if let Choice::Given { candidate, .. } = choice
            && let Some(score) = given(rule, candidate, subject.owner == Some(candidate))
        {
            told = told.fact("score", score);
        }
        why = why.because(told);
    }
    for (_, rule) in set(rules, subject.holds & !counts) {
        why = why.because(Why::new("assignment.rule_not_reached").fact("rule", &rule.name));
    }
    why
}
