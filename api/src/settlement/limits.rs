//! How much of each difference a role may post without another pair of eyes.

use tallybook_domain::settlement::write_off::DifferenceLimits;

use crate::access::Role;
use crate::state::ApiState;

/// Those who may not write off have no limits.
pub(super) fn limits_of(role: Role, state: &ApiState) -> DifferenceLimits {
    match role {
        Role::Finance => state.settings().difference_limits.clone(),
        Role::Admin | Role::Approver | Role::Operator | Role::Auditor | Role::Dashboard => {
            DifferenceLimits::default()
        }
    }
}
