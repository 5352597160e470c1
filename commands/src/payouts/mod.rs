//! What is done about payouts: orders written one by one or for a file, sent once, and what is heard of them.

mod begin_sending;
mod hear_of_payout;
mod make_payout_batch;
mod order;
mod outcome;
mod prepare_payout;
mod resolve_payout_doubt;

pub use begin_sending::{SendingBegan, begin_sending};
pub use hear_of_payout::{HearOfPayout, hear_of_payout};
pub use make_payout_batch::{MakePayoutBatch, Which, make_payout_batch};
pub use order::find_order;
pub use outcome::{PayoutBatchOutcome, PayoutOutcome, SkippedWithdrawal};
pub use prepare_payout::{PreparePayout, prepare_payout};
pub use resolve_payout_doubt::{ResolvePayoutDoubt, resolve_payout_doubt};
