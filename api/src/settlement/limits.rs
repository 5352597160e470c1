//! How much of each difference a role may post without another pair of eyes: one table, nowhere else.

use tallybook_domain::settlement::write_off::{DifferenceLimits, DifferenceReason};
use tallybook_domain::{Currency, Money};

use crate::access::Role;

/// In CNY, as [`DifferenceLimits`] counts them; what is not listed, and any other currency, waits for an approver.
const OF_FINANCE: [(DifferenceReason, i64); 3] =
    [(DifferenceReason::BankFee, 25), (DifferenceReason::Rounding, 1), (DifferenceReason::Fx, 25)];

/// Those who may not write off have no limits.
pub(crate) fn limits_of(role: Role) -> DifferenceLimits {
    match role {
        Role::Finance => DifferenceLimits::new(OF_FINANCE.into_iter().filter_map(in_cny)),
        Role::Admin | Role::Approver | Role::Operator | Role::Auditor | Role::Dashboard => {
            DifferenceLimits::default()
        }
    }
}

fn in_cny((reason, yuan): (DifferenceReason, i64)) -> Option<(DifferenceReason, Money)> {
    Money::new(yuan.into(), Currency::CNY).ok().map(|limit| (reason, limit))
}
