//! The funnel, of the opportunities a session may see.

use crate::error::Result;
use crate::session::Session;
use clientela_core::sales::{self, FunnelStage, Opportunity, OpportunityState, SalesMethod, Stage};
use clientela_model::{EntityId, Field, Predicate, Value};

impl Session {
    /// Open opportunities by stage: of one sales method by its code or id, or of all. Stages without any are there too.
    ///
    /// # Errors
    /// `record.not_found` for the method.
    pub fn funnel(&self, method: Option<&str>) -> Result<Vec<FunnelStage>> {
        self.look(|view| {
            let (methods, of_method) = match method {
                Some(key) => {
                    let method = view.resolve::<SalesMethod>(key)?.record;
                    let of_method = Predicate::equals("method", Value::Id(method.id.uuid()));
                    (vec![method], of_method)
                }
                None => (view.records(&Predicate::Everything)?, Predicate::Everything),
            };
            let open = Predicate::equals("state", OpportunityState::Open.to_value());
            let stages: Vec<Stage> = view.records(&of_method)?;
            let opportunities: Vec<Opportunity> = view.records(&of_method.and(open))?;
            Ok(sales::funnel(&methods, &stages, &opportunities)?)
        })
    }
}
