//! Terms that cannot be are refused with everything that is wrong.

use super::*;

/// Places and codes of all faults of these items.
fn faults(items: Vec<PriceItem>, minimum: &str) -> Vec<(String, &'static str)> {
    let minimum = minimum.parse().ok();
    let Err(InvalidTerms(faults)) = PlanTerms::new(crate::money::Currency::CNY, items, minimum, None) else {
        return Vec::new();
    };
    faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

fn item(at: usize, item: Value) -> PriceItem {
    serde_json::from_value(named(at, item)).unwrap()
}

#[track_caller]
fn assert_faults(wrong: Value, expected: &[(&str, &'static str)]) {
    let found = faults(vec![item(0, wrong.clone())], "");
    let expected: Vec<_> =
        expected.iter().map(|(pointer, code)| (format!("/items/0{pointer}"), *code)).collect();
    assert_eq!(found, expected, "{wrong}");
}

#[test]
fn tiers_rise_and_the_last_alone_has_no_end() {
    let t = |steps: &[(&str, &str, &str)]| tiers("graduated", steps);
    assert_faults(t(&[("10", "1", ""), ("", "1", "")]), &[]);
    assert_faults(t(&[]), &[("/tiers", "empty")]);
    assert_faults(t(&[("10", "1", "")]), &[("/tiers/0/up_to", "not_last")]);
    assert_faults(t(&[("0", "1", ""), ("", "1", "")]), &[("/tiers/0/up_to", "not_rising")]);
    assert_faults(
        t(&[("10", "1", "0.001"), ("10", "1", ""), ("", "1", ""), ("9", "1", ""), ("30", "1", "1")]),
        &[
            ("/tiers/0/flat_fee", "too_precise"),
            ("/tiers/1/up_to", "not_rising"),
            ("/tiers/2/up_to", "missing"),
            ("/tiers/3/up_to", "not_rising"),
            ("/tiers/4/up_to", "not_last"),
        ],
    );
    let many: Vec<String> = (1..=MOST_TIERS).map(|end| end.to_string()).collect();
    let mut many: Vec<(&str, &str, &str)> = many.iter().map(|end| (end.as_str(), "1", "")).collect();
    many.push(("", "1", ""));
    assert_faults(tiers("volume", &many), &[("/tiers", "too_long")]);
    assert_faults(tiers("volume", &many[1..]), &[]);
}

#[test]
fn an_item_is_whole_in_itself() {
    assert_faults(json!({ "model": "flat", "fee": "0.015" }), &[("/fee", "too_precise")]);
    assert_faults(
        json!({ "model": "flat", "fee": "1", "included": "1", "zero_usage": "skip" }),
        &[("/meter", "missing"), ("/included", "not_for_model")],
    );
    assert_faults(
        json!({ "model": "package", "package_size": "0", "package_price": "1" }),
        &[("/package_size", "out_of_range")],
    );
    assert_faults(
        json!({ "model": "per_unit", "unit_price": "0.000000000001", "meter": null, "code": "true_up" }),
        &[("/code", "reserved"), ("/meter", "missing")],
    );
    assert_faults(
        json!({ "model": "per_unit", "unit_price": "1", "minimum": "2.001", "maximum": "1" }),
        &[("/minimum", "too_precise"), ("/maximum", "out_of_range")],
    );
    assert_faults(
        json!({ "model": "percentage", "rate": "0.01", "included": "1", "minimum_per_event": "2",
            "maximum_per_event": "1" }),
        &[("/included", "not_for_model"), ("/maximum_per_event", "out_of_range")],
    );
}

#[test]
fn a_plan_is_told_all_that_is_wrong_with_it() {
    let fee = json!({ "model": "flat", "fee": "0.001", "code": "base" });
    assert_eq!(
        faults(vec![item(0, fee.clone()), item(1, fee.clone())], "0.001"),
        [
            ("/minimum".to_owned(), "too_precise"),
            ("/items/0/fee".to_owned(), "too_precise"),
            ("/items/1/code".to_owned(), "duplicate"),
            ("/items/1/fee".to_owned(), "too_precise"),
        ]
    );
    assert_eq!(faults(Vec::new(), ""), [("/items".to_owned(), "empty")]);
    let many =
        |number: usize| (0..number).map(|at| item(at, json!({ "model": "flat", "fee": "1" }))).collect();
    assert_eq!(faults(many(MOST_ITEMS), ""), []);
    assert_eq!(faults(many(MOST_ITEMS + 1), ""), [("/items".to_owned(), "too_long")]);
}

#[test]
fn terms_that_cannot_be_are_not_read_either() {
    let error = read(vec![tiers("volume", &[])], json!({})).unwrap_err().to_string();
    assert!(error.contains("/items/0/tiers must have at least one tier"), "{error}");
    for wrong in [
        json!({ "model": "per_unit" }),
        json!({ "model": "per_unit", "unit_price": 1 }),
        json!({ "model": "per_unit", "unit_price": "-1" }),
        json!({ "model": "per_unit", "unit_price": "1", "code": "a b" }),
        json!({ "model": "perunit", "unit_price": "1" }),
        json!({ "model": "percentage", "rate": "1.3" }),
        json!({ "model": "flat", "fee": "1", "zero_usage": "free" }),
    ] {
        assert!(read(vec![wrong.clone()], json!({})).is_err(), "{wrong}");
    }
}

#[test]
fn codes_have_one_spelling() {
    for right in ["api_calls", "7", "A-1.b", &"x".repeat(64)] {
        assert!(right.parse::<Meter>().is_ok(), "{right}");
    }
    for wrong in ["", "_x", "-", ".a", "a b", "a\n", "調用", "a/b", &"x".repeat(65)] {
        assert!(wrong.parse::<Meter>().is_err() && wrong.parse::<ItemCode>().is_err(), "{wrong}");
    }
}

#[test]
fn a_share_of_a_period_has_days() {
    let day = |text: &str| text.parse().unwrap();
    let october = (day("2026-10-01"), day("2026-10-31"));
    assert_eq!(
        PeriodShare::between((october.1, october.0), None, None),
        Err(InvalidPeriod::EndsBeforeItBegins)
    );
    let from = day("2026-11-01");
    assert_eq!(
        PeriodShare::between(october, Some(from), None),
        Err(InvalidPeriod::NoDay { from, to: october.1 })
    );
    let long = (day("2026-01-01"), day("2027-01-02"));
    assert_eq!(PeriodShare::between(long, None, None), Err(InvalidPeriod::TooLong { most: 366 }));
    let year = PeriodShare::between((day("2026-01-01"), day("2026-12-31")), None, None).unwrap();
    assert!(year.is_whole());
    let ends = (chrono::NaiveDate::MIN, chrono::NaiveDate::MAX);
    assert_eq!(PeriodShare::between(ends, None, None), Err(InvalidPeriod::TooLong { most: 366 }));
}
