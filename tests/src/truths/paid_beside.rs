//! Money that came for orders and is not theirs, from the side of the payments and from the ledger's.

use super::Witness;
use super::billed::{closing, without_zeros};
use super::money::{Sums, add, amount};
use crate::answer::text;

/// What came beside and has not gone back is what the ledger has to refund (2241.04); of no payment more went back than
/// came.
pub(super) async fn agrees(witness: &Witness, head: u64) {
    let reader = &witness.reader;
    let fresh = format!("min_position={head}&wait_ms=30000");
    let trial = reader.get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let mut due = Sums::new();
    for payment in reader.all(&format!("/v1/payments?{fresh}")).await {
        let figure = |member: &str| amount(&payment[member]);
        let came = figure("captured").checked_add(figure("excess")).unwrap();
        assert!(figure("refunded") <= came, "{payment}");
        add(due.entry(text(&payment["amount"], "currency").to_owned()).or_default(), -figure("excess"));
    }
    for refund in reader.all(&format!("/v1/refunds?ground=excess&state=succeeded&{fresh}")).await {
        let currency = text(&refund["amount"], "currency").to_owned();
        add(due.entry(currency).or_default(), amount(&refund["amount"]));
    }
    assert_eq!(
        without_zeros(due),
        closing(trial.data(), "2241.04"),
        "what came beside is what is to be refunded"
    );
}
