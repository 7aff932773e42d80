//! Records whose lists are too long for a rule, so that it is not asked of them: known from the lengths, as for one record.

use crate::records::Children;
use crate::rows::Places;
use clientela_rules::plan::{Plan, StepBound};
use std::sync::Arc;

/// What a rule costs by the lengths of a record's lists.
#[derive(Debug)]
pub(crate) struct Limit {
    bound: StepBound,
    /// The lists of the plan, each with the number of the list its parents are in; none for what is no list in columns.
    lists: Vec<Option<(usize, Arc<Children>)>>,
}

impl Limit {
    /// The limit of a rule; none where no record comes near it.
    pub(crate) fn of(plan: &Plan, places: &Places) -> Option<Self> {
        let tables = plan.tables.iter().zip(&places.tables);
        let lists = tables.map(|(table, children)| Some((table.parent?, Arc::clone(children.as_ref()?))));
        let limit = Self { bound: plan.bound.clone(), lists: lists.collect() };
        limit.bound.exceeded(&|table| limit.longest(table)).then_some(limit)
    }

    /// Whether the lists of a record are too long.
    pub(crate) fn is_exceeded(&self, record: usize) -> bool {
        self.bound.exceeded(&|table| {
            let mut entries = 0;
            self.each(table, record, &mut |_| entries += 1);
            entries
        })
    }

    /// How many entries of a list a record has at most.
    fn longest(&self, table: usize) -> u64 {
        match self.lists.get(table) {
            Some(Some((parent, children))) => {
                let above = if *parent == 0 { 1 } else { self.longest(*parent) };
                above.saturating_mul(children.longest() as u64)
            }
            _ => 0,
        }
    }

    /// Visits the entries of a list of a record that may be seen.
    fn each(&self, table: usize, record: usize, visit: &mut dyn FnMut(usize)) {
        let Some(Some((parent, children))) = self.lists.get(table) else { return };
        let mut inside = |row: usize| {
            if children.is_given(row) {
                children.seen_of(row).for_each(&mut *visit);
            }
        };
        if *parent == 0 { inside(record) } else { self.each(*parent, record, &mut inside) }
    }
}
