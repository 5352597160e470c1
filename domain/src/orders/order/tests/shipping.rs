use super::*;

#[test]
fn it_is_shipped_in_parts_until_nothing_is_left() {
    let first = shipped(&[part(1, "2")], None);
    given([placed(), paid()]).when(ship(&[part(1, "2")], false)).then_expect_events(vec![first.clone()]);
    let partly = [placed(), paid(), first];
    assert_eq!(after(&partly).state(), Some(OrderState::PartlyShipped));
    let rest = [part(1, "1"), part(2, "0.5")];
    let last = shipped(&rest, Some(RECEIVE_BY));
    given(partly.clone()).when(ship(&rest, false)).then_expect_events(vec![last.clone()]);
    let out = [partly.as_slice(), &[last]].concat();
    assert_eq!(after(&out).state(), Some(OrderState::Shipped));
    assert_eq!(after(&out).due_at(), Some(moment(RECEIVE_BY)), "seven days after the last part");
    assert_eq!(after(&partly).due_at(), None, "not after the first");
    let late = not_in_state(OrderState::Shipped, OrderAction::Ship);
    given(out).when(ship(&[part(1, "1")], false)).then_expect_error(late);
}

#[test]
fn a_shipment_holds_what_is_left_of_the_order() {
    let ready = [placed(), paid()];
    let malformed = OrderRefusal::NothingShipped { order: id() };
    let twice = [part(1, "1"), part(1, "1")];
    for parts in [&[][..], &[part(1, "0")], &twice] {
        given(ready.clone()).when(ship(parts, false)).then_expect_error(malformed.clone());
    }
    let no_line = OrderRefusal::NoSuchLine { order: id(), line: 3 };
    given(ready.clone()).when(ship(&[part(3, "1")], false)).then_expect_error(no_line);
    let above = |unshipped: &str, requested: &str| {
        let (unshipped, requested) = (unshipped.parse().unwrap(), requested.parse().unwrap());
        OrderRefusal::AboveUnshipped { order: id(), line: 1, unshipped, requested }
    };
    given(ready.clone()).when(ship(&[part(1, "3.01")], false)).then_expect_error(above("3", "3.01"));
    let partly = [placed(), paid(), shipped(&[part(1, "2")], None)];
    given(partly).when(ship(&[part(1, "2")], false)).then_expect_error(above("1", "2"));
    let early = not_in_state(OrderState::PendingPayment, OrderAction::Ship);
    given([placed()]).when(ship(&[part(1, "1")], false)).then_expect_error(early);
}

#[test]
fn somebody_can_say_that_nothing_more_comes() {
    let ready = [placed(), paid()];
    let only = shipped(&[part(1, "2")], Some(RECEIVE_BY));
    given(ready.clone()).when(ship(&[part(1, "2")], true)).then_expect_events(vec![only]);
    let partly = [placed(), paid(), shipped(&[part(1, "2")], None)];
    given(partly).when(ship(&[], true)).then_expect_events(vec![shipped(&[], Some(RECEIVE_BY))]);
    let nothing = OrderRefusal::NothingShipped { order: id() };
    given(ready).when(ship(&[], true)).then_expect_error(nothing);
}
