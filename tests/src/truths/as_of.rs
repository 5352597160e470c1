//! The past as the API shows it: as of now it is what is live, and as of any position what the journal folds to up to
//! there.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;
use tallybook_domain::RecordedEvent;
use tallybook_domain::ledger::{Side, postings};
use tallybook_event_store::journal;
use tallybook_read_models::Projection;
use tallybook_read_models::deposits::Wallets;
use tallybook_read_models::fold::{Share, Tables, fold};

use super::Witness;
use crate::answer::text;

pub(super) async fn is_what_was(witness: &Witness, head: u64) {
    let fresh = format!("min_position={head}&wait_ms=30000");
    let wallets = witness.reader.all(&format!("/v1/wallets?{fresh}")).await;
    let mut questions = vec![
        "/v1/wallets?".to_owned(),
        "/v1/ledger/trial-balance?".to_owned(),
        "/v1/ledger/accounts?".to_owned(),
        "/v1/ledger/accounts/2241/lines?currency=CNY&".to_owned(),
    ];
    for wallet in wallets.iter().take(3) {
        let (customer, currency) = (text(wallet, "customer"), text(wallet, "currency"));
        questions.push(format!("/v1/customers/{customer}/wallets?"));
        questions.push(format!("/v1/customers/{customer}/wallet-statement?currency={currency}&"));
    }
    for question in questions {
        let live = witness.reader.get(&format!("{question}{fresh}")).await;
        for now in [format!("known_at={head}"), format!("as_of=2999-12-31&known_at={head}&limit=50")] {
            let now = if question.contains("trial") || question.ends_with("accounts?") {
                now.replace("&limit=50", "")
            } else {
                now
            };
            let then = witness.reader.get(&format!("{question}{now}&wait_ms=30000")).await;
            assert_eq!(undated(then.data()), undated(live.data()), "{question}{now}");
            assert_eq!(then.body["position"], head);
        }
    }
    for position in [head / 2, head.saturating_sub(1)] {
        equals_the_fold(witness, position).await;
    }
}

/// An answer with `as_of` says up to which day it goes, even where nothing is dated later.
fn undated(data: &Value) -> Value {
    let mut data = data.clone();
    if let Some(members) = data.as_object_mut() {
        members.remove("to");
    }
    data
}

async fn equals_the_fold(witness: &Witness, position: u64) {
    let limit = i64::try_from(position).unwrap();
    let stored = journal::page(&witness.pool, 0, limit).await.unwrap();
    let upcasters = tallybook_domain::upcasters();
    let events: Vec<RecordedEvent> = stored.iter().map(|event| event.decode(&upcasters).unwrap()).collect();
    let mut folded = <Wallets as Projection>::Tables::whole(Share::ALL);
    fold::<Wallets>(&events, &mut folded).unwrap();
    let mut expected: Vec<Value> = folded.rows().map(|row| serde_json::to_value(row).unwrap()).collect();
    expected.sort_by(|one, other| text(one, "id").cmp(text(other, "id")));
    let found = witness.reader.all(&format!("/v1/wallets?known_at={position}&wait_ms=30000")).await;
    assert_eq!(found, expected, "the wallets at {position}");

    let mut expected: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for posting in events.iter().flat_map(|event| postings(&event.event)) {
        let amount = posting.amount.amount();
        let signed = if posting.side == Side::Debit { amount } else { -amount };
        let key = (posting.account.to_string(), posting.amount.currency().to_string());
        let sum = expected.entry(key).or_default();
        *sum = sum.checked_add(signed).unwrap();
    }
    let path = format!("/v1/ledger/trial-balance?known_at={position}&wait_ms=30000");
    let trial = witness.reader.get(&path).await;
    let mut found = BTreeMap::new();
    for currency in trial.data()["currencies"].as_array().unwrap() {
        assert_eq!(currency["balanced"], true, "{currency}");
        for line in currency["accounts"].as_array().unwrap() {
            let key = (text(line, "code").to_owned(), text(currency, "currency").to_owned());
            found.insert(key, text(&line["closing"], "amount").parse::<Decimal>().unwrap());
        }
    }
    assert_eq!(found, expected, "the ledger at {position}");
}
