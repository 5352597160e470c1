//! The risk of withdrawals: by which rules one is judged, what was known of it then, and who looks at it.
//!
//! A withdrawal is judged in the decision that asks for it, so that two requests at once cannot pass under one limit.
//! What was known is kept with the judgement: the same rules on the same inputs always judge the same.

pub mod alert;
mod assess;
mod assessment;
mod destination;
mod event;
pub mod freeze;
pub mod history;
mod inputs;
pub mod payee;
mod ratio;
pub mod risk_rules;
mod rule;
mod rule_set;
#[cfg(test)]
mod tests;
mod window;
mod words;

pub use alert::{
    AlertState, Resolution, RiskAlert, RiskAlertCommand, RiskAlertEvent, RiskAlertRefusal, WithdrawalEnd,
};
pub use assess::assess;
pub use assessment::{Assessment, RiskOutcome, RuleResult};
pub use destination::PayeeId;
pub use event::RiskEvent;
pub use freeze::{WalletFreeze, WalletFreezeCommand, WalletFreezeEvent, WalletFreezeRefusal};
pub use history::{RiskHistory, RiskHistoryCommand, RiskHistoryEvent, RiskHistoryRefusal};
pub use inputs::{CameIn, DestinationUse, GivenBack, Known, Requests, RequestsSoFar, RiskInputs};
pub use payee::{Payee, PayeeCommand, PayeeEvent, PayeeRefusal};
pub use ratio::Ratio;
pub use risk_rules::{RiskRules, RiskRulesCommand, RiskRulesEvent, RiskRulesRefusal};
pub use rule::{RiskRule, RiskRuleName};
pub use rule_set::{InvalidRiskRules, MOST_POINTS, RiskRuleSet};
pub use window::{Recent, Window};
