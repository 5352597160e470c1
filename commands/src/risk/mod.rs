//! What people do about the risk of withdrawals: set the rules, look at alerts and decide them, and freeze wallets.

mod change_risk_rules;
mod claim_alert;
mod freeze_wallet;
mod judge;
mod outcome;
mod resolve_alert;
mod unfreeze_wallet;

pub use change_risk_rules::{ChangeRiskRules, RiskRulesOutcome, change_risk_rules};
pub use claim_alert::{ClaimAlert, claim_alert};
pub use freeze_wallet::{FreezeWallet, freeze_wallet};
pub(crate) use judge::{judge, streams_of_judgement};
pub use outcome::{AlertOutcome, FreezeOutcome};
pub use resolve_alert::{ResolveAlert, resolve_alert};
pub use unfreeze_wallet::{UnfreezeWallet, unfreeze_wallet};
