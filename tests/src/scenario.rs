//! The short way to where a test begins. Each step must succeed.

use serde_json::Value;
use tallybook_projector::Rebuilder;
use tokio_util::sync::CancellationToken;

use crate::answer::text;
use crate::{Client, Role, TestBook, bodies};

impl TestBook {
    /// Registers a customer; answers with the id.
    pub async fn customer(&self, name: &str) -> String {
        let answer = self.operator().post("/v1/customers", &bodies::customer(name)).await;
        text(answer.created(), "id").to_owned()
    }

    /// A customer who has this much.
    pub async fn customer_with(&self, name: &str, amount: &str) -> String {
        let customer = self.customer(name).await;
        self.deposit(&customer, amount, &format!("first deposit of {name}")).await;
        customer
    }

    pub async fn deposit(&self, customer: &str, amount: &str, reference: &str) -> Value {
        let answer =
            self.operator().post("/v1/deposits", &bodies::deposit(customer, amount, reference)).await;
        answer.created().clone()
    }

    /// Finance asks for a withdrawal; answers with its id.
    pub async fn request(&self, customer: &str, amount: &str, reference: &str) -> String {
        let body = bodies::withdrawal(customer, amount, reference);
        let answer = self.finance().post("/v1/withdrawals", &body).await;
        text(answer.created(), "id").to_owned()
    }

    /// Somebody approves who has not yet, a second person where it takes two; answers as the last one did.
    pub async fn approve(&self, path: &str, body: &Value) -> Value {
        let first = self.approver().post(path, body).await.ok().clone();
        if first["missing_approvals"].is_null() {
            return first;
        }
        let second = self.another_approver().await;
        second.post(path, body).await.ok().clone()
    }

    /// One more person who approves, besides `user:approver`.
    pub async fn another_approver(&self) -> Client {
        let name = format!("approver-{}", uuid::Uuid::now_v7().simple());
        self.anyone().with_token(self.add_user(&name, Role::Approver).await)
    }

    /// The withdrawal takes these steps, one after the other; answers as the last one did.
    pub async fn take(&self, withdrawal: &str, steps: &[&str]) -> Value {
        let mut last = Value::Null;
        for step in steps {
            let (path, body) = (step_path(withdrawal, step), step_body(step));
            last = match *step {
                "approve" => self.approve(&path, &body).await,
                "reject" => self.approver().post(&path, &body).await.ok().clone(),
                _ => self.finance().post(&path, &body).await.ok().clone(),
            };
        }
        last
    }

    /// What is in a wallet once the last command shows: balance, held, available.
    pub async fn funds(&self, customer: &str) -> [String; 3] {
        let path = format!("/v1/customers/{customer}/wallets?currency=CNY&{}", self.fresh().await);
        let wallets = self.auditor().get(&path).await;
        let wallet = &wallets.data()[0];
        ["balance", "held", "available"].map(|member| text(&wallet[member], "amount").to_owned())
    }

    /// Makes a view of the book as of a position, as an operator does.
    pub async fn make_view(&self, name: &str, position: u64) {
        let rebuilder = Rebuilder::new(self.pool().clone(), self.schema(), CancellationToken::new());
        let by = "cli:tester".parse().unwrap();
        rebuilder.view(&name.parse().unwrap(), position, &by).await.unwrap();
    }

    /// The query parameter that waits until a read shows everything recorded so far.
    pub async fn fresh(&self) -> String {
        let head: i64 =
            sqlx::query_scalar("SELECT position FROM book_head").fetch_one(self.pool()).await.unwrap();
        format!("min_position={head}&wait_ms=30000")
    }
}

pub fn step_path(withdrawal: &str, step: &str) -> String {
    format!("/v1/withdrawals/{withdrawal}/{step}")
}

/// The least a step needs to be told.
pub fn step_body(step: &str) -> Value {
    match step {
        "reject" | "fail" | "return" => bodies::because("the account is closed"),
        _ => serde_json::json!({}),
    }
}
