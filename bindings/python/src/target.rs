//! Whom a campaign would reach: a plan, nothing is written before the campaign is activated.

use crate::call;
use crate::error::why_json;
use crate::home::Home;
use clientela::TargetPlan;
use clientela::model::EntityId;
use pyo3::prelude::*;
use std::sync::Arc;

/// Whom a campaign would reach, as decided at one moment.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeTarget {
    plan: Home<Arc<TargetPlan>>,
}

impl NativeTarget {
    pub(crate) fn new(plan: TargetPlan) -> Self {
        Self { plan: Home::new(Arc::new(plan)) }
    }
}

#[pymethods]
impl NativeTarget {
    /// Code of the campaign.
    #[getter]
    fn campaign(&self) -> PyResult<String> {
        Ok(self.plan.get()?.campaign().code.clone())
    }

    /// When it was decided.
    #[getter]
    fn at(&self) -> PyResult<chrono::DateTime<chrono::Utc>> {
        Ok(self.plan.get()?.at())
    }

    /// How many customers are in.
    #[getter]
    fn size(&self) -> PyResult<usize> {
        Ok(self.plan.get()?.size())
    }

    /// How many customers each reason decided for.
    #[getter]
    fn reasons(&self) -> PyResult<Vec<(String, usize)>> {
        let reasons = self.plan.get()?.reasons();
        Ok(reasons.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect())
    }

    /// Every customer that was looked at: its id, the consent used, the reason that decided.
    fn lines(&self) -> PyResult<Vec<(String, Option<String>, String)>> {
        let text = |id: uuid::Uuid| id.hyphenated().to_string();
        let lines = self.plan.get()?.lines().iter();
        let told = lines.map(|line| {
            (text(line.customer.uuid()), line.consent.map(|id| text(id.uuid())), line.reason.clone())
        });
        Ok(told.collect())
    }

    /// Why one customer is in or out, as JSON.
    fn explain(&self, py: Python<'_>, customer: String) -> PyResult<String> {
        let plan = Arc::clone(self.plan.get()?);
        call::long(py, "explain", None, move |_| plan.explain(&customer).map(|why| why_json(&why)))
    }
}
