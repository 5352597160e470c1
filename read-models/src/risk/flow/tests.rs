use chrono::TimeDelta;

use super::query::sums;
use super::row::hour_of;
use super::{FlowRow, RiskFlows};
use crate::testing::{advance_credited, at, deposited, folded, held, released, reversed, wallet, yuan};

#[test]
fn an_hour_says_what_came_in_was_asked_for_and_given_back() {
    let (mine, date) = (wallet(1), "2026-03-02");
    let hours = folded::<RiskFlows>([
        deposited(&mine, yuan("100.00"), date),
        deposited(&mine, yuan("40.00"), date),
        reversed(&mine, 2, yuan("40.00"), date),
        advance_credited(&mine, yuan("1.00"), date),
        held(&mine, 1, yuan("30.00")),
        held(&mine, 2, yuan("5.00")),
        released(&mine, 2, yuan("5.00")),
        deposited(&wallet(2), yuan("7.00"), date),
    ]);
    let row = hours.get(&(wallet(1), hour_of(at(1)))).unwrap();
    assert_eq!(row.came_in, yuan("101.00").amount());
    assert_eq!((row.asked_for, row.given_back), (yuan("35.00").amount(), yuan("5.00").amount()));
    assert_eq!(row.first_at, Some(at(1)));
}

#[test]
fn an_hour_counts_while_any_of_it_is_within_the_window() {
    let now = hour_of(at(1)) + TimeDelta::minutes(30);
    let row = |hours_ago: i64| {
        let mut row = FlowRow::empty(&wallet(1), hour_of(at(1)) - TimeDelta::hours(hours_ago));
        (row.came_in, row.given_back) = (yuan("1.00").amount(), yuan("0.10").amount());
        row
    };
    let rows: Vec<_> = [0, 1, 6, 7, 24, 25, 73, 24 * 7, 24 * 30 - 1].map(row).into();
    let (came_in, given_back) = sums(&rows, &wallet(1), now).unwrap();
    assert_eq!(came_in.hour, yuan("2.00"));
    assert_eq!(came_in.six_hours, yuan("3.00"));
    assert_eq!(came_in.day, yuan("5.00"));
    assert_eq!(came_in.three_days, yuan("6.00"));
    assert_eq!(came_in.week, yuan("8.00"));
    assert_eq!((came_in.month, given_back.month), (yuan("9.00"), yuan("0.90")));
}
