//! The pipeline a session has read, kept for its next question: a forecast as of any day asks nothing of the store but what has been
//! touched since.

use super::{Pipeline, in_order};
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use clientela_core::ids::OpportunityId;
use clientela_core::organisation::Actor;
use clientela_core::organisation::{
    CustomerShare, Grant, Holding, OpportunityShare, Position, Profile, Unit, User,
};
use clientela_core::sales::{Opportunity, Passage, SalesMethod, Stage};
use clientela_model::{Entity, EntityId, Predicate, Record, Value};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Commits that are looked through; after more of them everything is read again.
const LOOKED_THROUGH: u32 = 1_000;

/// What decides who sees which opportunity, or what their columns are made of: any change of it and everything is read again.
const STRUCTURE: [&str; 10] = [
    Unit::ENTITY.name,
    User::ENTITY.name,
    Holding::ENTITY.name,
    Position::ENTITY.name,
    Profile::ENTITY.name,
    Grant::ENTITY.name,
    CustomerShare::ENTITY.name,
    OpportunityShare::ENTITY.name,
    SalesMethod::ENTITY.name,
    Stage::ENTITY.name,
];

/// What was read, by whom and in which state of the store.
#[derive(Clone)]
struct Kept {
    version: i64,
    actor: Actor,
    pipeline: Arc<Pipeline>,
}

/// The place of a session for it.
#[derive(Default)]
pub(crate) struct KeptPipeline(Mutex<Option<Kept>>);

impl Session {
    /// All opportunities the session sees over time, in the state that is looked at.
    pub(crate) fn pipeline(&self, view: &View<'_>) -> Result<Arc<Pipeline>> {
        self.kept_pipeline.at(view)
    }
}

impl KeptPipeline {
    /// All opportunities that are seen over time, in the state that is looked at.
    pub(crate) fn at(&self, view: &View<'_>) -> Result<Arc<Pipeline>> {
        let version = view.reader.version()?;
        let place = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = {
            let mut place = place();
            match place.as_ref() {
                Some(kept) if kept.actor != *view.actor => None,
                Some(kept) if kept.version == version => return Ok(Arc::clone(&kept.pipeline)),
                // Whoever looks at an older state reads for himself.
                Some(kept) if kept.version > version => return Ok(Arc::new(Pipeline::everything(view)?)),
                _ => place.take(),
            }
        };
        let renewed = match kept {
            Some(kept) => match view.reader.touched_since(kept.version, LOOKED_THROUGH)? {
                Some(touched) => renewed(view, kept.pipeline, &touched)?,
                None => None,
            },
            None => None,
        };
        let pipeline = match renewed {
            Some(pipeline) => pipeline,
            None => Arc::new(Pipeline::everything(view)?),
        };
        *place() = Some(Kept { version, actor: view.actor.clone(), pipeline: Arc::clone(&pipeline) });
        Ok(pipeline)
    }
}

/// The pipeline with those read again that were touched; none when all must be.
fn renewed(
    view: &View<'_>,
    pipeline: Arc<Pipeline>,
    touched: &[(&'static Entity, Uuid)],
) -> Result<Option<Arc<Pipeline>>> {
    let mut again: BTreeSet<OpportunityId> = BTreeSet::new();
    for (entity, id) in touched {
        if STRUCTURE.contains(&entity.name) {
            return Ok(None);
        }
        if entity.name == Opportunity::ENTITY.name {
            again.insert(OpportunityId::from_uuid(*id));
        } else if entity.name == Passage::ENTITY.name {
            let passage = view.reader.get::<Passage>(EntityId::from_uuid(*id))?;
            again.extend(passage.map(|stored| stored.record.opportunity));
        }
    }
    if again.is_empty() {
        return Ok(Some(pipeline));
    }
    // Another question may still be at work on it.
    let Ok(mut pipeline) = Arc::try_unwrap(pipeline) else { return Ok(None) };
    let opportunities = std::mem::take(&mut pipeline.opportunities);
    let passages = std::mem::take(&mut pipeline.passages);
    let mut all: Vec<(Opportunity, Vec<Passage>)> =
        opportunities.into_iter().zip(passages).filter(|(one, _)| !again.contains(&one.id)).collect();
    for id in again {
        let same = Predicate::equals("id", Value::Id(id.uuid()));
        for one in view.records::<Opportunity>(&same)? {
            let mut own: Vec<Passage> =
                view.records(&Predicate::equals("opportunity", Value::Id(id.uuid())))?;
            in_order(&mut own);
            all.push((one, own));
        }
    }
    all.sort_by(|(left, _), (right, _)| (&left.number, left.id).cmp(&(&right.number, right.id)));
    (pipeline.opportunities, pipeline.passages) = all.into_iter().unzip();
    pipeline.books = pipeline.fill()?;
    Ok(Some(Arc::new(pipeline)))
}
