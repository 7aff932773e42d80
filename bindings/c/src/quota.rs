//! Quotas: what has been reached.

use crate::date::{clientela_date, from_c};
use crate::decimal::clientela_decimal;
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::entry;
use crate::rt::{
    CText, Fail, Handle, OrFail, c_struct, cstr, fill_struct, guard, guard_val, handle_type, out_ptr,
};
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use clientela::Attainment;
use clientela::model::{ClosedList, EntityId};
use rust_decimal::Decimal;
use std::ffi::c_char;
use uuid::Uuid;

/// What has been reached of a plan, node by node. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_attainments {
    _opaque: [u8; 0],
}

handle_type!(clientela_attainments => Vec<Node>);

/// What a unit or position has reached of its target. Texts are owned by the handle.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_attainment {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Place among those beside it, from 1; 0 without a percentage.
    pub rank: u32,
    /// The unit.
    pub unit: clientela_id,
    /// The position; all zero for the unit itself.
    pub position: clientela_id,
    /// What is to be reached in the whole plan.
    pub target: clientela_decimal,
    /// What has been reached; below zero when more was taken back than won.
    pub reached: clientela_decimal,
    /// Reached in percent of the target, when `has_percent` is 1.
    pub percent: clientela_decimal,
    /// What should have been reached by the day asked.
    pub expected: clientela_decimal,
    /// What is still to be reached; below zero when more was reached.
    pub gap: clientela_decimal,
    /// What will be reached by the last day at the pace so far, when `has_projection` is 1.
    pub projection: clientela_decimal,
    /// 0 when the target is zero.
    pub has_percent: u32,
    /// 0 before the first day.
    pub has_projection: u32,
    /// The figures and the credits that counted, one per line, those beneath a reason indented by two blanks.
    pub why: *const c_char,
    /// The measure the figures are in, such as "units".
    pub measure: *const c_char,
}
c_struct!(clientela_attainment {
    struct_size,
    rank,
    unit,
    position,
    target,
    reached,
    percent,
    expected,
    gap,
    projection,
    has_percent,
    has_projection,
    why,
    measure
});

/// A node with its reasons as text.
#[derive(Debug)]
pub(crate) struct Node {
    node: Attainment,
    why: CText,
    measure: CText,
}

impl Node {
    fn told(&self) -> Result<clientela_attainment, Fail> {
        let node = &self.node;
        let number = |number: Decimal, name| clientela_decimal::new(number, name);
        Ok(clientela_attainment {
            struct_size: 0,
            rank: node.rank.unwrap_or(0),
            unit: node.unit.uuid().into(),
            position: node.owner.map_or(Uuid::nil(), EntityId::uuid).into(),
            target: number(node.target, "target")?,
            reached: number(node.reached, "reached")?,
            percent: number(node.percent.unwrap_or_default(), "percent")?,
            expected: number(node.expected_by_now, "expected")?,
            gap: number(node.gap, "gap")?,
            projection: number(node.projection.unwrap_or_default(), "projection")?,
            has_percent: u32::from(node.percent.is_some()),
            has_projection: u32::from(node.projection.is_some()),
            why: self.why.as_ptr(),
            measure: self.measure.as_ptr(),
        })
    }
}

/// What has been reached of a quota plan by a day, for every unit and position the session may see, from the top down. A total
/// never counts a credit that may not be seen. Of a plan of several measures in all of them, one after the other.
///
/// @param session [in] who looks; not NULL
/// @param plan [in] name of the plan, or its id as text; not NULL
/// @param day [in] the day; CLIENTELA_NO_DATE for today
/// @param nodes [out] the nodes; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RANGE, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT,
///   CLIENTELA_E_UTF8
/// Ownership: free them with clientela_attainments_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_quota_attainment(
    session: *const clientela_session,
    plan: *const c_char,
    day: clientela_date,
    nodes: *mut *mut clientela_attainments,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, plan) = unsafe { (out_ptr(nodes, "nodes")?, cstr(plan, "plan")?) };
        let day = from_c(day, "day")?;
        let nodes = with_session(session, |state| state.session.attainment(plan, day).or_fail())?;
        let told = nodes.into_iter().map(|node| Node {
            why: CText::new(&node.why.to_string()),
            measure: CText::new(node.measure.word()),
            node,
        });
        out.keep(told.collect())
    })
}

/// How many nodes there are.
///
/// @param nodes [in] the nodes; NULL or not nodes gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_attainments_count(nodes: *const clientela_attainments) -> usize {
    guard_val(0, || clientela_attainments::object(nodes).map_or(0, |nodes| nodes.len()))
}

/// One node.
///
/// @param nodes [in] the nodes; not NULL
/// @param index [in] 0 to clientela_attainments_count - 1
/// @param node [out] set up with CLIENTELA_INIT; its texts are owned by `nodes`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_attainments_at(
    nodes: *const clientela_attainments,
    index: usize,
    node: *mut clientela_attainment,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let nodes = clientela_attainments::object(nodes)?;
        let told = entry(&nodes, index)?.told()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(node, &told, "node") }
    })
}

/// Frees nodes.
///
/// @param nodes [in] the nodes; nothing happens with NULL
/// Threads: any, once nobody reads them.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_attainments_free(nodes: *mut clientela_attainments) {
    guard_val((), || clientela_attainments::free(nodes));
}
