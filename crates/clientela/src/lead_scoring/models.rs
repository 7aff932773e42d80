//! What was learnt, for the unit of a lead: the model of the nearest unit above it that has seen enough.

use crate::error::Result;
use crate::view::View;
use clientela_core::catalogue::Product;
use clientela_core::ids::{LeadScoreModelId, UnitId};
use clientela_core::leads::scoring::{LeadScoreCount, LeadScoreModel, LeadScoreModelState, Learnt};
use clientela_core::marketing::Campaign;
use clientela_core::organisation::{Unit, UnitTree, Verb};
use clientela_model::{EntityId, Field, Predicate, Record, Why};
use std::collections::HashMap;

/// A model that is used.
pub(crate) struct Used {
    pub(crate) model: LeadScoreModel,
    pub(crate) learnt: Learnt,
    /// Whether the actor may read its counts.
    pub(crate) readable: bool,
}

/// The models that are used, by unit.
pub(crate) struct Models {
    tree: UnitTree,
    by_unit: HashMap<UnitId, Used>,
}

impl Models {
    /// Reads them, whoever may see them: what a lead is foretold by tells nothing of other leads but how many there were,
    /// and that only to those who read the model.
    pub(crate) fn read(view: &View<'_>) -> Result<Self> {
        let active = Predicate::equals("state", LeadScoreModelState::Active.to_value());
        let models = view.unseen::<LeadScoreModel>(&active)?;
        let mut counts: HashMap<LeadScoreModelId, Vec<LeadScoreCount>> = HashMap::new();
        for count in view.unseen::<LeadScoreCount>(&super::of_models(models.iter().map(|model| model.id)))? {
            counts.entry(count.model).or_default().push(count);
        }
        let used = |model: LeadScoreModel| {
            let learnt =
                Learnt::of_model(&model, counts.get(&model.id).map(Vec::as_slice).unwrap_or_default());
            let readable = view.may(Verb::Read, LeadScoreModel::ENTITY, &model.to_values());
            (model.unit, Used { model, learnt, readable })
        };
        let tree = UnitTree::new(&view.unseen::<Unit>(&Predicate::Everything)?);
        Ok(Self { tree, by_unit: models.into_iter().map(used).collect() })
    }

    /// The model for leads of a unit; or why none foretells anything, if there is one at all.
    pub(crate) fn of(&self, unit: UnitId) -> std::result::Result<&Used, Option<Why>> {
        let mut short = None;
        for used in self.tree.path(unit).filter_map(|at| self.by_unit.get(&at)) {
            match used.learnt.not_enough() {
                None => return Ok(used),
                Some(why) => short = short.or_else(|| Some(why.fact("model", &used.model.code))),
            }
        }
        Err(short)
    }
}

/// The keys people use for what factors name by id.
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// The units, products and campaigns the actor sees.
    pub(crate) fn read(view: &View<'_>) -> Result<Self> {
        let mut names = HashMap::new();
        for unit in view.records::<Unit>(&Predicate::Everything)? {
            names.insert(unit.id.uuid().to_string(), unit.code);
        }
        for product in view.records::<Product>(&Predicate::Everything)? {
            names.insert(product.id.uuid().to_string(), product.code);
        }
        for campaign in view.records::<Campaign>(&Predicate::Everything)? {
            names.insert(campaign.id.uuid().to_string(), campaign.code);
        }
        Ok(Self(names))
    }

    /// The key for a value of a feature, if it is an id.
    pub(crate) fn of(&self, feature: &str, value: &str) -> Option<String> {
        matches!(feature, "unit" | "product" | "campaign").then(|| self.0.get(value).cloned()).flatten()
    }
}
