//! Events of one aggregate, in the order of its stream.
//!
//! The id says what it is the id of, so the primary key finds the stream without an index of its own.

use sqlx::PgPool;
use tallybook_domain::approvals::{Approval, ApprovalDelegations, ApprovalRules, ApprovalSubject};
use tallybook_domain::billing::reminder::ReminderId;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_domain::billing::{
    Bill, BillId, BillNumbers, BillRun, CreditAlert, CreditAlertId, PendingOrders, PlanCode, PricePlan,
    Reminder, Subscription, Usage, UsageId, UsageQuarantine, UsageQuarantineId, UsageSource,
};
use tallybook_domain::channels::{ChannelNotification, ChannelNotificationId};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{Wallet, Withdrawal};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::orders::{Order, OrderId, OrderRefund, Payment, PaymentId, RefundId};
use tallybook_domain::payouts::{Payout, PayoutBatch, PayoutBatchId, PayoutId};
use tallybook_domain::risk::{Payee, PayeeId, RiskAlert, RiskHistory, RiskRules, WalletFreeze};
use tallybook_domain::settlement::{
    CreditNote, CreditNoteId, MatchingRules, Receipt, ReceiptId, Statement, StatementId, WriteOff, WriteOffId,
};
use tallybook_domain::{Actor, CustomerId, Month, WalletId, WithdrawalId};

use super::cursor::read_cursor;
use super::event::{EventRow, EventView};
use crate::problem::Problem;
use crate::request::PageRequest;

/// Events one request looks at.
const BUDGET: i64 = 20_000;

/// A page, and the sequence after which the next one begins.
pub(super) async fn page(
    pool: &PgPool,
    id: &str,
    event_type: Option<&'static str>,
    after: u64,
    page: &PageRequest,
) -> Result<(Vec<EventView>, Option<String>), Problem> {
    let Some(aggregate_type) = aggregate_type(id) else { return Ok((Vec::new(), None)) };
    let after_sequence = match &page.cursor {
        Some(cursor) => i64::try_from(read_cursor(cursor)?).map_err(Problem::internal)?,
        None => 0,
    };
    let last = last_sequence(pool, aggregate_type, id).await?;
    let look_up_to = after_sequence.saturating_add(BUDGET).min(last);
    let rows = sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!", leaf_hash
             FROM events
            WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3 AND sequence <= $4
              AND position > $5 AND ($6::text IS NULL OR event_type = $6)
            ORDER BY sequence LIMIT $7"#,
        aggregate_type,
        id,
        after_sequence,
        look_up_to,
        i64::try_from(after).map_err(Problem::internal)?,
        event_type,
        i64::from(page.limit)
    )
    .fetch_all(pool)
    .await?;
    let next = match rows.last() {
        Some(last) if rows.len() >= page.limit as usize => last.sequence,
        Some(_) | None => look_up_to,
    };
    let events = rows.into_iter().map(EventView::try_from).collect::<Result<_, _>>()?;
    Ok((events, (next < last).then(|| next.to_string())))
}

async fn last_sequence(pool: &PgPool, aggregate_type: &str, id: &str) -> Result<i64, Problem> {
    let last = sqlx::query_scalar!(
        "SELECT max(sequence) FROM events WHERE aggregate_type = $1 AND aggregate_id = $2",
        aggregate_type,
        id
    )
    .fetch_one(pool)
    .await?;
    Ok(last.unwrap_or(0))
}

/// `None`: no aggregate can have this id.
fn aggregate_type(id: &str) -> Option<&'static str> {
    if id.parse::<CustomerId>().is_ok() {
        Some(<Customer as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<WalletId>().is_ok() {
        Some(<Wallet as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<WithdrawalId>().is_ok() {
        Some(<Withdrawal as cqrs_es::Aggregate>::TYPE)
    } else if id == ACCOUNTING_PERIODS {
        Some(<AccountingPeriods as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_prefix("bills.").is_some_and(is_year) {
        Some(<BillNumbers as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<UsageId>().is_ok() {
        Some(<Usage as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_prefix("plan.").is_some_and(|code| code.parse::<PlanCode>().is_ok()) {
        Some(<PricePlan as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_suffix(".plan").is_some_and(|customer| customer.parse::<CustomerId>().is_ok()) {
        Some(<Subscription as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<BillId>().is_ok() {
        Some(<Bill as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_prefix("bill-run.").is_some_and(|month| month.parse::<Month>().is_ok()) {
        Some(<BillRun as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<ReminderId>().is_ok() {
        Some(<Reminder as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_prefix("usage-source.").is_some_and(|name| name.parse::<SourceName>().is_ok()) {
        Some(<UsageSource as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<UsageQuarantineId>().is_ok() {
        Some(<UsageQuarantine as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<CreditAlertId>().is_ok() {
        Some(<CreditAlert as cqrs_es::Aggregate>::TYPE)
    } else if PendingOrders::is_stream(id) {
        Some(<PendingOrders as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<ReceiptId>().is_ok() {
        Some(<Receipt as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<CreditNoteId>().is_ok() {
        Some(<CreditNote as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<WriteOffId>().is_ok() {
        Some(<WriteOff as cqrs_es::Aggregate>::TYPE)
    } else if id == MatchingRules::STREAM {
        Some(<MatchingRules as cqrs_es::Aggregate>::TYPE)
    } else if id == RiskRules::STREAM {
        Some(<RiskRules as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_suffix(".risk").is_some_and(|customer| customer.parse::<CustomerId>().is_ok()) {
        Some(<RiskHistory as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<PayeeId>().is_ok() {
        Some(<Payee as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_suffix(".alert").is_some_and(|id| id.parse::<WithdrawalId>().is_ok()) {
        Some(<RiskAlert as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<StatementId>().is_ok() {
        Some(<Statement as cqrs_es::Aggregate>::TYPE)
    } else if id.strip_suffix(".freeze").is_some_and(|wallet| wallet.parse::<WalletId>().is_ok()) {
        Some(<WalletFreeze as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<ChannelNotificationId>().is_ok() {
        Some(<ChannelNotification as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<OrderId>().is_ok() {
        Some(<Order as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<PaymentId>().is_ok() {
        Some(<Payment as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<RefundId>().is_ok() {
        Some(<OrderRefund as cqrs_es::Aggregate>::TYPE)
    } else if id == ApprovalRules::STREAM {
        Some(<ApprovalRules as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<ApprovalSubject>().is_ok() {
        Some(<Approval as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<Actor>().is_ok() {
        Some(<ApprovalDelegations as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<PayoutId>().is_ok() {
        Some(<Payout as cqrs_es::Aggregate>::TYPE)
    } else if id.parse::<PayoutBatchId>().is_ok() {
        Some(<PayoutBatch as cqrs_es::Aggregate>::TYPE)
    } else {
        None
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use tallybook_domain::BookEvent;

    use super::*;

    #[test]
    fn an_id_says_what_it_is_the_id_of() {
        let found: Vec<_> = [
            "C00042",
            "C00042.CNY",
            "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000",
            "accounting-periods",
            "bills.2026",
            "C00042.2026-10.usage",
            "plan.standard",
            "C00042.plan",
            "C00042.2026-10",
            "bill-run.2026-10",
            "C00042.2026-10.r2.reminders",
            "usage-source.meters",
            "C00042.2026-10.quarantine",
            "C00042.2026-10.credit-alert",
            "C00042.pending-orders",
            "RP3XP6RJ5HNHZQAV0",
            "N01K7RA8ZAYFGXSMRSF9FMC3M02",
            "W01K7RA8ZAYFGXSMRSF9FMC3M01",
            "book",
            "risk-rules",
            "C00042.risk",
            "P2JMBY3R9C4GH6T0V8XKZ1QWDEF",
            "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000.alert",
            "S01K7RA8ZAYFGXSMRSF9FMC3M04",
            "C00042.CNY.freeze",
            "M3387SCTDHQHR41AZ8PN8A4DSC0",
            "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD",
            "Z01K7RA8ZAYFGXSMRSF9FMC3M06",
            "F01K7RA8ZAYFGXSMRSF9FMC3M05",
            "approval-rules",
            "refund.RP3XP6RJ5HNHZQAV0",
            "user:wang",
            "Y01K7RA8ZAYFGXSMRSF9FMC3M00",
            "B01K7RA8ZAYFGXSMRSF9FMC3M05",
        ]
        .into_iter()
        .filter_map(aggregate_type)
        .collect();
        let all: Vec<_> = BookEvent::KINDS.iter().map(|(aggregate_type, _)| *aggregate_type).collect();
        assert_eq!(found, all, "every aggregate type can be found by its id");
        assert_eq!(aggregate_type("C00042.CNY.17"), None);
    }
}
