//! Orders as channels pay and refund them.

use serde_json::{Value, json};
use tallybook_channels::played::SignedNotification;

use crate::answer::text;
use crate::channels::{MCHID, tell, transaction, wechat_pay};
use crate::orders::order_over;
use crate::{TestBook, bodies};

impl TestBook {
    /// Places an order over this amount; answers with its id.
    pub async fn order(&self, customer: &str, order_no: &str, amount: &str) -> String {
        self.place(&order_over(customer, order_no, amount)).await
    }

    /// Places an order over this amount and has the wallet pay it, with money that was deposited for it.
    pub async fn ordered_and_paid(&self, customer: &str, order_no: &str, amount: &str) -> String {
        self.deposit(customer, amount, &format!("deposit for {order_no}")).await;
        let order = self.order(customer, order_no, amount).await;
        self.finance().post(&format!("/v1/orders/{order}/pay"), &json!({ "from": "wallet" })).await.ok();
        order
    }

    /// Begins a payment of all of it, under this number of ours.
    pub async fn begin(&self, order: &str, channel: &str, reference: &str) -> Value {
        let body = json!({ "channel": channel, "reference": reference });
        let answer = self.operator().post(&format!("/v1/orders/{order}/payments"), &body).await;
        answer.created().clone()
    }

    /// WeChat Pay says that so many fen were paid, under this number of its own.
    pub async fn wechat_paid(&self, reference: &str, fen: i64, transaction_id: &str) {
        let mut resource = transaction(reference, fen);
        resource["transaction_id"] = transaction_id.into();
        let told = wechat_pay().notify(
            "TRANSACTION.SUCCESS",
            &format!("EV-{reference}-{transaction_id}-{fen}"),
            &resource,
            self.now(),
        );
        assert_eq!(tell(&self.anyone(), &told).await.status, 204);
    }

    /// WeChat Pay says what became of a refund, of so many fen: `SUCCESS`, `CLOSED` or `ABNORMAL`.
    pub async fn wechat_refund(&self, reference: &str, (number, fen): (&str, i64), status: &str) {
        let told = self.refund_told(reference, (number, fen), status);
        assert_eq!(tell(&self.anyone(), &told).await.status, 204);
    }

    fn refund_told(&self, reference: &str, (number, fen): (&str, i64), status: &str) -> SignedNotification {
        let resource = json!({
            "mchid": MCHID,
            "out_trade_no": reference,
            "transaction_id": "1217752501201407033233368018",
            "out_refund_no": number,
            "refund_id": "50000000382019052709732678859",
            "refund_status": status,
            "success_time": (status == "SUCCESS").then_some("2026-11-22T11:00:00+08:00"),
            "user_received_account": "招商银行信用卡0403",
            "amount": { "total": fen, "refund": fen, "payer_total": fen, "payer_refund": fen },
        });
        let id = format!("EV-{number}-{status}-{fen}");
        wechat_pay().notify(&format!("REFUND.{status}"), &id, &resource, self.now())
    }

    /// Asks for a refund; answers with its id.
    pub async fn ask_back(&self, order: &str, amount: &str) -> String {
        let body = json!({ "amount": bodies::yuan(amount), "reason": "broken on arrival" });
        let answer = self.operator().post(&format!("/v1/orders/{order}/refunds"), &body).await;
        text(answer.created(), "id").to_owned()
    }

    /// A refund takes these steps; answers as the last one did.
    pub async fn refund_steps(&self, refund: &str, steps: &[&str]) -> Value {
        let mut last = Value::Null;
        for step in steps {
            let client = if matches!(*step, "approve" | "reject") { self.approver() } else { self.finance() };
            let body = if matches!(*step, "reject" | "fail") { bodies::because("no") } else { json!({}) };
            let answer = client.post(&format!("/v1/refunds/{refund}/{step}"), &body).await;
            last = answer.ok().clone();
        }
        last
    }

    /// One thing as it is read once the last command shows.
    pub async fn shown(&self, path: &str) -> Value {
        let separator = if path.contains('?') { '&' } else { '?' };
        let fresh = self.fresh().await;
        self.auditor().get(&format!("{path}{separator}{fresh}")).await.data().clone()
    }
}
