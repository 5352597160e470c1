//! What events will hold for ever: terms and lines in their one written form.

use super::*;

/// Every model and member once.
fn every_item() -> Value {
    json!({
        "currency": "CNY",
        "items": [
            { "code": "base", "name": "基础费", "model": "flat", "fee": "6000", "zero_usage": "charge" },
            { "code": "calls", "name": "API calls", "meter": "api_calls", "model": "per_unit",
              "unit_price": "0.000000000001", "included": "1000", "minimum": "1", "maximum": "999.99",
              "zero_usage": "charge" },
            { "code": "storage", "name": "Storage", "meter": "gb", "model": "graduated", "tiers": [
                { "up_to": "10", "unit_price": "10", "flat_fee": "2" }, { "up_to": null, "unit_price": "5" } ],
              "zero_usage": "skip" },
            { "code": "seats", "name": "Seats", "meter": "seats", "model": "volume", "tiers": [
                { "up_to": null, "unit_price": "6.5" } ], "zero_usage": "charge" },
            { "code": "sms", "name": "SMS", "meter": "sms", "model": "package", "package_size": "10",
              "package_price": "100", "zero_usage": "charge" },
            { "code": "payments", "name": "Payments", "meter": "paid", "model": "percentage", "rate": "0.013",
              "fee_per_event": "2", "free_events": 3, "free_amount": "250", "minimum_per_event": "0.5",
              "maximum_per_event": "100", "zero_usage": "charge" },
        ],
        "minimum": "100",
        "tax_rate": "0.06",
    })
}

#[test]
fn terms_are_written_as_they_are_read() {
    let terms: PlanTerms = serde_json::from_value(every_item()).unwrap();
    assert_eq!(serde_json::to_value(&terms).unwrap(), every_item());
    let text = serde_json::to_string(&terms).unwrap();
    assert_eq!(serde_json::from_str::<PlanTerms>(&text).unwrap(), terms);
    assert_eq!(serde_json::from_reader::<_, PlanTerms>(text.as_bytes()).unwrap(), terms);
}

#[test]
fn a_quote_is_read_back_as_it_was() {
    let terms: PlanTerms = serde_json::from_value(every_item()).unwrap();
    let day = |text: &str| text.parse().unwrap();
    let share = PeriodShare::between((day("2026-10-01"), day("2026-10-31")), Some(day("2026-10-08")), None);
    let amounts = ["50", "100", "250", "400"].map(quantity);
    let quote = terms.price(|_| Some(Metered::Events(&amounts)), share.unwrap()).unwrap();
    let text = serde_json::to_string(&quote).unwrap();
    assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), quote);
    let written: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        written["lines"][0],
        json!({ "code": "base", "name": "基础费", "charge": "flat", "tiers": [], "share": { "days": 24, "of": 31 },
            "exact_amount": "4645.16129032258", "amount": { "amount": "4645.16", "currency": "CNY" } })
    );
    assert_eq!(
        written["lines"][5],
        json!({ "code": "payments", "name": "Payments", "charge": "percentage", "meter": "paid", "quantity": "800",
            "tiers": [], "events": { "count": 4, "charged": 2, "charged_amount": "550", "rate": "0.013",
                "fee_per_event": "2" }, "exact_amount": "11.15",
            "amount": { "amount": "11.15", "currency": "CNY" } })
    );
}

#[test]
fn words_have_one_spelling_everywhere() {
    for kind in ChargeKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(ItemCode::from(kind).as_str().parse(), Ok(ItemCode::from(kind)));
    }
    for zero_usage in ZeroUsage::ALL {
        assert_eq!(serde_json::to_value(zero_usage).unwrap(), zero_usage.as_str());
        assert_eq!(zero_usage.as_str().parse(), Ok(zero_usage));
    }
}
