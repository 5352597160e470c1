//! What has become of payouts, and which went to the bank together.

mod payout;

pub use payout::{
    OpenPayout, Payout, PayoutBatch, PayoutBatchOrder, PayoutBatchRow, PayoutFilter, PayoutOrder, PayoutRow,
    PayoutStep, PayoutStepRow, PayoutTables, Payouts, approved_withdrawals, find_payout, find_payout_batch,
    list_payout_batches, list_payouts, open_payouts, payouts_of_batch,
};
