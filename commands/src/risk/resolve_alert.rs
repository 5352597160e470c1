//! Somebody who has looked at an alert lets the withdrawal go on, or rejects it.

use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{Withdrawal, WithdrawalCommand, WithdrawalRefusal};
use tallybook_domain::risk::{Resolution, RiskAlert, RiskAlertCommand, RiskAlertRefusal};
use tallybook_domain::text::Reason;
use tallybook_domain::{Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Receipt};

use super::AlertOutcome;
use crate::CommandContext;
use crate::approvals::{Subject, close};
use crate::deposits::{Parties, release_hold};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResolveAlert {
    pub alert: WithdrawalId,
    pub resolution: Resolution,
    pub reason: Reason,
}

/// Released, the withdrawal waits for approval as any other; rejected with its alert, it gives its money back at once.
pub async fn resolve_alert(
    book: &Book,
    context: CommandContext,
    asked: ResolveAlert,
) -> Result<Receipt<AlertOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request_because("resolve_alert", Some(&asked.reason), &asked)?;
    let parties = Parties::of(book, &asked.alert).await.map_err(|error| no_alert(error, &asked.alert))?;
    let subject = Subject::Withdrawal(parties.clone());
    book.execute(request, subject.streams(), move |decision| {
        let ResolveAlert { alert: withdrawal, resolution, reason } = asked.clone();
        let resolve = RiskAlertCommand::Resolve {
            withdrawal: withdrawal.clone(),
            by: by.clone(),
            resolution,
            reason: reason.clone(),
        };
        let resolved_now = decision.decide::<RiskAlert>(&RiskAlert::stream(&withdrawal), resolve)? > 0;
        match resolution {
            Resolution::Rejected if resolved_now => {
                close(decision, &subject, &by, Some(&reason))?;
                let reject =
                    WithdrawalCommand::Reject { withdrawal: withdrawal.clone(), by: by.clone(), reason };
                decision.decide::<Withdrawal>(withdrawal.as_str(), reject)?;
                release_hold(decision, &parties)?;
            }
            Resolution::Rejected | Resolution::Released => {}
        }
        AlertOutcome::of(decision, &withdrawal)
    })
    .await
}

/// Where there is no withdrawal, there is no alert.
fn no_alert(error: CommandError, alert: &WithdrawalId) -> CommandError {
    match error {
        CommandError::Refused(Refusal::Withdrawal(WithdrawalRefusal::NotFound { .. })) => {
            Refusal::from(RiskAlertRefusal::NotFound { alert: alert.clone() }).into()
        }
        other @ (CommandError::Refused(_)
        | CommandError::KeyReused
        | CommandError::Busy
        | CommandError::Unavailable
        | CommandError::OutcomeUnknown { .. }
        | CommandError::Corrupt(_)) => other,
    }
}
