use super::*;

fn place(terms: OrderTerms, pay_by: &str) -> OrderCommand {
    OrderCommand::Place { order: id(), terms, pay_by: moment(pay_by), today: day(TODAY) }
}

#[test]
fn an_order_is_placed_once() {
    given([]).when(place(terms(), PAY_BY)).then_expect_events(vec![placed()]);
    assert!(posted(placed()).is_empty(), "nothing is owed before it is paid");
    given([placed()]).when(place(terms(), RECEIVE_BY)).then_expect_events(vec![]);
    given([placed(), paid()]).when(place(terms(), PAY_BY)).then_expect_events(vec![]);
    let other = OrderDraft { freight: None, ..draft() }.add_up().unwrap();
    let order_no = "SO-7".parse().unwrap();
    let taken = OrderRefusal::NumberTaken { order: id(), order_no };
    given([placed()]).when(place(other.clone(), PAY_BY)).then_expect_error(taken.clone());
    given([placed(), cancelled(StepBy::Timer)]).when(place(other, PAY_BY)).then_expect_error(taken);
}

#[test]
fn nothing_becomes_of_an_order_nobody_placed() {
    let not_found = OrderRefusal::NotFound { order: id() };
    for asked in [pay(wallet(), AMOUNT), cancel(), ship(&[part(1, "1")], false), receive(), due_at(PAY_BY)] {
        given([]).when(asked).then_expect_error(not_found.clone());
    }
}

#[test]
fn it_is_paid_once_and_in_one_sum() {
    use AccountCode::{ContractLiabilities, CustomerWallets};

    given([placed()]).when(pay(wallet(), AMOUNT)).then_expect_events(vec![paid()]);
    let (debit, credit) = ((CustomerWallets, Side::Debit), (ContractLiabilities, Side::Credit));
    let expected = [debit, credit].map(|(account, side)| (account, side, AMOUNT.to_owned()));
    assert_eq!(posted(paid()), expected);
    given([placed(), paid()]).when(pay(wallet(), AMOUNT)).then_expect_events(vec![]);
    let late = not_in_state(OrderState::Paid, OrderAction::Pay);
    given([placed(), paid()]).when(pay(channel(), AMOUNT)).then_expect_error(late);
    for other in ["112.50", "112.52", "0.00"] {
        let (amount, paid) = (yuan(AMOUNT), yuan(other));
        let refused = OrderRefusal::PaidOtherwise { order: id(), amount, paid };
        given([placed()]).when(pay(wallet(), other)).then_expect_error(refused);
    }
}

#[test]
fn what_a_channel_paid_is_posted_by_the_payment() {
    let paid = after(&[placed()]).decide(pay(channel(), AMOUNT)).unwrap();
    assert!(matches!(&paid[..], [OrderEvent::OrderPaid { .. }]));
    assert!(posted(paid[0].clone()).is_empty());
    assert_eq!(after(&[placed(), paid[0].clone()]).paid_with(), Some(&channel()));
}

#[test]
fn it_is_cancelled_while_it_is_not_paid() {
    given([placed()]).when(cancel()).then_expect_events(vec![cancelled(StepBy::Person)]);
    for by in [StepBy::Person, StepBy::Timer] {
        given([placed(), cancelled(by)]).when(cancel()).then_expect_events(vec![]);
        let late = not_in_state(OrderState::Cancelled, OrderAction::Pay);
        given([placed(), cancelled(by)]).when(pay(wallet(), AMOUNT)).then_expect_error(late);
    }
    let late = not_in_state(OrderState::Paid, OrderAction::Cancel);
    given([placed(), paid()]).when(cancel()).then_expect_error(late);
}

#[test]
fn time_cancels_what_nobody_has_paid_by_then() {
    given([placed()]).when(due_at("2026-11-05T10:29:59Z")).then_expect_events(vec![]);
    given([placed()]).when(due_at(PAY_BY)).then_expect_events(vec![cancelled(StepBy::Timer)]);
    let gone = [placed(), cancelled(StepBy::Timer)];
    given(gone).when(due_at(COMPLETE_BY)).then_expect_events(vec![]);
    given([placed(), paid()]).when(due_at(COMPLETE_BY)).then_expect_events(vec![]);
}

/// Whoever is first in the lane.
#[test]
fn a_payment_after_its_time_counts_if_the_order_still_stands() {
    let asked = OrderCommand::Pay {
        order: id(),
        paid_with: wallet(),
        amount: yuan(AMOUNT),
        effective_date: day("2026-11-06"),
        today: day("2026-11-06"),
    };
    assert_eq!(after(&[placed()]).decide(asked).unwrap().len(), 1);
}

#[test]
fn it_is_received_by_a_person_or_by_time() {
    let out = [placed(), paid(), all_shipped()];
    given(out.clone()).when(receive()).then_expect_events(vec![received(StepBy::Person)]);
    given(out.clone()).when(due_at("2026-11-12T09:59:59Z")).then_expect_events(vec![]);
    given(out.clone()).when(due_at(RECEIVE_BY)).then_expect_events(vec![received(StepBy::Timer)]);
    let here = [placed(), paid(), all_shipped(), received(StepBy::Timer)];
    given(here).when(receive()).then_expect_events(vec![]);
    let early = not_in_state(OrderState::Paid, OrderAction::Receive);
    given([placed(), paid()]).when(receive()).then_expect_error(early);
}

#[test]
fn what_is_kept_when_the_window_ends_is_earned() {
    use AccountCode::{ContractLiabilities, Revenue, TaxesPayable};

    let here = [placed(), paid(), all_shipped(), received(StepBy::Person)];
    given(here.clone()).when(due_at("2026-11-19T09:59:59Z")).then_expect_events(vec![]);
    let done = completed("99.57", "12.94");
    given(here.clone()).when(due_at(COMPLETE_BY)).then_expect_events(vec![done.clone()]);
    let expected = [
        (ContractLiabilities, Side::Debit, AMOUNT),
        (TaxesPayable, Side::Credit, "12.94"),
        (Revenue, Side::Credit, "99.57"),
    ];
    assert_eq!(posted(done.clone()), expected.map(|(account, side, amount)| (account, side, amount.into())));
    let over = [here.as_slice(), &[done]].concat();
    given(over.clone()).when(due_at("2027-01-01T00:00:00Z")).then_expect_events(vec![]);
    assert_eq!(after(&over).state(), Some(OrderState::Completed));
    assert_eq!(after(&over).due_at(), None);
}

#[test]
fn without_a_tax_rate_all_of_it_is_revenue() {
    let terms = OrderDraft { tax_rate: None, ..draft() }.add_up().unwrap();
    let here = [placed_as(terms), paid(), all_shipped(), received(StepBy::Person)];
    given(here).when(due_at(COMPLETE_BY)).then_expect_events(vec![completed(AMOUNT, "0.00")]);
    assert_eq!(posted(completed(AMOUNT, "0.00")).len(), 2);
}

#[test]
fn a_stream_that_breaks_the_order_is_corrupt() {
    let other = OrderEvent::OrderClosed { order: OrderId::of(&"SO-8".parse().unwrap()) };
    let short = OrderEvent::OrderPaid {
        order: id(),
        customer: customer(),
        paid_with: wallet(),
        amount: yuan("112.50"),
        placed_date: day(TODAY),
        effective_date: day(TODAY),
    };
    let here = || vec![placed(), paid(), all_shipped(), received(StepBy::Person)];
    let broken = [
        vec![paid()],
        vec![placed(), placed()],
        vec![placed(), other],
        vec![placed(), short],
        vec![placed(), paid(), paid()],
        vec![placed(), paid(), cancelled(StepBy::Timer)],
        vec![placed(), all_shipped()],
        vec![placed(), paid(), shipped(&[part(1, "3.5")], None)],
        vec![placed(), paid(), shipped(&[part(3, "1")], None)],
        vec![placed(), paid(), received(StepBy::Person)],
        vec![placed(), paid(), OrderEvent::OrderClosed { order: id() }],
        vec![placed(), paid(), completed("99.57", "12.94")],
        [here(), vec![completed("99.57", "12.93")]].concat(),
    ];
    for mut events in broken {
        let last = events.pop().unwrap();
        assert!(after(&events).evolve(&last).is_err(), "{last:?}");
    }
}
