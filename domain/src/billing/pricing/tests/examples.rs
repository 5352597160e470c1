//! Worked examples, each from the tests or documents of a public billing system.

use super::*;

const STEPPED: &[(&str, &str, &str)] = &[("10", "10", "2"), ("20", "5", "3"), ("", "5", "3")];
const FINE: &[(&str, &str, &str)] = &[("0.1", "10", ""), ("1", "5", ""), ("", "2", "")];
const BULK: &[(&str, &str, &str)] = &[("100", "2", "10"), ("200", "1", ""), ("", "0.5", "50")];
const SEATS: &[(&str, &str, &str)] = &[("5", "7", ""), ("10", "6.5", ""), ("", "6", "")];

#[test]
fn units_cost_what_they_should() {
    for (model, steps, units, expected) in [
        ("graduated", STEPPED, "0", "2"),
        ("graduated", STEPPED, "1", "12"),
        ("graduated", STEPPED, "10", "102"),
        ("graduated", STEPPED, "11", "110"),
        ("graduated", STEPPED, "12", "115"),
        ("graduated", STEPPED, "21", "163"),
        ("graduated", FINE, "0.05", "0.5"),
        ("graduated", FINE, "0.5", "3"),
        ("graduated", SEATS, "6", "41.5"),
        ("graduated", SEATS, "25", "157.5"),
        ("volume", BULK, "0", "10"),
        ("volume", BULK, "1", "12"),
        ("volume", BULK, "100", "210"),
        ("volume", BULK, "100.5", "100.5"),
        ("volume", BULK, "101", "101"),
        ("volume", BULK, "200", "200"),
        ("volume", BULK, "210", "155"),
        ("volume", BULK, "300", "200"),
        ("volume", SEATS, "6", "39"),
        ("volume", SEATS, "20", "120"),
    ] {
        assert_eq!(exact(&tiers(model, steps), units), expected, "{model} {steps:?}, {units} units");
    }
}

#[test]
fn a_package_that_is_begun_is_a_whole_one() {
    let tens = |included: &str| json!({ "model": "package", "package_size": "10", "package_price": "100", "included": included });
    for (included, units, expected) in [
        ("0", "121", "1300"),
        ("10", "121", "1200"),
        ("200", "121", "0"),
        ("0", "0", "0"),
        ("0", "120", "1200"),
        ("0", "120.000000000001", "1300"),
    ] {
        assert_eq!(exact(&tens(included), units), expected, "{units} units, {included} included");
    }
    let halves = json!({ "model": "package", "package_size": "0.5", "package_price": "0.001" });
    assert_eq!(exact(&halves, "1.2"), "0.003");
    let used = line(&tens("10"), "121");
    assert_eq!(
        (used.quantity, used.included, used.tiers[0].quantity),
        (Some(quantity("121")), Some(quantity("10")), quantity("12"))
    );
}

#[test]
fn a_flat_fee_is_charged_by_the_day() {
    let day = |text: &str| text.parse().unwrap();
    let month = (day("2026-10-01"), day("2026-10-31"));
    let fee = terms(vec![json!({ "model": "flat", "fee": "6000" })]);
    for (from, to, days, expected, exact) in [
        (None, None, 31, "6000.00", "6000"),
        (Some("2026-10-08"), None, 24, "4645.16", "4645.16129032258"),
        (None, Some("2026-10-07"), 7, "1354.84", "1354.838709677419"),
        (Some("2026-09-01"), Some("2026-10-07"), 7, "1354.84", "1354.838709677419"),
        (Some("2026-10-31"), Some("2026-11-30"), 1, "193.55", "193.548387096774"),
    ] {
        let share = PeriodShare::between(month, from.map(day), to.map(day)).unwrap();
        let quote = fee.price(|_| None, share).unwrap();
        let line = &quote.lines[0];
        assert_eq!((share.days(), line.exact_amount.to_string().as_str()), (days, exact));
        assert_eq!(line.amount.amount().to_string(), expected);
        assert_eq!(line.share, (days < 31).then_some(share));
    }
}

fn of_events(terms: Value, events: &[&str]) -> PricedLine {
    let mut item = json!({ "model": "percentage" });
    merge(&mut item, terms);
    let amounts: Vec<Quantity> = events.iter().map(|amount| quantity(amount)).collect();
    let quote = super::terms(vec![item]).price(|_| Some(Metered::Events(&amounts)), PeriodShare::WHOLE);
    quote.unwrap().lines.remove(0)
}

#[test]
fn what_is_free_ends_with_the_events_or_with_the_amount() {
    let payments = ["50", "100", "250", "400"];
    for (free, charged, amount, expected) in [
        // 550 × 1.3 % + 2 × 2: the third event uses the amount up and pays for the rest of itself.
        (json!({ "free_events": 3, "free_amount": "250" }), 2, "550", "11.15"),
        (json!({ "free_events": 1, "free_amount": "250" }), 3, "750", "15.75"),
        (json!({ "free_events": 3 }), 1, "400", "7.2"),
        (json!({ "free_amount": "400" }), 1, "400", "7.2"),
        (json!({ "free_events": 0, "free_amount": "400" }), 4, "800", "18.4"),
        (json!({}), 4, "800", "18.4"),
        (json!({ "free_events": 9, "free_amount": "9999" }), 0, "0", "0"),
    ] {
        let mut terms = json!({ "rate": "0.013", "fee_per_event": "2" });
        merge(&mut terms, free.clone());
        let line = of_events(terms, &payments);
        assert_eq!(line.exact_amount.to_string(), expected, "{free}");
        let charged_amount = quantity(amount);
        let (rate, fee_per_event) = (Some("0.013".parse().unwrap()), Some("2".parse().unwrap()));
        let events = EventsCharged { count: 4, charged, charged_amount, rate, fee_per_event };
        assert_eq!(line.events, Some(events), "{free}");
        assert_eq!(line.quantity, Some(quantity("800")));
    }
}

#[test]
fn when_the_amount_is_used_up_an_event_of_nothing_pays_its_fee() {
    let terms = json!({ "rate": "0.013", "fee_per_event": "2", "free_amount": "250" });
    assert_eq!(of_events(terms.clone(), &["0", "249.99", "0"]).exact_amount.to_string(), "0");
    assert_eq!(of_events(terms, &["250", "0"]).exact_amount.to_string(), "2");
}

#[test]
fn each_event_that_is_not_free_keeps_to_its_bounds() {
    let terms = json!({
        "rate": "0.01", "fee_per_event": "0.1", "free_events": 1, "minimum_per_event": "0.5", "maximum_per_event": "3",
    });
    // Free; 0.11 becomes 0.5; 1.1; 10.1 becomes 3.
    assert_eq!(of_events(terms.clone(), &["100", "1", "100", "1000"]).exact_amount.to_string(), "4.6");
    assert_eq!(of_events(terms.clone(), &["100"]).exact_amount.to_string(), "0");
    assert_eq!(of_events(terms, &[]).exact_amount.to_string(), "0");
}

#[test]
fn a_percentage_needs_single_events() {
    let terms = terms(vec![json!({ "model": "percentage", "rate": "0.01" })]);
    let price = |units: &str| terms.price(|_| Some(Metered::Total(quantity(units))), PeriodShare::WHOLE);
    assert_eq!(price("1"), Err(PricingRefusal::EventsNeeded { item: "i0".parse().unwrap() }));
    assert!(price("0").unwrap().total.is_zero());
}

#[test]
fn included_units_come_off_before_the_tiers() {
    let mut item = tiers("graduated", STEPPED);
    item["included"] = json!("5");
    assert_eq!(exact(&item, "16"), "110");
    assert_eq!(exact(&item, "5"), "2", "the first tier is entered by nothing");
    item["zero_usage"] = json!("skip");
    assert_eq!(exact(&item, "5"), "0");
    assert_eq!(exact(&item, "5.1"), "3");
}

#[test]
fn zero_usage_may_be_free() {
    for (item, charged, skipped) in [
        (tiers("graduated", STEPPED), "2", "0"),
        (tiers("volume", BULK), "10", "0"),
        (json!({ "model": "flat", "fee": "9", "meter": "m" }), "9", "0"),
        (json!({ "model": "per_unit", "unit_price": "9" }), "0", "0"),
    ] {
        let mut item = item;
        assert_eq!(exact(&item, "0"), charged, "{item}");
        item["zero_usage"] = json!("skip");
        assert_eq!(exact(&item, "0"), skipped, "{item}");
        assert_ne!(exact(&item, "1"), "0", "{item}");
    }
}

#[test]
fn the_tiers_used_say_how_the_amount_came_about() {
    let shown = serde_json::to_value(line(&tiers("graduated", STEPPED), "12").tiers).unwrap();
    let expected = json!([
        { "from": "0", "up_to": "10", "quantity": "10", "unit_price": "10", "flat_fee": "2", "amount": "102" },
        { "from": "10", "up_to": "20", "quantity": "2", "unit_price": "5", "flat_fee": "3", "amount": "13" },
    ]);
    assert_eq!(shown, expected);
    let shown = serde_json::to_value(line(&tiers("volume", BULK), "150").tiers).unwrap();
    let fallen =
        json!([{ "from": "100", "up_to": "200", "quantity": "150", "unit_price": "1", "amount": "150" }]);
    assert_eq!(shown, fallen);
}
