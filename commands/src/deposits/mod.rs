//! What people do with deposits and withdrawals (入金, 出金).

mod approve_withdrawal;
mod cancel_withdrawal;
mod fail_withdrawal;
mod outcome;
mod record_deposit;
mod reject_withdrawal;
mod request_withdrawal;
mod return_withdrawal;
mod reverse_deposit;
mod step;
mod submit_withdrawal;
mod succeed_withdrawal;

pub use approve_withdrawal::{ApproveWithdrawal, approve_withdrawal};
pub use cancel_withdrawal::{CancelWithdrawal, cancel_withdrawal};
pub use fail_withdrawal::{FailWithdrawal, fail_withdrawal};
pub use outcome::{DepositOutcome, WithdrawalOutcome};
pub use record_deposit::{RecordDeposit, record_deposit};
pub use reject_withdrawal::{RejectWithdrawal, reject_withdrawal};
pub use request_withdrawal::{RequestWithdrawal, request_withdrawal};
pub use return_withdrawal::{ReturnWithdrawal, return_withdrawal};
pub use reverse_deposit::{ReverseDeposit, reverse_deposit};
pub use submit_withdrawal::{SubmitWithdrawal, submit_withdrawal};
pub use succeed_withdrawal::{SucceedWithdrawal, succeed_withdrawal};

pub(crate) use approve_withdrawal::{approve, check_may_approve, waiting_withdrawal};
pub(crate) use fail_withdrawal::fail;
pub(crate) use reject_withdrawal::reject;
pub(crate) use return_withdrawal::come_back;
pub(crate) use step::{Parties, check_may_leave, check_may_withdraw, release_hold};
pub(crate) use submit_withdrawal::{submit, submit_after_all};
pub(crate) use succeed_withdrawal::succeed;

/// A client's own number of a withdrawal is used once per book.
const WITHDRAWAL_REFERENCE: &str = "withdrawal_reference";
