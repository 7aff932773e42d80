//! What becomes of the returned file.

use super::known::KnownAffair;
use crate::quoting::{FileAction, OfferReturn, ProblemCode, QuotingProblem};
use clientela_model::Why;

/// Content is known by its digest, so "stored" means "is the newest version now", also for bytes that lay there before:
/// a file kept as a conflict becomes the newest when a session starts from the newest and returns it.
pub(super) fn decide(
    affair: &KnownAffair,
    message: &OfferReturn,
) -> (FileAction, Option<QuotingProblem>, Why) {
    let why = |reason: &'static str| {
        let why = Why::new(reason).fact("digest", message.file.digest);
        affair.current_file.iter().fold(why, |why, current| why.fact("newest", current))
    };
    let Some(current) = affair.current_file else {
        return (FileAction::Stored, None, why("quoting.file.first"));
    };
    if current == message.file.digest {
        return (FileAction::AlreadyStored, None, why("quoting.file.same"));
    }
    if message.base_file_digest == Some(current) {
        return (FileAction::Stored, None, why("quoting.file.newer"));
    }
    let problem = QuotingProblem::new(
        ProblemCode::FileDiverged,
        "the session started from an older file; both files are kept",
    );
    let why = message
        .base_file_digest
        .iter()
        .fold(why("quoting.file.diverged"), |why, base| why.fact("base", base));
    (FileAction::KeptAsConflict, Some(problem), why)
}
