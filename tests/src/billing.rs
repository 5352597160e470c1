//! Where a test about bills begins.

use chrono::Datelike;
use serde_json::{Value, json};
use tallybook_domain::Month;

use crate::answer::{Answer, text};
use crate::{TestBook, bodies};

impl TestBook {
    pub fn this_month(&self) -> Month {
        let today = self.today();
        Month::new(today.year(), today.month()).unwrap()
    }

    pub fn last_month(&self) -> Month {
        self.this_month().previous().unwrap()
    }

    /// A plan that has been in force for years: 1000.00 a month at least, and 6 % tax.
    pub async fn old_plan(&self, code: &str) {
        let body = bodies::with(bodies::price_plan(code), "effective_from", Some(json!("2000-01-01")));
        self.finance().post("/v1/price-plans", &body).await.created();
    }

    /// A customer under a plan since the first day of last month.
    pub async fn subscriber(&self, name: &str, plan: &str) -> String {
        let customer = self.customer(name).await;
        self.subscribe(&customer, plan).await;
        customer
    }

    async fn subscribe(&self, customer: &str, plan: &str) {
        let path = format!("/v1/customers/{customer}/price-plan");
        let from = self.last_month().first_day();
        self.operator().post(&path, &json!({ "plan": plan, "from": from })).await.ok();
    }

    /// Runs the bills of last month, and answers with how the run ended.
    pub async fn run_bills(&self, body: Value) -> Value {
        let month = self.last_month();
        let body = bodies::with(body, "period", Some(json!(month)));
        let started = self.finance().post("/v1/bill-runs", &body).await;
        started.expect(202);
        self.finished_run(month).await
    }

    /// The run of a month, once it is over and the bills it made show: who is parked depends on them, and they are
    /// another projection's.
    pub async fn finished_run(&self, month: Month) -> Value {
        for _ in 0..300 {
            let run = self.bill_run(month).await;
            if run.status == 200 && text(run.data(), "state") == "finished" {
                return self.bill_run(month).await.data().clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the bill run of {month} does not end");
    }

    async fn bill_run(&self, month: Month) -> Answer {
        let fresh = self.fresh().await;
        self.auditor().get(&format!("/v1/bill-runs/{month}?{fresh}")).await
    }

    /// A customer billed 1000.00, and 6 % tax, for last month. Answers with customer and bill.
    pub async fn billed(&self, name: &str) -> [String; 2] {
        let customer = self.customer(name).await;
        let plan = format!("plan-of-{customer}");
        self.old_plan(&plan).await;
        self.subscribe(&customer, &plan).await;
        self.run_bills(json!({ "customers": [customer] })).await;
        let bill = format!("{customer}.{}", self.last_month());
        [customer, bill]
    }
}
