//! Where a test about receipts and write-offs begins.

use chrono::NaiveDate;
use serde_json::{Value, json};
use tallybook_domain::Month;

use crate::answer::text;
use crate::{TestBook, bodies};

impl TestBook {
    /// A customer who owes one bill for each of these amounts, month by month, the last for last month. Answers with
    /// customer and bills.
    pub async fn owing(&self, name: &str, amounts: &[&str]) -> (String, Vec<String>) {
        let customer = self.customer(name).await;
        let back = std::iter::successors(Some(self.last_month()), |month| month.previous());
        let months: Vec<Month> = back.take(amounts.len()).collect();
        let mut bills = Vec::new();
        for (amount, month) in amounts.iter().zip(months.into_iter().rev()) {
            bills.push(self.bill_over(&customer, (month, amount), None).await);
        }
        (customer, bills)
    }

    /// A bill of this amount for a month, issued today if no day is given. Answers with its id.
    pub async fn bill_over(
        &self,
        customer: &str,
        (month, amount): (Month, &str),
        issue_date: Option<NaiveDate>,
    ) -> String {
        let plan = format!("plan-of-{customer}-{month}");
        let plan_body = json!({
            "code": plan, "name": "按月", "currency": "CNY", "effective_from": "2000-01-01",
            "items": [{ "model": "flat", "fee": amount, "name": "月费" }],
        });
        self.finance().post("/v1/price-plans", &plan_body).await.created();
        let from = json!({ "plan": plan, "from": month.first_day() });
        self.operator().post(&format!("/v1/customers/{customer}/price-plan"), &from).await.ok();
        let run = json!({ "period": month, "customers": [customer], "issue_date": issue_date });
        self.finance().post("/v1/bill-runs", &run).await.expect(202);
        self.finished_run(month).await;
        format!("{customer}.{month}")
    }

    /// Money of the customer's came in; answers with the receipt's id.
    pub async fn receipt(&self, customer: &str, amount: &str, reference: &str) -> String {
        let body = receipt(Some(customer), amount, reference);
        text(self.operator().post("/v1/receipts", &body).await.created(), "id").to_owned()
    }

    /// What is owed of a bill, once the last command shows.
    pub async fn open_of(&self, bill: &str) -> String {
        let found = self.auditor().get(&format!("/v1/bills/{bill}?{}", self.fresh().await)).await;
        text(&found.data()["open"], "amount").to_owned()
    }

    /// What is free of a receipt, once the last command shows.
    pub async fn left_of(&self, receipt: &str) -> String {
        let found = self.auditor().get(&format!("/v1/receipts/{receipt}?{}", self.fresh().await)).await;
        text(&found.data()["unapplied"], "amount").to_owned()
    }

    /// Closing balances of accounts in CNY, debits less credits; 0.00 of one nothing was posted to. The ledger balances,
    /// and what is owed by age is the balance of 1122, whenever this is asked.
    pub async fn closing<const N: usize>(&self, accounts: [&str; N]) -> [String; N] {
        let fresh = self.fresh().await;
        let ageing = self.auditor().get(&format!("/v1/receivables/ageing?{fresh}")).await;
        for currency in ageing.data()["currencies"].as_array().unwrap() {
            assert_eq!(currency["agrees"], true, "{currency}");
        }
        let trial = self.auditor().get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
        assert_eq!(trial.data()["currencies"][0]["balanced"], true, "{}", trial.text);
        let lines = trial.data()["currencies"][0]["accounts"].as_array().cloned().unwrap();
        accounts.map(|code| {
            let line = lines.iter().find(|line| line["code"] == code);
            line.map_or("0.00".to_owned(), |line| text(&line["closing"], "amount").to_owned())
        })
    }
}

pub fn receipt(customer: Option<&str>, amount: &str, reference: &str) -> Value {
    json!({
        "customer": customer, "amount": bodies::yuan(amount), "method": "bank_transfer", "account": "ICBC-0123",
        "reference": reference, "payer_name": "上海某某有限公司", "payer_account": "6222021234567890123",
    })
}

/// So much of each source, by its kind, for so much of each bill.
pub fn sums(sources: &[(&str, &str, &str)], bills: &[(&str, &str)]) -> Value {
    let source =
        |(kind, id, amount): &(&str, &str, &str)| json!({ *kind: id, "amount": bodies::yuan(amount) });
    let bill = |(bill, amount): &(&str, &str)| json!({ "bill": bill, "amount": bodies::yuan(amount) });
    json!({
        "sources": sources.iter().map(source).collect::<Vec<_>>(),
        "bills": bills.iter().map(bill).collect::<Vec<_>>(),
    })
}

/// The same with a bank fee.
pub fn with_fee(body: Value, fee: &str) -> Value {
    let fee = json!([{ "reason": "bank_fee", "amount": bodies::yuan(fee) }]);
    bodies::with(body, "differences", Some(fee))
}

/// What is undone, and why.
pub fn undo(leg: Option<u32>) -> Value {
    bodies::with(bodies::because("wrong bill"), "leg", leg.map(|leg| json!(leg)))
}

/// Rules of every kind; `from` this score on they write off by themselves.
pub fn rules(from: &str) -> Value {
    json!({
        "automatic_from": from,
        "rules": [
            { "rule": "reference", "on": true },
            { "rule": "exact_bill", "on": true },
            { "rule": "exact_bills", "on": true, "most": 12 },
            { "rule": "within_tolerance", "on": true, "absolute": [bodies::yuan("30.00")], "reason": "bank_fee" },
            { "rule": "oldest_first", "on": false },
        ],
    })
}
