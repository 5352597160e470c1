//! What people do about the risk of withdrawals: set the rules, look at alerts, and decide them.

mod change_risk_rules;
mod claim_alert;
mod judge;
mod outcome;
mod resolve_alert;

pub use change_risk_rules::{ChangeRiskRules, RiskRulesOutcome, change_risk_rules};
pub use claim_alert::{ClaimAlert, claim_alert};
pub(crate) use judge::{judge, streams_of_judgement};
pub use outcome::AlertOutcome;
pub use resolve_alert::{ResolveAlert, resolve_alert};
