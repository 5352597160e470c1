use tallybook_domain::orders::order::OrderDraftLine;
use tallybook_domain::orders::{OrderDraft, OrderEvent, OrderId, PaidWith};
use tallybook_domain::{Currency, Money, WalletId};

use super::DailyTotals;
use crate::testing::withdrawals::{approved, cancelled, failed, requested, returned, submitted, succeeded};
use crate::testing::{
    at, credited, customer, day, deposited, folded, held, paid_out, reversed, wallet, yuan,
};

#[test]
fn a_day_counts_what_came_in_and_what_went_out() {
    let id = wallet(1);
    let date = "2026-03-02";
    let rows = folded::<DailyTotals>([
        deposited(&id, yuan("100.00"), date),
        deposited(&wallet(2), yuan("10.00"), date),
        reversed(&id, 2, yuan("10.00"), date),
        requested(1),
        held(&id, 1, yuan("30.00")),
        approved(1),
        submitted(1, date),
        succeeded(1, date),
        paid_out(&id, 1, yuan("30.00"), date),
        returned(1, date),
        credited(&id, 1, yuan("30.00"), date),
    ]);
    let row = rows.get(&(day(date), Currency::CNY)).unwrap();
    let amount = |text: &str| yuan(text).amount();
    assert_eq!((row.deposits, row.deposit_count), (amount("110.00"), 2));
    assert_eq!((row.reversals, row.reversal_count), (amount("10.00"), 1));
    assert_eq!((row.withdrawals, row.withdrawal_count), (amount("30.00"), 1));
    assert_eq!((row.returns, row.return_count), (amount("30.00"), 1));
    assert_eq!(row.net, amount("100.00"));
    assert_eq!(rows.rows().count(), 1);
}

#[test]
fn a_withdrawal_that_was_not_paid_does_not_count() {
    let date = "2026-03-02";
    let rows = folded::<DailyTotals>([
        requested(1),
        cancelled(1),
        requested(2),
        approved(2),
        submitted(2, date),
        failed(2, date),
    ]);
    assert_eq!(rows.rows().count(), 0);
}

#[test]
fn each_day_and_currency_is_counted_for_itself() {
    let yen = Currency::parse("JPY").unwrap();
    let abroad = WalletId::new(&customer(1), yen);
    let rows = folded::<DailyTotals>([
        deposited(&wallet(1), yuan("1.00"), "2026-03-01"),
        deposited(&wallet(1), yuan("2.00"), "2026-03-02"),
        deposited(&abroad, Money::parse("500", yen).unwrap(), "2026-03-02"),
    ]);
    assert_eq!(rows.get(&(day("2026-03-01"), Currency::CNY)).unwrap().net, yuan("1.00").amount());
    assert_eq!(rows.get(&(day("2026-03-02"), Currency::CNY)).unwrap().net, yuan("2.00").amount());
    assert_eq!(rows.get(&(day("2026-03-02"), yen)).unwrap().net.to_string(), "500");
}

#[test]
fn orders_count_where_they_were_placed_and_their_money_where_it_moved() {
    let (order, refund) =
        (OrderId::of(&"SO-1".parse().unwrap()), "F01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap());
    let (first, second) = (day("2026-03-01"), day("2026-03-02"));
    let draft = OrderDraft {
        customer: customer(1),
        order_no: "SO-1".parse().unwrap(),
        currency: Currency::CNY,
        lines: vec![OrderDraftLine {
            sku: "A".parse().unwrap(),
            name: "A".parse().unwrap(),
            quantity: "1".parse().unwrap(),
            unit_price: "30".parse().unwrap(),
        }],
        discounts: Vec::new(),
        freight: None,
        tax_rate: None,
        remark: None,
    };
    let placed = OrderEvent::OrderPlaced {
        order: order.clone(),
        terms: draft.add_up().unwrap(),
        placed_date: first,
        pay_by: at(1800),
    };
    let paid = OrderEvent::OrderPaid {
        order: order.clone(),
        customer: customer(1),
        paid_with: PaidWith::Wallet { wallet: wallet(1) },
        amount: yuan("30.00"),
        placed_date: first,
        effective_date: second,
    };
    let back = OrderEvent::OrderRefunded {
        order,
        customer: customer(1),
        refund,
        paid_with: PaidWith::Wallet { wallet: wallet(1) },
        amount: yuan("12.00"),
        effective_date: second,
        earned: None,
    };
    let rows = folded::<DailyTotals>([placed.into(), paid.into(), back.into()]);
    let row = rows.get(&(first, Currency::CNY)).unwrap();
    assert_eq!((row.orders, row.orders_converted, row.order_payment_count), (1, 1, 0));
    let row = rows.get(&(second, Currency::CNY)).unwrap();
    assert_eq!((row.orders, row.order_payment_count, row.order_payments), (0, 1, yuan("30.00").amount()));
    assert_eq!((row.order_refund_count, row.order_refunds), (1, yuan("12.00").amount()));
    assert_eq!(row.net, yuan("0.00").amount(), "nothing came in by it that was not there");
}
