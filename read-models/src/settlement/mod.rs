//! What came in, what it settled, and what of it is left: receipts, credit notes and write-offs, and what is matched;
//! statements of it all, and what customers say to them.

mod advance;
mod backtest;
mod balance;
mod credit_note;
mod issued_statement;
mod matching_book;
mod matching_rules;
mod receipt;
mod statement;
mod write_off;

pub use advance::{AdvanceEntryRow, AdvanceKind, Advances};
pub use backtest::{Backtest, BacktestReport, Compared, Tally};
pub use balance::CustomerBalance;
pub use credit_note::{
    CreditNoteFilter, CreditNoteOrder, CreditNoteRow, CreditNotes, find_credit_note, list_credit_notes,
};
pub use issued_statement::{
    StatementFilter, StatementOrder, StatementRow, Statements, find_statement, list_statements,
};
pub use matching_book::{MatchingBook, MatchingScope, matching_book, matching_projections};
pub use matching_rules::{MatchingRules, MatchingRulesOfBook, MatchingRulesRow, matching_rules_of_book};
pub use receipt::{
    AdvanceRefund, ReceiptFilter, ReceiptOrder, ReceiptReversal, ReceiptRow, Receipts, RefundState,
    find_receipt, list_receipts,
};
pub use statement::{CustomerStatement, CustomerStatementLine, customer_statement, whole_customer_statement};
pub use write_off::{
    LegReversal, LegRow, WriteOff, WriteOffFilter, WriteOffOrder, WriteOffRow, WriteOffTables, WriteOffs,
    find_write_off, list_write_offs,
};
