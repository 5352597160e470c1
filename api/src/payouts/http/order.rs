//! An order as the endpoint is told it.

use chrono::NaiveDate;
use serde::Serialize;
use tallybook_domain::deposits::{Destination, WithdrawalReference};
use tallybook_domain::payouts::{PayoutId, Prepared};

/// The account number is in full, which its `Serialize` is and its `Display` is not.
#[derive(Debug, Serialize)]
struct Order<'a> {
    payout_id: &'a PayoutId,
    amount: String,
    currency: &'a str,
    destination: &'a Destination,
    reference: &'a WithdrawalReference,
    submitted_date: NaiveDate,
}

pub(super) fn body(order: &Prepared) -> Result<Vec<u8>, serde_json::Error> {
    let currency = order.amount.currency();
    serde_json::to_vec(&Order {
        payout_id: &order.payout,
        amount: order.amount.amount().to_string(),
        currency: currency.code(),
        destination: &order.destination,
        reference: &order.reference,
        submitted_date: order.submitted_date,
    })
}

#[cfg(test)]
mod tests {
    use tallybook_domain::Money;
    use tallybook_domain::payouts::PayoutAdapterKind;

    use super::*;

    #[test]
    fn an_order_says_all_that_a_bank_has_to_know() {
        let withdrawal = "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000".parse().unwrap();
        let order = Prepared {
            payout: PayoutId::of(&withdrawal),
            withdrawal,
            wallet: "C00042.CNY".parse().unwrap(),
            amount: Money::parse("30.00", "CNY".parse().unwrap()).unwrap(),
            reference: "W-1".parse().unwrap(),
            destination: serde_json::from_str(
                r#"{"account_name":"李雷","account_number":"6222021234567890123","bank_name":"工商银行"}"#,
            )
            .unwrap(),
            adapter: PayoutAdapterKind::Http,
            batch: None,
            submitted_date: "2026-03-10".parse().unwrap(),
        };
        assert_eq!(
            String::from_utf8(body(&order).unwrap()).unwrap(),
            r#"{"payout_id":"Y01K7RA8ZAYFGXSMRSF9FMC3M00","amount":"30.00","currency":"CNY","destination":{"account_name":"李雷","account_number":"6222021234567890123","bank_name":"工商银行"},"reference":"W-1","submitted_date":"2026-03-10"}"#
        );
    }
}
