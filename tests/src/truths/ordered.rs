//! What was paid for orders, from every side the API shows it from.

use super::Witness;
use super::billed::{closing, without_zeros};
use super::money::{Sums, add, amount};
use crate::answer::text;

/// What was paid for orders that are not at their end, and did not go back, is what the ledger owes for it (2205); no order
/// is refunded more than was paid, and what is kept of a completed one is its revenue and tax.
pub(super) async fn agrees(witness: &Witness, head: u64) {
    let reader = &witness.reader;
    let fresh = format!("min_position={head}&wait_ms=30000");
    let trial = reader.get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let mut owed = Sums::new();
    for order in reader.all(&format!("/v1/orders?{fresh}")).await {
        let figure = |member: &str| amount(&order[member]);
        let kept = figure("captured").checked_sub(figure("refunded")).unwrap();
        assert!(
            kept.checked_sub(figure("refund_pending"))
                .is_some_and(|left| !left.is_sign_negative() || left.is_zero()),
            "{order}"
        );
        let earned = figure("revenue").checked_add(figure("tax")).unwrap();
        match text(&order, "state") {
            "completed" => assert_eq!(earned, kept, "{order}"),
            "cancelled" | "closed" => assert!(kept.is_zero() && earned.is_zero(), "{order}"),
            _ => {
                assert!(earned.is_zero(), "{order}");
                add(owed.entry(text(&order["amount"], "currency").to_owned()).or_default(), -kept);
            }
        }
    }
    assert_eq!(
        without_zeros(owed),
        closing(trial.data(), "2205"),
        "the open orders are what the ledger owes for them"
    );
}
