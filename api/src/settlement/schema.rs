//! How the answers to commands on receipts, credit notes and write-offs look in OpenAPI. Described here only; never made
//! or read.

use chrono::NaiveDate;
use tallybook_read_models::schema::{
    CreditNoteState, Leg, Money, ReceiptState, StatementState, WriteOffState,
};
use utoipa::ToSchema;

/// The receipt as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::ReceiptOutcome")]
pub(super) struct ReceiptOutcome {
    #[schema(example = "RP3XP6RJ5HNHZQAV0")]
    id: String,
    state: ReceiptState,
    /// `null` before somebody has said whose it is.
    #[schema(required)]
    customer: Option<String>,
    amount: Money,
    /// What is free of it now.
    unapplied: Money,
    /// How often it was recorded, with this time: more than once after a reversal.
    entry: u32,
    /// How many have still to approve that it is paid back, while that waits for somebody.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A receipt that was entered.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::RecordedReceipt")]
pub(super) struct RecordedReceipt {
    #[schema(example = "RP3XP6RJ5HNHZQAV0")]
    id: String,
    state: ReceiptState,
    /// `null` before somebody has said whose it is.
    #[schema(required)]
    customer: Option<String>,
    amount: Money,
    /// What is free of it now.
    unapplied: Money,
    /// How often it was recorded, with this time: more than once after a reversal.
    entry: u32,
    /// The same money had been entered before: this is that receipt.
    known: bool,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A receipt that was reversed, and what was undone with it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::ReversedReceipt")]
pub(super) struct ReversedReceipt {
    #[schema(example = "RP3XP6RJ5HNHZQAV0")]
    id: String,
    state: ReceiptState,
    #[schema(required)]
    customer: Option<String>,
    amount: Money,
    unapplied: Money,
    /// How often it was recorded, with this time: more than once after a reversal.
    entry: u32,
    write_offs: Vec<UndoneWriteOff>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The credit note as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::CreditNoteOutcome")]
pub(super) struct CreditNoteOutcome {
    id: String,
    state: CreditNoteState,
    #[schema(example = "C00042")]
    customer: String,
    /// With tax.
    amount: Money,
    /// What is free of it now.
    unapplied: Money,
    /// How many have still to approve it, while it waits for somebody.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The statement as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::StatementOutcome")]
pub(super) struct StatementOutcome {
    #[schema(example = "S01K7RA8ZAYFGXSMRSF9FMC3M04")]
    id: String,
    state: StatementState,
    #[schema(example = "C00042")]
    customer: String,
    from: NaiveDate,
    to: NaiveDate,
    /// The last event of the book that counts.
    known_at: u64,
    /// Before the first day.
    opening: Standing,
    /// After the last day.
    closing: Standing,
    line_count: u64,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A statement that can be sent.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes issue_statement::IssuedStatement")]
pub(super) struct IssuedStatement {
    #[schema(example = "S01K7RA8ZAYFGXSMRSF9FMC3M04")]
    id: String,
    state: StatementState,
    #[schema(example = "C00042")]
    customer: String,
    from: NaiveDate,
    to: NaiveDate,
    /// The last event of the book that counts.
    known_at: u64,
    /// Before the first day.
    opening: Standing,
    /// After the last day.
    closing: Standing,
    line_count: u64,
    /// Where on this server the customer reads and answers it, without sign-in: for the customer alone.
    confirmation_path: String,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// How a customer and we stand.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_domain::settlement::statement::Standing")]
pub(super) struct Standing {
    /// What the customer owes of bills.
    receivable: Money,
    /// What is left of the customer's receipts and credit notes.
    advance: Money,
}

/// The write-off as the command left it, and what is left of its sources and bills.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::WriteOffOutcome")]
pub(super) struct WriteOffOutcome {
    id: String,
    state: WriteOffState,
    #[schema(example = "C00042")]
    customer: String,
    /// All its legs.
    legs: Vec<Leg>,
    /// The numbers of the legs that stand.
    live_legs: Vec<u32>,
    sources: Vec<SourceLeft>,
    bills: Vec<BillLeft>,
    /// How many have still to approve it, while it waits for somebody.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A write-off that was undone with its receipt.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::WriteOffOutcome within another")]
pub(super) struct UndoneWriteOff {
    id: String,
    state: WriteOffState,
    #[schema(example = "C00042")]
    customer: String,
    legs: Vec<Leg>,
    live_legs: Vec<u32>,
    sources: Vec<SourceLeft>,
    bills: Vec<BillLeft>,
}

/// What is left of a receipt, a wallet or a credit note.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::SourceLeft")]
pub(super) struct SourceLeft {
    #[schema(nullable = false)]
    receipt: Option<String>,
    #[schema(nullable = false)]
    wallet: Option<String>,
    #[schema(nullable = false)]
    credit_note: Option<String>,
    left: Money,
}

/// What is still owed of a bill.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::BillLeft")]
pub(super) struct BillLeft {
    #[schema(example = "C00042.2026-10")]
    bill: String,
    open: Money,
}
