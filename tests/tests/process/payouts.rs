//! Payouts of an API that is killed again and again while it sends them: each goes out once, under one id, and from then on
//! is only asked about, until it is known what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tallybook_domain::payouts::PayoutId;
use tallybook_tests::answer::text;
use tallybook_tests::bank::Bank;
use tallybook_tests::scenario::step_path;
use tallybook_tests::truths::journal::events_after;
use tallybook_tests::{bodies, truths};

use crate::book::{People, Processes};

const CUSTOMERS: usize = 4;
/// How the bank behaves to the orders of each.
const MANNERS: [&str; 12] = [
    "pays",
    "hesitates",
    "books_late",
    "hesitates",
    "late",
    "pays",
    "drops_after",
    "hesitates",
    "drops_before",
    "breaks",
    "hesitates",
    "fails",
];
const KILLS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Withdrawal {
    id: String,
    /// The one id it may go out under.
    payout: String,
    customer: String,
    amount: Decimal,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_killed_while_it_pays_out_pays_each_withdrawal_once() {
    let book = Processes::on_the_server();
    let bank = Bank::open().await;
    let settings = bank.settings_file(book.place());
    let _projector = book.projector();
    let (people, withdrawals) = approved(&book).await;

    let mut api = book.api_with(&settings);
    // After so many orders, and so long after the last.
    let mut killed_after = Vec::new();
    for _ in 0..KILLS {
        let (before, begun) = (bank.posts_in_all(), Instant::now());
        // Killed while something is on the line, or is asked about.
        while bank.posts_in_all() == before && begun.elapsed() < Duration::from_millis(1500) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let moment = Duration::from_millis(u64::from(uuid::Uuid::now_v7().as_bytes()[15]));
        tokio::time::sleep(moment).await;
        api.kill();
        killed_after.push((bank.posts_in_all(), moment));
        api = book.api_with(&settings);
    }
    let people = people.at(&api.address);
    come_to_their_ends(&people, &bank, withdrawals.len()).await;
    bank.check();
    let ids: BTreeSet<String> = withdrawals.iter().map(|withdrawal| withdrawal.payout.clone()).collect();
    assert_eq!(bank.heard_of(), ids, "each under the id that follows from its withdrawal, and no other");
    let interrupted = each_is_what_the_bank_says(&people, &bank, &withdrawals).await;
    assert!(interrupted > 0, "nothing was under way when it was killed: {killed_after:?}");
    each_is_settled_once(&people, &bank, &withdrawals).await;
    truths::hold(&book.witness(people.auditor.clone())).await;
}

/// Withdrawals that wait to go out, made by an API that sends nothing.
async fn approved(book: &Processes) -> (People, Vec<Withdrawal>) {
    let mut api = book.api();
    let people = book.people(&api.address).await;
    let mut asked = Vec::new();
    for number in 0..CUSTOMERS {
        let body = bodies::customer(&format!("Customer {number}"));
        let customer = text(people.operator.post("/v1/customers", &body).await.created(), "id").to_owned();
        let first = bodies::deposit(&customer, "1000.00", &format!("first of {number}"));
        people.operator.post("/v1/deposits", &first).await.created();
        for (which, manner) in MANNERS.iter().enumerate() {
            let amount = Decimal::new(i64::try_from(100 * (which + 1) + number).unwrap(), 2);
            asked.push((customer.clone(), amount, format!("{manner}-{customer}-{which}")));
        }
    }
    let asking =
        stream::iter(asked).map(|(customer, amount, reference)| ask(&people, customer, amount, reference));
    let withdrawals = asking.buffer_unordered(8).collect().await;
    api.kill();
    (people, withdrawals)
}

async fn ask(people: &People, customer: String, amount: Decimal, reference: String) -> Withdrawal {
    let body = bodies::withdrawal(&customer, &amount.to_string(), &reference);
    let answer = people.finance.post("/v1/withdrawals", &body).await;
    let id = text(answer.created(), "id").to_owned();
    let approved = people.approver.post(&step_path(&id, "approve"), &json!({})).await;
    assert_eq!(text(approved.ok(), "state"), "approved");
    let payout = PayoutId::of(&id.parse().unwrap()).to_string();
    Withdrawal { id, payout, customer, amount }
}

/// What never got to the bank needs a person, and nothing else does.
async fn come_to_their_ends(people: &People, bank: &Bank, payouts: usize) {
    let (begun, mut called_failed) = (Instant::now(), BTreeSet::new());
    loop {
        let all = people.auditor.all("/v1/payouts").await;
        let open = all.iter().filter(|row| !matches!(text(row, "state"), "succeeded" | "failed"));
        if all.len() == payouts && open.clone().count() == 0 {
            return;
        }
        for waiting in people.auditor.all("/v1/payouts?needs_person=true").await {
            let (payout, withdrawal) = (text(&waiting, "id"), text(&waiting, "withdrawal"));
            assert_eq!((&waiting["cause"], bank.status(payout)), (&json!("not_found"), None), "{waiting:#}");
            if called_failed.insert(payout.to_owned()) {
                let failed = bodies::because("it never got there");
                people.finance.post(&step_path(withdrawal, "fail"), &failed).await.ok();
            }
        }
        assert!(begun.elapsed() < PATIENCE, "these do not come to an end: {:#?}", open.collect::<Vec<_>>());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The answer: of how many nobody knew whether they were sent.
async fn each_is_what_the_bank_says(people: &People, bank: &Bank, withdrawals: &[Withdrawal]) -> usize {
    let mut interrupted = 0;
    for Withdrawal { payout, .. } in withdrawals {
        let found = people.auditor.get(&format!("/v1/payouts/{payout}")).await.data().clone();
        let paid = bank.status(payout).as_deref() == Some("succeeded");
        assert_eq!(text(&found, "state"), if paid { "succeeded" } else { "failed" }, "{found:#}");
        let steps: Vec<&Value> = found["history"].as_array().unwrap().iter().collect();
        let times = |event: &str| steps.iter().filter(|step| step["event"] == event).count();
        assert!(bank.posts(payout) <= times("PayoutSendingBegan"), "it is durable before it goes out");
        assert_eq!(times("PayoutSucceeded") + times("PayoutFailed"), 1, "{found:#}");
        assert_eq!(times("PayoutDoubted"), 0, "{found:#}");
        interrupted += usize::from(steps.iter().any(|step| step["cause"] == "interrupted"));
    }
    interrupted
}

/// One end of each withdrawal, and one of its hold; what the bank has paid is gone, and all else is there.
async fn each_is_settled_once(people: &People, bank: &Bank, withdrawals: &[Withdrawal]) {
    let events = events_after(&people.auditor, 0).await;
    let mut ends: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut holds = 0;
    for event in &events {
        match event.event_type.as_str() {
            "WithdrawalSucceeded" | "WithdrawalFailed" => {
                ends.entry(&event.aggregate_id).or_default().push(&event.event_type);
            }
            "HoldPaidOut" | "HoldReleased" => holds += 1,
            _ => {}
        }
    }
    assert_eq!(holds, withdrawals.len(), "each hold is ended once");
    let mut left: BTreeMap<&str, Decimal> = BTreeMap::new();
    for Withdrawal { id, payout, customer, amount } in withdrawals {
        let balance = left.entry(customer).or_insert(Decimal::new(100_000, 2));
        let paid = bank.status(payout).as_deref() == Some("succeeded");
        let end = if paid { "WithdrawalSucceeded" } else { "WithdrawalFailed" };
        assert_eq!(ends[id.as_str()], [end], "{id}");
        if paid {
            *balance = balance.checked_sub(*amount).unwrap();
        }
    }
    let head = events.last().unwrap().position;
    for (customer, balance) in left {
        let path = format!("/v1/customers/{customer}/wallets?min_position={head}&wait_ms=30000");
        let wallet = people.auditor.get(&path).await.data()[0].clone();
        let balance = bodies::yuan(&balance.to_string());
        assert_eq!((&wallet["balance"], &wallet["held"]), (&balance, &bodies::yuan("0.00")), "{customer}");
    }
}
