//! Minimums, maximums, the true-up line, tax and totals.

use super::*;

fn price(items: Vec<Value>, besides: Value, units: &str) -> Quote {
    let used = Metered::Total(quantity(units));
    terms_with(items, besides).price(|_| Some(used), PeriodShare::WHOLE).unwrap()
}

fn amounts(quote: &Quote) -> Vec<String> {
    quote.lines.iter().map(|line| line.amount.amount().to_string()).collect()
}

#[test]
fn an_item_costs_no_less_than_its_minimum_and_no_more_than_its_maximum() {
    let item = json!({ "model": "per_unit", "unit_price": "1", "minimum": "5", "maximum": "10" });
    for (units, expected, bounded_by) in [
        ("0", "5.00", Some(Bound::Minimum)),
        ("4.99", "5.00", Some(Bound::Minimum)),
        ("5", "5.00", None),
        ("10", "10.00", None),
        ("10.000000000001", "10.00", Some(Bound::Maximum)),
    ] {
        let line = line(&item, units);
        assert_eq!((line.amount.amount().to_string().as_str(), line.bounded_by), (expected, bounded_by));
        assert_eq!(line.tiers[0].amount.to_string(), units, "the way to the amount stays");
    }
}

#[test]
fn each_line_is_rounded_and_totals_are_sums_of_rounded_lines() {
    let third = json!({ "model": "per_unit", "unit_price": "0.335" });
    let quote = price(vec![third.clone(), third.clone(), third], json!({ "tax_rate": "0.06" }), "1");
    assert_eq!(amounts(&quote), ["0.34", "0.34", "0.34"]);
    assert_eq!(quote.lines[0].exact_amount.to_string(), "0.335");
    assert_eq!(quote.subtotal.amount().to_string(), "1.02");
    assert_eq!(quote.tax.amount().to_string(), "0.06", "of the sum: three lines' own would be 0.02 each");
    assert_eq!(quote.total.amount().to_string(), "1.08");
}

#[test]
fn tax_is_rounded_once() {
    let item = json!({ "model": "flat", "fee": "0.25" });
    let quote = price(vec![item.clone(), item], json!({ "tax_rate": "0.13" }), "0");
    assert_eq!(quote.tax.amount().to_string(), "0.07", "0.065; by line it would be 0.03 twice");
}

#[test]
fn a_line_brings_a_period_up_to_the_minimum() {
    let item = json!({ "model": "per_unit", "unit_price": "0.335" });
    for (units, expected) in
        [("0", vec!["0.00", "10.00"]), ("1", vec!["0.34", "9.66"]), ("30", vec!["10.05"])]
    {
        let quote = price(vec![item.clone()], json!({ "minimum": "10", "tax_rate": "0.1" }), units);
        assert_eq!(amounts(&quote), expected);
        assert_eq!(quote.total.amount().to_string(), if units == "30" { "11.06" } else { "11.00" });
    }
    let quote = price(vec![item], json!({ "minimum": "10" }), "1");
    let line = serde_json::to_value(&quote.lines[1]).unwrap();
    assert_eq!(
        line,
        json!({ "code": "true_up", "name": "Minimum per period", "charge": "true_up", "tiers": [],
            "exact_amount": "9.66", "amount": { "amount": "9.66", "currency": "CNY" } })
    );
}

#[test]
fn a_part_of_a_period_takes_its_part_of_the_minimums_and_nothing_else() {
    let day = |text: &str| text.parse().unwrap();
    let share = PeriodShare::between((day("2026-10-01"), day("2026-10-31")), Some(day("2026-10-08")), None);
    let share = share.unwrap();
    let mut volume = tiers("volume", &[("100", "1", "5"), ("", "2", "")]);
    volume["maximum"] = json!("40");
    let minimum = json!({ "model": "per_unit", "unit_price": "0", "minimum": "31" });
    let terms = terms_with(vec![volume, minimum], json!({ "minimum": "6000" }));
    let quote = terms.price(|_| Some(Metered::Total(quantity("50"))), share).unwrap();
    assert_eq!(amounts(&quote), ["40.00", "24.00", "4581.16"]);
    assert_eq!(quote.total.amount().to_string(), "4645.16");
}

#[test]
fn totals_beyond_the_bounds_of_money_are_refused() {
    let most = json!({ "model": "flat", "fee": "1000000000000000" });
    for (items, besides) in [
        (vec![most.clone(), most.clone()], json!({})),
        (vec![most.clone()], json!({ "tax_rate": "0.01" })),
        (vec![json!({ "model": "flat", "fee": "999999999999999.99" })], json!({ "tax_rate": "1" })),
    ] {
        let refused = terms_with(items, besides).price(|_| None, PeriodShare::WHOLE);
        assert_eq!(refused, Err(PricingRefusal::TotalOutOfRange));
    }
    assert!(terms(vec![most]).price(|_| None, PeriodShare::WHOLE).is_ok());
}

#[test]
fn a_currency_without_minor_units_rounds_to_whole_units() {
    let item = json!({ "model": "per_unit", "unit_price": "0.5" });
    let quote = price(vec![item], json!({ "currency": "JPY", "tax_rate": "0.1" }), "3");
    assert_eq!((amounts(&quote), quote.tax.amount().to_string()), (vec!["2".to_owned()], "0".to_owned()));
}
