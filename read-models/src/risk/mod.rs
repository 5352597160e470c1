//! What is known of the risk of withdrawals: the rules, the judgements, who looks at them, and what comes in and goes out.

mod alert;
mod assessment;
mod flow;
mod replay;
mod rules;

pub use alert::{
    AlertFilter, AlertOrder, RiskAlertDetail, RiskAlertRow, RiskAlerts, find_alert, list_alerts,
};
pub use assessment::{
    AssessmentRow, AssessmentTables, RiskAssessments, RiskCustomer, RiskCustomerFilter, RiskCustomerOrder,
    RiskCustomerRow, RiskTrend, list_risk_customers,
};
pub use flow::{FlowRow, RiskFlows, known_of};
pub use replay::{Moved, MovedWithdrawal, RiskReplay, RiskReplayReport};
pub use rules::{RiskRulesOfBook, RiskRulesProjection, RiskRulesRow, risk_rules_of_book};
