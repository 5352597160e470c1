//! Where a test about orders begins.

use serde_json::{Value, json};

use crate::answer::text;
use crate::{Client, TestBook, bodies};

/// Three of one thing and half a kilogram of another: 100.01 and 12.50, less 8.00, and 8.00 freight. 112.51 in all.
pub fn order(customer: &str, order_no: &str) -> Value {
    json!({
        "customer": customer,
        "order_no": order_no,
        "lines": [
            { "sku": "TEA-250", "name": "明前龙井 250 g", "quantity": "3", "unit_price": "33.335" },
            { "sku": "RICE", "name": "五常大米", "quantity": "0.5", "unit_price": "25" },
        ],
        "discount": bodies::yuan("1.00"),
        "discounts": [
            { "name": "member_level", "amount": bodies::yuan("4.00") },
            { "name": "coupon", "amount": bodies::yuan("3.00") },
        ],
        "freight": bodies::yuan("8.00"),
        "tax_rate": "0.13",
    })
}

/// An order over one thing at this price.
pub fn order_over(customer: &str, order_no: &str, price: &str) -> Value {
    let line = json!({ "sku": "A", "name": "A", "quantity": "1", "unit_price": price });
    json!({ "customer": customer, "order_no": order_no, "lines": [line] })
}

pub fn order_path(order: &str, step: &str) -> String {
    format!("/v1/orders/{order}/{step}")
}

impl TestBook {
    /// Places an order; answers with its id.
    pub async fn place(&self, body: &Value) -> String {
        text(self.operator().post("/v1/orders", body).await.created(), "id").to_owned()
    }

    /// The customer's wallet pays the order.
    pub async fn pay(&self, order: &str) -> Value {
        pay(&self.finance(), order).await.ok().clone()
    }

    /// The order once the last command shows.
    pub async fn shown_order(&self, order: &str) -> Value {
        let path = format!("/v1/orders/{order}?{}", self.fresh().await);
        self.auditor().get(&path).await.data().clone()
    }

    /// Waits until an order that takes a step by itself has come to a state.
    pub async fn comes_to(&self, order: &str, state: &str) -> Value {
        for _ in 0..600 {
            let shown = self.shown_order(order).await;
            if text(&shown, "state") == state {
                return shown;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the order did not come to be {state}: {}", self.shown_order(order).await)
    }
}

pub fn pay(client: &Client, order: &str) -> crate::client::Request {
    client.post(&order_path(order, "pay"), &json!({ "from": "wallet" }))
}
