//! Orders under a credit limit on a real book: one that would pass it is told of, or not placed, whatever else of the
//! customer is billed and ordered at the same moment.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use std::time::Duration;

use futures::future::join_all;
use support::billing::{subscribed, tell};
use support::{book, by, clocked, deposit, dry, events, keyed, keys, refusal, register, second, text, yuan};
use tallybook_commands::billing::{BillableCustomer, BilledCustomers, RunBills, run_bills};
use tallybook_commands::customers::personal::PersonalEdits;
use tallybook_commands::customers::{ChangeCustomer, change_customer};
use tallybook_commands::orders::{
    CancelOrder, PayFromWallet, PlaceOrder, PlacedOrder, TakeDueStep, cancel_order, pay_from_wallet,
    place_order, take_due_step,
};
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::billing::{
    BillId, CreditAlert, CreditAlertEvent, CreditAlertId, CreditLimitRefusal, CreditPolicy, CreditSubject,
    PassedLimit, PendingOrders, PendingOrdersEvent, Subscription, SubscriptionCommand,
};
use tallybook_domain::customers::{Edit, ProfileEdits};
use tallybook_domain::orders::order::OrderDraftLine;
use tallybook_domain::orders::{OrderId, OrderTimes};
use tallybook_domain::{Currency, CustomerId, EventSourced, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use CreditPolicy::{Block, Warn};

/// 100 for the month, and 6 % tax.
const TERMS: &str = r#"{"currency":"CNY","tax_rate":"0.06","items":[
    {"code":"base","name":"Base","model":"flat","fee":"100"}]}"#;

async fn set_limit(book: &Book, customer: &CustomerId, limit: Edit<Money>) {
    let profile = ProfileEdits { credit_limit: limit, ..ProfileEdits::default() };
    let change = ChangeCustomer {
        customer: customer.clone(),
        name: None,
        account_manager: Edit::Keep,
        profile: Box::new(profile),
        personal: PersonalEdits::default(),
    };
    change_customer(book, &keys(book), by("li"), change).await.unwrap();
}

async fn limited(book: &Book, amount: &str) -> CustomerId {
    let customer = register(book, "Acme").await;
    set_limit(book, &customer, Edit::Set(yuan(amount))).await;
    customer
}

fn over(customer: &CustomerId, order_no: &str, price: &str) -> PlaceOrder {
    let line =
        OrderDraftLine { sku: text("A"), name: text("A"), quantity: text("1"), unit_price: text(price) };
    PlaceOrder {
        customer: customer.clone(),
        order_no: text(order_no),
        currency: Currency::CNY,
        lines: vec![line],
        discounts: Vec::new(),
        freight: None,
        tax_rate: None,
        remark: None,
    }
}

async fn order(
    book: &Book,
    asked: PlaceOrder,
    policy: CreditPolicy,
) -> Result<Receipt<PlacedOrder>, CommandError> {
    place_order(book, by("han"), asked, OrderTimes::default(), policy).await
}

async fn placed(book: &Book, asked: PlaceOrder, policy: CreditPolicy) -> OrderId {
    order(book, asked, policy).await.unwrap().outcome.order.id
}

fn passed(order_no: &str, limit: &str, exposure: &str) -> Refusal {
    let subject = CreditSubject::Order(OrderId::of(&text(order_no)));
    let passed = PassedLimit { limit: yuan(limit), exposure: yuan(exposure) };
    CreditLimitRefusal::Passed { subject, passed }.into()
}

async fn alert(book: &Book, order: &OrderId) -> Option<CreditAlertEvent> {
    let key = StreamKey::existing::<CreditAlert>(CreditAlertId::of(&order.clone().into()));
    let event = book.event_at(&key, 1).await.unwrap()?;
    assert_eq!(book.event_at(&key, 2).await.unwrap().map(|event| event.position), None, "told of once");
    CreditAlert::pick(&event.event).cloned()
}

/// What the customer's orders were counted with, first to last.
async fn counted(book: &Book, customer: &CustomerId) -> Vec<(OrderId, usize, usize)> {
    let key = StreamKey::existing::<PendingOrders>(PendingOrders::stream_of(customer));
    let mut counted = Vec::new();
    for sequence in 1.. {
        let Some(event) = book.event_at(&key, sequence).await.unwrap() else { break };
        let Some(PendingOrdersEvent::PendingOrderCounted(order)) = PendingOrders::pick(&event.event) else {
            panic!("{event:?}")
        };
        counted.push((order.order.clone(), order.earlier.len(), order.ended.len()));
    }
    counted
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_limit_is_within_it_and_more_is_told_of() {
    let book = book().await;
    let acme = limited(&book, "100.00").await;
    for (number, price) in [("SO-1", "60"), ("SO-2", "40")] {
        let placed = order(&book, over(&acme, number, price), Warn).await.unwrap().outcome;
        assert_eq!((placed.passed_limit, alert(&book, &placed.order.id).await), (None, None));
    }
    let above = order(&book, over(&acme, "SO-3", "0.01"), Warn).await.unwrap().outcome;
    let (limit, exposure) = (yuan("100.00"), yuan("100.01"));
    assert_eq!(above.passed_limit, Some(PassedLimit { limit, exposure }), "it is placed all the same");
    let (order_id, date) = (above.order.id.clone(), book.today());
    let told = CreditAlertEvent::CreditLimitPassedByOrder {
        order: order_id.clone(),
        customer: acme.clone(),
        policy: Warn,
        limit,
        exposure,
        date,
    };
    assert_eq!(alert(&book, &order_id).await, Some(told));
    let again = order(&book, over(&acme, "SO-3", "0.01"), Block).await.unwrap().outcome;
    assert_eq!((again.known, again.passed_limit), (true, None), "the same order again is no new one");
    let repeat = place_order(&book, keyed("K"), over(&acme, "SO-4", "1"), OrderTimes::default(), Warn);
    let first = repeat.await.unwrap().outcome;
    let repeat = place_order(&book, keyed("K"), over(&acme, "SO-4", "1"), OrderTimes::default(), Warn);
    assert_eq!(repeat.await.unwrap().outcome, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_orders_again_once_an_order_is_paid_or_cancelled() {
    let book = book().await;
    let acme = limited(&book, "100.00").await;
    let first = placed(&book, over(&acme, "SO-1", "60"), Block).await;
    let before = book.head();
    let refused = refusal(order(&book, over(&acme, "SO-2", "40.01"), Block).await);
    assert_eq!(refused, passed("SO-2", "100.00", "100.01"));
    assert_eq!(book.head(), before, "nothing is recorded");
    assert_eq!(
        refused.to_string(),
        format!(
            "with order {}, 100.01 CNY would be owed, more than the credit limit of 100.00 CNY",
            OrderId::of(&text("SO-2"))
        )
    );
    placed(&book, over(&acme, "SO-2", "40"), Block).await;
    assert!(order(&book, over(&acme, "SO-3", "60"), Block).await.is_err());

    deposit(&book, &acme, "60.00", "R1").await.unwrap();
    pay_from_wallet(&book, by("li"), PayFromWallet { order: first.clone() }).await.unwrap();
    let third = placed(&book, over(&acme, "SO-3", "60"), Block).await;
    assert!(order(&book, over(&acme, "SO-4", "1"), Block).await.is_err());
    cancel_order(&book, by("li"), CancelOrder { order: third, reason: None }).await.unwrap();
    let refused = refusal(order(&book, over(&acme, "SO-4", "60.01"), Block).await);
    assert_eq!(refused, passed("SO-4", "100.00", "100.01"));
    placed(&book, over(&acme, "SO-4", "60"), Block).await;
    let ended: Vec<usize> = counted(&book, &acme).await.iter().map(|(_, _, ended)| *ended).collect();
    assert_eq!(ended, [0, 0, 1, 1], "what is paid or cancelled is not looked at again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_time_is_over_uses_no_credit() {
    let book = clocked(|| "2026-11-22T02:00:00Z".parse().unwrap()).await;
    let acme = limited(&book, "100.00").await;
    let times = OrderTimes { payment_timeout_minutes: 0, ..OrderTimes::default() };
    let order_id = place_order(&book, by("han"), over(&acme, "SO-1", "100"), times, Block).await.unwrap();
    assert!(order(&book, over(&acme, "SO-2", "100"), Block).await.is_err(), "it is not cancelled yet");
    let due = TakeDueStep { order: order_id.outcome.order.id };
    take_due_step(&book, by("time"), due, times).await.unwrap();
    placed(&book, over(&acme, "SO-2", "100"), Block).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_limit_is_not_counted_until_there_is_one() {
    let book = book().await;
    let acme = register(&book, "Acme").await;
    let first = placed(&book, over(&acme, "SO-1", "60"), Block).await;
    let second = placed(&book, over(&acme, "SO-2", "60"), Block).await;
    cancel_order(&book, by("li"), CancelOrder { order: first, reason: None }).await.unwrap();
    assert_eq!(counted(&book, &acme).await, []);
    assert!(!events(&book).await.iter().any(|event| event == "PendingOrderCounted"));

    set_limit(&book, &acme, Edit::Set(yuan("100.00"))).await;
    let refused = refusal(order(&book, over(&acme, "SO-3", "40.01"), Block).await);
    assert_eq!(refused, passed("SO-3", "100.00", "100.01"), "what waits already counts");
    let third = placed(&book, over(&acme, "SO-3", "40"), Block).await;
    assert_eq!(counted(&book, &acme).await, [(third, 1, 0)]);

    set_limit(&book, &acme, Edit::Clear).await;
    placed(&book, over(&acme, "SO-4", "1000"), Block).await;
    set_limit(&book, &acme, Edit::Set(yuan("1100.00"))).await;
    let refused = refusal(order(&book, over(&acme, "SO-5", "0.01"), Block).await);
    assert_eq!(refused, passed("SO-5", "1100.00", "1100.01"), "also what was placed while there was none");
    cancel_order(&book, by("li"), CancelOrder { order: second, reason: None }).await.unwrap();
    placed(&book, over(&acme, "SO-5", "60"), Block).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_another_currency_is_not_judged() {
    let book = book().await;
    let acme = limited(&book, "0.00").await;
    let dollars = PlaceOrder { currency: text("USD"), ..over(&acme, "SO-1", "60") };
    placed(&book, dollars, Block).await;
    assert!(order(&book, over(&acme, "SO-2", "0.01"), Block).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_of_the_limit_and_records_nothing() {
    let book = book().await;
    let acme = limited(&book, "100.00").await;
    let before = book.head();
    let try_out =
        |policy| place_order(&book, dry(), over(&acme, "SO-1", "100.01"), OrderTimes::default(), policy);
    let tried = try_out(Warn).await.unwrap();
    let (limit, exposure) = (yuan("100.00"), yuan("100.01"));
    assert_eq!(tried.outcome.passed_limit, Some(PassedLimit { limit, exposure }));
    let recorded: Vec<_> = tried.dry_run_events.unwrap().iter().map(|event| event.event_type).collect();
    assert_eq!(recorded, ["OrderPlaced", "PendingOrderCounted", "CreditLimitPassedByOrder"]);
    assert_eq!(refusal(try_out(Block).await), passed("SO-1", "100.00", "100.01"));
    assert_eq!(book.head(), before);
}

async fn bill(book: &Book, customer: &BillableCustomer, month: &str) -> BilledCustomers {
    let terms = RunTerms { issue_date: Some(text("2026-11-01")), ..RunTerms::default() };
    let run = RunBills { credit_policy: Block, ..RunBills::of(text(month), terms) };
    let mut billed = None;
    let chunk = |chunk: &BilledCustomers| billed = Some(chunk.clone());
    run_bills(book, &by("li"), &run, std::slice::from_ref(customer), chunk).await.unwrap();
    billed.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_and_orders_use_the_same_credit() {
    let book = book().await;
    let (customer, plan) = subscribed(&book, TERMS).await;
    let acme = BillableCustomer { customer: customer.clone(), plans: vec![plan] };
    set_limit(&book, &customer, Edit::Set(yuan("200.00"))).await;
    assert_eq!(bill(&book, &acme, "2026-09").await.bills.len(), 1);
    let refused = refusal(order(&book, over(&customer, "SO-1", "94.01"), Block).await);
    assert_eq!(refused, passed("SO-1", "200.00", "200.01"), "what is owed of bills counts");
    let first = placed(&book, over(&customer, "SO-1", "94"), Block).await;
    let parked = bill(&book, &acme, "2026-10").await.parked;
    assert_eq!(parked[0].reason, "306.00 CNY would be owed, more than the credit limit of 200.00 CNY");
    set_limit(&book, &customer, Edit::Set(yuan("212.00"))).await;
    assert_eq!(bill(&book, &acme, "2026-10").await.bills, [], "the order still waits");
    cancel_order(&book, by("li"), CancelOrder { order: first, reason: None }).await.unwrap();
    assert_eq!(bill(&book, &acme, "2026-10").await.bills.len(), 1);
}

/// Two processes that order and bill for the same customers at the same moment: one of two fits, and nobody is told of
/// a conflict.
#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_never_pass_the_limit_together() {
    let book = book().await;
    let other = second(&book).await;
    for round in 0..30 {
        let customer = register(&book, &format!("Customer {round}")).await;
        set_limit(&book, &customer, Edit::Set(yuan("100.00"))).await;
        let orders = (0..8).map(|number| {
            let at = if number % 2 == 0 { &book } else { &other };
            order(at, over(&customer, &format!("SO-{round}-{number}"), "40"), Block)
        });
        let answers = futures::future::join_all(orders).await;
        let mut fit = 0;
        for answer in answers {
            match answer {
                Ok(_) => fit += 1,
                Err(CommandError::Refused(Refusal::CreditLimit(CreditLimitRefusal::Passed {
                    passed,
                    ..
                }))) => {
                    assert_eq!(passed.exposure, yuan("120.00"));
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(fit, 2, "two of eight fit");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_and_a_bill_at_once_never_pass_the_limit_together() {
    let book = book().await;
    let other = second(&book).await;
    let (_, plan) = subscribed(&book, TERMS).await;
    for number in 0..12 {
        let customer = register(&book, &format!("Customer {number}")).await;
        let (of, from) = (plan.clone(), text("2026-01-01"));
        let assign = SubscriptionCommand::Assign { customer: customer.clone(), plan: of, from };
        tell::<Subscription>(&book, Subscription::stream_of(&customer), assign).await;
        set_limit(&book, &customer, Edit::Set(yuan("150.00"))).await;
        let acme = BillableCustomer { customer: customer.clone(), plans: vec![plan.clone()] };
        let order_no = format!("SO-{customer}");
        // Each of them is first now and then.
        let late = Duration::from_millis(5 * (number % 4));
        let bills = async {
            tokio::time::sleep(late).await;
            bill(&book, &acme, "2026-10").await
        };
        let (billed, ordered) = tokio::join!(bills, order(&other, over(&customer, &order_no, "100"), Block));
        let bill_id = BillId::new(&customer, text("2026-10"));
        match ordered {
            Ok(_) => assert_eq!((billed.bills.len(), billed.parked.len()), (0, 1), "{bill_id}"),
            Err(CommandError::Refused(refused)) => {
                assert_eq!(refused, passed(&order_no, "150.00", "206.00"));
                assert_eq!(billed.bills.len(), 1, "{bill_id}");
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Each that waits is held by every decision that asks what the customer owes.
#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_orders_wait_at_a_time() {
    let book = book().await;
    let acme = limited(&book, "5000.00").await;
    let at_most = PendingOrders::AT_MOST;
    let numbers: Vec<String> = (0..at_most).map(|number| format!("SO-{number}")).collect();
    for some in numbers.chunks(100) {
        join_all(some.iter().map(|number| placed(&book, over(&acme, number, "1"), Block))).await;
    }
    let above = refusal(order(&book, over(&acme, "SO-above", "1"), Warn).await);
    let too_many = CreditLimitRefusal::TooManyOrders { customer: acme.clone(), waiting: at_most, at_most };
    assert_eq!(above, too_many.into());
    let one = CancelOrder { order: OrderId::of(&text("SO-7")), reason: None };
    cancel_order(&book, by("li"), one).await.unwrap();
    placed(&book, over(&acme, "SO-above", "1"), Block).await;
    assert_eq!(counted(&book, &acme).await.len(), at_most + 1);
}
