//! Approvals: who must agree before an offer may be issued, and whether they did.
//!
//! A policy is a list of levels, as data: each with what calls for it (a discount above a percent or an amount on a line or the whole
//! offer, of the dealer's own money or of the manufacturer's; a margin below a percent; a condition), and who decides. An approval
//! is bound to the fingerprint of the content it was given for. Another content needs it again only if one of the figures is worse.
//!
//! | state | grant | refuse | withdraw |
//! | --- | --- | --- | --- |
//! | open | granted | refused | withdrawn |
//! | granted | – | – | withdrawn |
//! | refused | – | – | – |
//! | withdrawn | – | – | – |

mod decision;
mod error;
mod figures;
mod records;

pub use decision::{Covering, Decided, Requested, decide, may_issue, request, required, withdraw};
pub use error::ApprovalError;
pub use figures::{DiscountFigures, LineFigures, Taken, figures};
pub use records::{
    ApprovalEvent, ApprovalLevel, ApprovalPolicy, ApprovalRequest, ApprovalScope, ApprovalState,
    ApprovalStep, FundedBy, transition,
};

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::ClosedList;

    #[test]
    fn the_table_above_is_the_machine() {
        crate::table_test::check(include_str!("mod.rs"), ApprovalState::ALL, ApprovalEvent::ALL, transition);
    }

    #[test]
    fn the_table_of_orders_is_the_machine() {
        use crate::sales::order::{OrderEvent, OrderState, transition};
        crate::table_test::check(
            include_str!("../order/mod.rs"),
            OrderState::ALL,
            OrderEvent::ALL,
            transition,
        );
    }
}
