//! Somebody has seen to a credit alert.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{
    CreditAlert, CreditAlertCommand, CreditAlertId, CreditLimitRefusal, CreditSubject,
};
use tallybook_domain::text::Remark;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AcknowledgeCreditAlert {
    /// The bill or the order that passed the limit.
    #[serde(rename = "bill")]
    pub subject: CreditSubject,
    pub remark: Remark,
}

/// An alert as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditAlertOutcome {
    /// The bill's or the order's.
    pub id: CreditSubject,
    pub acknowledged: bool,
}

/// Nothing becomes of the bill, the order or the limit. A second acknowledgement changes nothing.
pub async fn acknowledge_credit_alert(
    book: &Book,
    context: CommandContext,
    acknowledge: AcknowledgeCreditAlert,
) -> Result<Receipt<CreditAlertOutcome>, CommandError> {
    let request = context.request("acknowledge_credit_alert", &acknowledge)?;
    let alert = CreditAlertId::of(&acknowledge.subject);
    let streams = vec![StreamKey::existing::<CreditAlert>(&alert)];
    book.execute(request, streams, move |decision| {
        let AcknowledgeCreditAlert { subject, remark } = acknowledge.clone();
        let command = CreditAlertCommand::Acknowledge { subject: subject.clone(), remark };
        decision.decide::<CreditAlert>(alert.as_str(), command)?;
        let state = decision.state::<CreditAlert>(alert.as_str());
        let no_alert = || CreditLimitRefusal::NoAlert { subject: subject.clone() };
        let acknowledged = state.is_acknowledged().ok_or_else(no_alert)?;
        Ok(CreditAlertOutcome { id: subject, acknowledged })
    })
    .await
}
