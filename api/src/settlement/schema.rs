//! How the answers to commands on receipts, credit notes and write-offs look in OpenAPI. Described here only; never made
//! or read.

use tallybook_read_models::schema::{CreditNoteState, Leg, Money, ReceiptState, WriteOffState};
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
    /// Where in the journal the command is recorded.
    position: u64,
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
