//! How good the foretelling of leads is.

use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::lead_scoring::{below, by_lead, closed_states, of_leads};
use crate::session::Session;
use clientela_analytics::foretelling::{Quality, quality as judged};
use clientela_analytics::frequencies::Frequencies;
use clientela_core::leads::Lead;
use clientela_core::leads::scoring::{LeadAnswer, LeadScoreModel, Learnt, features, outcome};
use clientela_model::Why;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde::{Deserialize, Serialize};

/// How good a model's way of foretelling is: it learns from the older leads that came to an end and is judged by the newer ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadScoreQualityOf {
    /// Name and version of the model.
    pub model: Key,
    /// How many percent of the leads, the newest, it is judged by; 20 when not given, from 5 to 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<u32>,
}

/// How good it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldQuality {
    /// Name and version of the model.
    pub model: String,
    /// How many leads it learnt from here.
    pub learnt_from: u64,
    /// How many leads it was judged by, and how many of them were converted.
    pub judged_by: u64,
    /// How many of those were converted.
    pub converted: u64,
    /// Why nothing can be said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_enough: Option<Why>,
    /// The chance that a lead that was converted was told to be likelier than one that was not: 0.5 is a coin, 1 a prophet.
    pub auc: Option<Decimal>,
    /// Mean square of the error of the chance: 0 is perfect.
    pub brier: Option<Decimal>,
    /// The same of one who tells every lead the share of all: a model that is not below it says nothing.
    pub brier_of_share: Option<Decimal>,
    /// Mean negative natural logarithm of the chance given to what came about.
    pub log_loss: Option<Decimal>,
    /// Mean of the chances told, in percent.
    pub mean_percent: Option<Decimal>,
    /// The share that was converted, in percent: calibrated is a model whose mean is near it.
    pub converted_percent: Option<Decimal>,
    /// What came of what was told to be about as likely.
    pub reliability: Vec<ReliabilityBand>,
}

/// What came of leads whose chance was told to be about the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBand {
    /// The band begins with this chance, in percent.
    pub from: Decimal,
    /// It ends with this chance.
    pub to: Decimal,
    /// How many leads.
    pub leads: u64,
    /// Mean of the chances told, in percent.
    pub told: Decimal,
    /// The share that was converted, in percent.
    pub converted: Decimal,
    /// Lower limit of that share, 95 percent (Wilson).
    pub lower: Decimal,
    /// Upper limit.
    pub upper: Decimal,
}

/// The part that is held out when nobody says otherwise, in percent.
const HELD_OUT: u32 = 20;

pub(super) fn quality(session: &Session, question: &LeadScoreQualityOf) -> Result<ToldQuality> {
    let held_out = question.held_out.unwrap_or(HELD_OUT);
    if !(5..=50).contains(&held_out) {
        let problem = "is out of bounds".to_owned();
        return Err(CrmError::Argument { field: "held_out", problem, hint: "give 5 to 50 percent" }.into());
    }
    session.look(|view| {
        let model = view.resolve::<LeadScoreModel>(&question.model)?.record;
        let closed = below(model.unit).and(closed_states());
        let answers = by_lead(view.records::<LeadAnswer>(&of_leads(&closed))?);
        let mut leads = view.records::<Lead>(&closed)?;
        leads.sort_by_key(|lead| (lead.received_at, lead.id));
        let known: Vec<(Vec<(String, String)>, bool)> = leads
            .iter()
            .filter_map(|lead| {
                let given = answers.get(&lead.id).map(Vec::as_slice).unwrap_or_default();
                Some((features(lead, given), outcome(lead.state)?))
            })
            .collect();
        let kept = known.len() - known.len() * held_out as usize / 100;
        let (older, newer) = known.split_at(kept.min(known.len()));
        let mut counts = Frequencies::default();
        for (features, converted) in older {
            counts.add(features.iter().cloned(), *converted);
        }
        let learnt = Learnt::new(counts, model.smoothing, model.minimum);
        let came_true: Vec<bool> = newer.iter().map(|(_, converted)| *converted).collect();
        let mut told = ToldQuality {
            model: model.code,
            learnt_from: older.len() as u64,
            judged_by: newer.len() as u64,
            converted: came_true.iter().filter(|converted| **converted).count() as u64,
            not_enough: learnt.not_enough(),
            auc: None,
            brier: None,
            brier_of_share: None,
            log_loss: None,
            mean_percent: None,
            converted_percent: None,
            reliability: Vec::new(),
        };
        if told.not_enough.is_none() {
            let chances: Vec<f64> = newer.iter().map(|(features, _)| learnt.chance(features)).collect();
            let [converted, disqualified] = learnt.counts().totals();
            let share = vec![share(converted, converted + disqualified); newer.len()];
            told.brier_of_share = judged(&share, &came_true).and_then(|found| measure(found.brier, 4));
            if let Some(found) = judged(&chances, &came_true) {
                tell(&mut told, &found);
            }
        }
        Ok(told)
    })
}

fn tell(told: &mut ToldQuality, found: &Quality) {
    let (all, converted) = found.counts;
    told.auc = found.auc.and_then(|auc| measure(auc, 4));
    told.brier = measure(found.brier, 4);
    told.log_loss = measure(found.log_loss, 4);
    told.mean_percent = percent(found.mean);
    told.converted_percent = percent(share(converted, all));
    told.reliability = found
        .bands
        .iter()
        .filter_map(|band| {
            Some(ReliabilityBand {
                from: percent(band.from)?,
                to: percent(band.to)?,
                leads: band.count,
                told: percent(band.mean)?,
                converted: percent(band.share.value)?,
                lower: percent(band.share.lower)?,
                upper: percent(band.share.upper)?,
            })
        })
        .collect();
}

#[allow(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "a share of counts, no money")]
fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

fn measure(number: f64, digits: u32) -> Option<Decimal> {
    Decimal::from_f64(number).map(|number| number.round_dp(digits))
}

fn percent(share: f64) -> Option<Decimal> {
    Decimal::from_f64(share).map(|share| (share * Decimal::ONE_HUNDRED).round_dp(1))
}
