//! `statements`: what was sent to customers (对账单), and what they say to it.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::settlement::statement::{StatementEvent, StatementFigures, StatementState};
use tallybook_domain::settlement::{SettlementEvent, StatementId};
use tallybook_domain::{BookEvent, CustomerId, RecordedEvent};

pub use query::{StatementFilter, StatementOrder, find_statement, list_statements};
pub use row::StatementRow;

use super::CustomerBalance;
use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Statements;

impl Projection for Statements {
    const NAME: &'static str = "statements";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["statement"]);
    type Tables = Keyed<StatementRow>;

    fn apply(event: &RecordedEvent, statements: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Settlement(SettlementEvent::Statement(change)) => apply(event, change, statements),
            BookEvent::Settlement(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::Billing(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &StatementEvent,
    statements: &mut Keyed<StatementRow>,
) -> Result<(), FoldFault> {
    match change {
        StatementEvent::StatementIssued { statement, customer, figures } => {
            let row = issued(event, (statement, customer), figures)?;
            statements.create(statement, || row)
        }
        StatementEvent::StatementAnswered { statement, answer, remark, answered_by } => {
            statements.change(statement, |row| {
                row.state = StatementState::of_answered(*answer);
                row.answer = Some(*answer);
                row.remark.clone_from(remark);
                row.answered_by = Some(answered_by.clone());
                row.answered_at = Some(event.recorded_at);
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
        StatementEvent::StatementWithdrawn { statement, reason } => statements.change(statement, |row| {
            row.state = StatementState::Withdrawn;
            row.end_reason = Some(reason.clone());
            row.updated = Stamp::of(event);
            Ok(())
        }),
    }
}

fn issued(
    event: &RecordedEvent,
    (statement, customer): (&StatementId, &CustomerId),
    figures: &StatementFigures,
) -> Result<StatementRow, FoldFault> {
    Ok(StatementRow {
        id: statement.clone(),
        customer: customer.clone(),
        currency: figures.currency(),
        from: figures.from,
        to: figures.to,
        known_at: figures.known_at,
        opening: CustomerBalance::of(&figures.opening)?,
        closing: CustomerBalance::of(&figures.closing)?,
        line_count: figures.line_count,
        state: StatementState::Issued,
        answer: None,
        remark: None,
        answered_by: None,
        answered_at: None,
        end_reason: None,
        created: Stamp::of(event),
        updated: Stamp::of(event),
    })
}
