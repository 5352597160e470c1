//! Where a test about bills begins.

use chrono::Datelike;
use serde_json::json;
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{BillableCustomer, RunBills, run_bills};
use tallybook_domain::Month;

use crate::{TestBook, bodies};

impl TestBook {
    /// A customer billed 1000.00, and 6 % tax, for a month. Answers with customer and bill.
    pub async fn billed(&self, name: &str) -> [String; 2] {
        let customer = self.customer(name).await;
        let plan = format!("plan-of-{customer}");
        let body = bodies::with(bodies::price_plan(&plan), "effective_from", Some(json!("2000-01-01")));
        self.finance().post("/v1/price-plans", &body).await.created();
        let path = format!("/v1/customers/{customer}/price-plan");
        let from = self.this_month().first_day();
        self.operator().post(&path, &json!({ "plan": plan, "from": from })).await.ok();
        self.bill(&customer, &plan).await;
        let bill = format!("{customer}.{}", self.this_month());
        [customer, bill]
    }

    pub fn this_month(&self) -> Month {
        let today = self.today();
        Month::new(today.year(), today.month()).unwrap()
    }

    async fn bill(&self, customer: &str, plan: &str) {
        let context = CommandContext {
            actor: "user:tester".parse().unwrap(),
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: false,
        };
        let run = RunBills { period: self.this_month(), issue_date: None, payment_term_days: 30 };
        let plans = vec![plan.parse().unwrap()];
        let billable = [BillableCustomer { customer: customer.parse().unwrap(), plans }];
        run_bills(self.book(), &context, &run, &billable, |_| {}).await.unwrap();
    }
}
