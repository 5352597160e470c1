//! The money, added up from every side the API shows it from.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value;

use super::Witness;
use crate::Client;
use crate::answer::text;

/// Debits are credits; the wallets together are what the ledger owes customers, and what of that is on its way is the
/// submitted withdrawals; each wallet is what its statement ends with; the days of the dashboard together are what
/// the wallets hold.
pub(super) async fn adds_up(witness: &Witness, head: u64) {
    let reader = &witness.reader;
    let fresh = format!("min_position={head}&wait_ms=30000");
    let trial = reader.get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let (owed, on_its_way) = owed_to_customers(trial.data());
    let wallets = reader.all(&format!("/v1/wallets?{fresh}")).await;
    let mut held_in_all: Sums = BTreeMap::new();
    for wallet in &wallets {
        let (balance, held, available) =
            (amount(&wallet["balance"]), amount(&wallet["held"]), amount(&wallet["available"]));
        assert!(held >= Decimal::ZERO && available >= Decimal::ZERO, "nothing is overdrawn: {wallet}");
        assert_eq!(balance.checked_sub(held), Some(available), "{wallet}");
        add(held_in_all.entry(text(wallet, "currency").to_owned()).or_default(), balance);
        statement_ends_with(reader, wallet, &fresh).await;
    }
    held_in_all.retain(|_, sum| !sum.is_zero());
    assert_eq!(held_in_all, owed, "the wallets are what the ledger says is owed");
    let mut submitted: Sums = BTreeMap::new();
    for withdrawal in reader.all(&format!("/v1/withdrawals?state=submitted&{fresh}")).await {
        let sum = submitted.entry(text(&withdrawal["amount"], "currency").to_owned()).or_default();
        add(sum, amount(&withdrawal["amount"]));
    }
    assert_eq!(submitted, on_its_way, "the submitted withdrawals are what the ledger has in transit");
    let mut came_in = net_of_all_days(witness, &fresh).await;
    for (currency, paid) in paid_for_bills(witness).await {
        add(came_in.entry(currency).or_default(), -paid);
    }
    came_in.retain(|_, sum| !sum.is_zero());
    assert_eq!(came_in, owed, "the days, less what paid bills and orders, add up to what is in the wallets");
}

/// By currency; none that is zero.
pub(super) type Sums = BTreeMap<String, Decimal>;

/// −(2241.01 + 2241.02), and −2241.02 alone, from a trial balance that balances.
fn owed_to_customers(trial: &Value) -> (Sums, Sums) {
    let (mut owed, mut on_its_way) = (BTreeMap::new(), BTreeMap::new());
    for currency in trial["currencies"].as_array().unwrap() {
        assert_eq!(currency["balanced"], true, "{currency}");
        let (debit, credit) = (amount(&currency["debit"]), amount(&currency["credit"]));
        assert_eq!(debit, credit, "debits are credits");
        assert_eq!(amount(&currency["closing"]), Decimal::ZERO, "the trial balance sums to zero");
        let mut sums = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for line in currency["accounts"].as_array().unwrap() {
            add(&mut sums.0, amount(&line["debit"]));
            add(&mut sums.1, amount(&line["credit"]));
            if matches!(text(line, "code"), "2241.01" | "2241.02") {
                add(&mut sums.2, -amount(&line["closing"]));
            }
            if text(line, "code") == "2241.02" {
                on_its_way.insert(text(currency, "currency").to_owned(), -amount(&line["closing"]));
            }
        }
        assert_eq!((sums.0, sums.1), (debit, credit), "the lines add up: {currency}");
        owed.insert(text(currency, "currency").to_owned(), sums.2);
    }
    owed.retain(|_, sum| !sum.is_zero());
    on_its_way.retain(|_, sum: &mut Decimal| !sum.is_zero());
    (owed, on_its_way)
}

async fn statement_ends_with(reader: &Client, wallet: &Value, fresh: &str) {
    let (customer, currency) = (text(wallet, "customer"), text(wallet, "currency"));
    let path = format!("/v1/customers/{customer}/wallet-statement?currency={currency}&limit=1&{fresh}");
    let statement = reader.get(&path).await;
    let statement = statement.data();
    assert_eq!(statement["closing"], wallet["balance"], "the statement of {customer} ends with the balance");
    assert_eq!(amount(&statement["opening"]), Decimal::ZERO);
    let (credits, debits) = (amount(&statement["credits"]), amount(&statement["debits"]));
    assert_eq!(credits.checked_sub(debits.abs()), Some(amount(&wallet["balance"])), "{statement}");
}

/// Periods have a limit, so all the days there are may take several.
async fn net_of_all_days(witness: &Witness, fresh: &str) -> Sums {
    let mut net = BTreeMap::new();
    let (first, last): (Option<NaiveDate>, Option<NaiveDate>) =
        sqlx::query_as("SELECT min(effective_date), max(effective_date) FROM ledger_days")
            .fetch_one(&witness.pool)
            .await
            .unwrap();
    let (Some(mut from), Some(last)) = (first, last) else { return net };
    while from <= last {
        let to = last.min(from + Days::new(3_699));
        let days = witness.reader.get(&format!("/v1/dashboard?from={from}&to={to}&{fresh}")).await;
        for currency in days.data()["currencies"].as_array().unwrap() {
            let sum = net.entry(text(currency, "currency").to_owned()).or_default();
            add(sum, amount(&currency["totals"]["net"]));
        }
        from = to + Days::new(1);
    }
    net.retain(|_, sum: &mut Decimal| !sum.is_zero());
    net
}

/// What wallets have paid for bills and orders and not got back, less what came from receipts: neither a deposit nor a
/// withdrawal of any day.
async fn paid_for_bills(witness: &Witness) -> Vec<(String, Decimal)> {
    sqlx::query_as(
        "SELECT payload -> event_type -> 'amount' ->> 'currency',
                sum((payload -> event_type -> 'amount' ->> 'amount')::numeric
                    * CASE WHEN event_type IN ('BillPaid', 'FundsApplied', 'AdvanceReturned', 'OrderPaymentTaken')
                           THEN 1 ELSE -1 END)
           FROM events WHERE event_type IN ('BillPaid', 'FundsApplied', 'BillPaymentReturned', 'FundsFreed', 'AdvanceCredited',
                                            'AdvanceReturned', 'OrderPaymentTaken', 'OrderRefundCredited')
          GROUP BY 1",
    )
    .fetch_all(&witness.pool)
    .await
    .unwrap()
}

/// The amount of `{"amount": "12.34", "currency": "CNY"}`.
#[track_caller]
pub(super) fn amount(money: &Value) -> Decimal {
    text(money, "amount").parse().unwrap()
}

pub(super) fn add(sum: &mut Decimal, amount: Decimal) {
    *sum = sum.checked_add(amount).unwrap();
}
