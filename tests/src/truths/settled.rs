//! What is left of receipts, from every side the API shows it from.

use super::Witness;
use super::billed::{closing, without_zeros};
use super::money::{Sums, add, amount};
use crate::answer::text;

/// What is left of receipts and credit notes, and what somebody has asked back, is what the ledger owes for it; a leg of
/// a write-off that stands is applied once, and nothing is left below nothing.
pub(super) async fn agrees(witness: &Witness, head: u64) {
    let reader = &witness.reader;
    let fresh = format!("min_position={head}&wait_ms=30000");
    let trial = reader.get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let (mut advances, mut unidentified, mut applied) = (Sums::new(), Sums::new(), Sums::new());
    for receipt in reader.all(&format!("/v1/receipts?{fresh}")).await {
        let currency = text(&receipt["amount"], "currency").to_owned();
        assert!(!amount(&receipt["unapplied"]).is_sign_negative(), "{receipt}");
        let sum = if receipt["state"] == "unidentified" { &mut unidentified } else { &mut advances };
        for part in ["unapplied", "refund_asked"] {
            add(sum.entry(currency.clone()).or_default(), -amount(&receipt[part]));
        }
        add(applied.entry(currency).or_default(), amount(&receipt["applied"]));
    }
    for note in reader.all(&format!("/v1/credit-notes?{fresh}")).await {
        let currency = text(&note["amount"], "currency").to_owned();
        add(advances.entry(currency.clone()).or_default(), -amount(&note["unapplied"]));
        add(applied.entry(currency).or_default(), amount(&note["applied"]));
    }
    assert_eq!(without_zeros(advances), closing(trial.data(), "2203"), "advances are what the ledger owes");
    assert_eq!(without_zeros(unidentified), closing(trial.data(), "2241.03"), "and what waits to be known");

    let mut standing = Sums::new();
    for write_off in reader.all(&format!("/v1/write-offs?{fresh}")).await {
        let is_posted = write_off["state"] != "proposed" && write_off["state"] != "rejected";
        for leg in write_off["legs"].as_array().unwrap() {
            let of_these = leg.get("receipt").is_some() || leg.get("credit_note").is_some();
            if is_posted && of_these && leg["reversal"].is_null() {
                let currency = text(&leg["amount"], "currency").to_owned();
                add(standing.entry(currency).or_default(), amount(&leg["amount"]));
            }
        }
    }
    assert_eq!(without_zeros(standing), without_zeros(applied), "the legs that stand are what is applied");
}
