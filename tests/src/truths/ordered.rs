//! Money of orders, from the side of the orders and from the ledger's.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::Witness;
use super::money::{Sums, add, amount};
use crate::answer::text;

/// What orders hold is what the ledger has in 2205, and what came beside and has not gone back is what it has in 2241.04.
pub(super) async fn agrees(witness: &Witness, head: u64) {
    let reader = &witness.reader;
    let fresh = format!("min_position={head}&wait_ms=30000");
    let trial = reader.get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let (mut held, mut beside): (Sums, Sums) = (BTreeMap::new(), BTreeMap::new());
    for order in reader.all(&format!("/v1/orders?{fresh}")).await {
        let kept = amount(&order["captured"]).checked_sub(amount(&order["refunded"])).unwrap();
        if text(&order, "state") != "completed" {
            add(held.entry(text(&order["amount"], "currency").to_owned()).or_default(), kept);
        }
    }
    for payment in reader.all(&format!("/v1/payments?{fresh}")).await {
        let sum = beside.entry(text(&payment["amount"], "currency").to_owned()).or_default();
        add(sum, amount(&payment["excess"]));
        let came = amount(&payment["captured"]).checked_add(amount(&payment["excess"])).unwrap();
        assert!(amount(&payment["refunded"]) <= came, "no more goes back than came: {payment}");
    }
    for refund in reader.all(&format!("/v1/refunds?ground=excess&state=succeeded&{fresh}")).await {
        let sum = beside.entry(text(&refund["amount"], "currency").to_owned()).or_default();
        add(sum, -amount(&refund["amount"]));
    }
    for sums in [&mut held, &mut beside] {
        sums.retain(|_, sum| !sum.is_zero());
    }
    assert_eq!(held, owed(trial.data(), "2205"), "what orders hold");
    assert_eq!(beside, owed(trial.data(), "2241.04"), "what is to be refunded");
}

/// What an account owes, by currency; none that is zero.
fn owed(trial: &Value, code: &str) -> Sums {
    let mut sums = BTreeMap::new();
    for currency in trial["currencies"].as_array().unwrap() {
        let lines = currency["accounts"].as_array().unwrap();
        let closing = lines.iter().find(|line| line["code"] == code).map(|line| amount(&line["closing"]));
        let owed = -closing.unwrap_or(Decimal::ZERO);
        if !owed.is_zero() {
            sums.insert(text(currency, "currency").to_owned(), owed);
        }
    }
    sums
}
