//! Whom a campaign would reach: a plan, nothing is written before the campaign is activated.

use crate::call;
use crate::error::{of_facade, why_json};
use clientela::TargetPlan;
use clientela::model::EntityId;
use pyo3::prelude::*;
use std::sync::Arc;

/// Whom a campaign would reach, as decided at one moment.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeTarget {
    plan: Arc<TargetPlan>,
}

impl NativeTarget {
    pub(crate) fn new(plan: TargetPlan) -> Self {
        Self { plan: Arc::new(plan) }
    }
}

#[pymethods]
impl NativeTarget {
    /// Code of the campaign.
    #[getter]
    fn campaign(&self) -> String {
        self.plan.campaign().code.clone()
    }

    /// When it was decided.
    #[getter]
    fn at(&self) -> chrono::DateTime<chrono::Utc> {
        self.plan.at()
    }

    /// How many customers are in.
    #[getter]
    fn size(&self) -> usize {
        self.plan.size()
    }

    /// How many customers each reason decided for.
    #[getter]
    fn reasons(&self) -> Vec<(String, usize)> {
        self.plan.reasons().into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect()
    }

    /// Every customer that was looked at: its id, the consent used, the reason that decided.
    fn lines(&self) -> Vec<(String, Option<String>, String)> {
        let text = |id: uuid::Uuid| id.hyphenated().to_string();
        let lines = self.plan.lines().iter();
        lines
            .map(|line| {
                (text(line.customer.uuid()), line.consent.map(|id| text(id.uuid())), line.reason.clone())
            })
            .collect()
    }

    /// Why one customer is in or out, as JSON.
    fn explain(&self, py: Python<'_>, customer: String) -> PyResult<String> {
        let plan = Arc::clone(&self.plan);
        call::long(
            py,
            "explain",
            None,
            || {},
            move |_| plan.explain(&customer).map(|why| why_json(&why)).map_err(of_facade),
        )
    }
}
