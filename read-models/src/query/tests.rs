use chrono::NaiveDate;
use tallybook_domain::Currency;

use super::cursor::{read_cursor, write_cursor};
use super::{DateRange, Direction, InvalidCursor, Paging, PagingError, Period, PeriodError, Sort, Total};
use crate::customers::CustomerOrder;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_cursor_comes_back_as_it_went() {
    let text = write_cursor("-name", ["极光 \"贸易\"".into(), "C00042".into()]);
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    assert_eq!(read_cursor(&text, "-name"), Ok(["极光 \"贸易\"".to_owned(), "C00042".to_owned()]));
}

#[test]
fn a_single_day_is_one_condition_and_a_range_has_its_ends() {
    let narrowed = |from: Option<&str>, to: Option<&str>| {
        let mut query = sqlx::QueryBuilder::new("");
        DateRange::new(from.map(day), to.map(day)).unwrap().narrow(&mut query);
        query.sql().to_owned()
    };
    assert_eq!(narrowed(Some("2026-03-05"), Some("2026-03-05")), " AND effective_date = $1");
    let both = " AND effective_date >= $1 AND effective_date <= $2";
    assert_eq!(narrowed(Some("2026-03-05"), Some("2026-03-06")), both);
    assert_eq!(narrowed(None, Some("2026-03-05")), " AND effective_date <= $1");
    assert_eq!(narrowed(Some("2026-03-05"), None), " AND effective_date >= $1");
    assert_eq!(narrowed(None, None), "");
}

#[test]
fn a_cursor_of_another_list_or_none_at_all_is_refused() {
    let text = write_cursor("name", ["a".into()]);
    assert_eq!(read_cursor::<1>(&text, "-name"), Err(InvalidCursor));
    assert_eq!(read_cursor::<2>(&text, "name"), Err(InvalidCursor));
    for bad in ["", "%%%", "e30", "W10", "WzFd", "bm90IGpzb24"] {
        assert_eq!(read_cursor::<1>(bad, "name"), Err(InvalidCursor), "{bad}");
    }
    let zero = write_cursor("name", ["a\0b".into()]);
    assert_eq!(read_cursor::<1>(&zero, "name"), Err(InvalidCursor));
}

#[test]
fn a_limit_is_between_1_and_500() {
    assert_eq!(Paging::new(None, None).unwrap().rows_to_fetch(), 51);
    assert_eq!(Paging::new(Some(500), None).unwrap().rows_to_fetch(), 501);
    for limit in [0, 501, u32::MAX] {
        assert_eq!(Paging::new(Some(limit), None), Err(PagingError::LimitOutOfRange { limit, max: 500 }));
    }
}

#[test]
fn the_row_too_many_only_says_that_there_is_more() {
    let paging = Paging::new(Some(2), None).unwrap();
    let mut rows = vec![1, 2, 3];
    assert_eq!(paging.cut(&mut rows, i32::to_string), Some("2".into()));
    assert_eq!(rows, [1, 2]);
    assert_eq!(paging.cut(&mut rows, i32::to_string), None);
}

#[test]
fn a_sort_is_a_known_name_with_or_without_a_minus() {
    let by_name = |direction| Ok(Sort { by: CustomerOrder::Name, direction });
    assert_eq!("name".parse(), by_name(Direction::Ascending));
    assert_eq!("-name".parse(), by_name(Direction::Descending));
    let unknown = "balance".parse::<Sort<CustomerOrder>>().unwrap_err();
    assert_eq!(unknown.known, ["id", "name", "code", "updated_at"]);
    for sort in ["id", "-id", "name", "-name"] {
        assert_eq!(sort.parse::<Sort<CustomerOrder>>().unwrap().to_string(), sort);
    }
}

#[test]
fn a_period_does_not_end_before_it_begins() {
    let (first, last) = (day("2026-03-01"), day("2026-03-31"));
    assert_eq!(Period::new(last, first), Err(PeriodError::Reversed));
    assert_eq!(DateRange::new(Some(last), Some(first)), Err(PeriodError::Reversed));
    assert_eq!(Period::new(first, last).unwrap().days().count(), 31);
    assert_eq!(Period::new(first, first).unwrap().days().collect::<Vec<_>>(), [first]);
    assert!(DateRange::new(Some(first), None).is_ok() && DateRange::new(None, Some(first)).is_ok());
}

#[test]
fn a_period_to_be_shown_day_by_day_is_bounded() {
    let first = day("2026-03-01");
    let last = first + chrono::Days::new(u64::from(Period::MAX_DAYS) - 1);
    assert_eq!(Period::new(first, last).unwrap().days().count(), 3_700);
    let after = last + chrono::Days::new(1);
    assert_eq!(Period::new(first, after), Err(PeriodError::TooLong { max_days: 3_700 }));
    assert!(Period::new(NaiveDate::MIN, NaiveDate::MAX).is_err());
    assert_eq!(Period::new(NaiveDate::MAX, NaiveDate::MAX).unwrap().days().count(), 1);
}

#[test]
fn a_total_looks_like_money_and_may_be_larger() {
    let total = Total::new("1000000000000000000.5".parse().unwrap(), Currency::CNY);
    let json = serde_json::to_string(&total).unwrap();
    assert_eq!(json, r#"{"amount":"1000000000000000000.50","currency":"CNY"}"#);
    let zero = Total::zero(Currency::parse("JPY").unwrap());
    assert_eq!(serde_json::to_string(&zero).unwrap(), r#"{"amount":"0","currency":"JPY"}"#);
    assert!(total.plus(zero).is_err());
    assert!(total.minus(total).unwrap().is_zero());
}
