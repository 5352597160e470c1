//! What people do with receipts, credit notes, write-offs (收款核销) and statements (对账单).

mod answer_automatic;
mod answer_statement;
mod approve_credit;
mod approve_refund;
mod approve_write_off;
mod change_matching_rules;
mod identify_receipt;
mod issue_statement;
mod legs;
mod make_write_off;
mod move_advance;
mod move_back;
mod outcome;
mod post_match;
mod propose_credit;
mod record_receipt;
mod reject_credit;
mod reject_refund;
mod reject_write_off;
mod request_refund;
mod return_refund;
mod reverse_credit;
mod reverse_receipt;
mod reverse_write_off;
mod withdraw_statement;

pub use answer_automatic::{WriteOffMatches, answer_automatic, answered_automatic};
pub use answer_statement::{AnswerStatement, answer_statement};
pub use approve_credit::{ApproveCredit, approve_credit};
pub(crate) use approve_credit::{approve_credit_note, waiting_credit};
pub use approve_refund::{ApproveRefund, approve_refund};
pub(crate) use approve_refund::{approve_refund_of, check_may_approve_refund, waiting_refund};
pub use approve_write_off::{ApproveWriteOff, approve_write_off};
pub(crate) use approve_write_off::{approve_paper, waiting_write_off};
pub use change_matching_rules::{ChangeMatchingRules, MatchingRulesOutcome, change_matching_rules};
pub use identify_receipt::{IdentifyReceipt, identify_receipt};
pub use issue_statement::{IssueStatement, issue_statement};
pub(crate) use legs::Paper;
pub use make_write_off::{MakeWriteOff, Split, make_write_off};
pub use move_advance::{MoveAdvance, move_advance};
pub use move_back::{MoveBack, move_back};
pub use outcome::{
    BillLeft, CreditNoteOutcome, ReceiptOutcome, RecordedReceipt, ReversedReceipt, SourceLeft,
    StatementOutcome, WriteOffOutcome,
};
pub use post_match::post_match;
pub use propose_credit::{ProposeCredit, propose_credit};
pub use record_receipt::{RecordReceipt, record_receipt};
pub(crate) use reject_credit::reject_credit_note;
pub use reject_credit::{RejectCredit, reject_credit};
pub(crate) use reject_refund::reject_refund_of;
pub use reject_refund::{RejectRefund, reject_refund};
pub(crate) use reject_write_off::reject_paper;
pub use reject_write_off::{RejectWriteOff, reject_write_off};
pub use request_refund::{RequestRefund, request_refund};
pub use return_refund::{ReturnRefund, return_refund};
pub use reverse_credit::{ReverseCredit, reverse_credit};
pub use reverse_receipt::{ReverseReceipt, reverse_receipt};
pub use reverse_write_off::{ReverseWriteOff, reverse_write_off};
pub use withdraw_statement::{WithdrawStatement, withdraw_statement};
