//! No digit is lost before a line is rounded, and then once.

use super::*;
use crate::money::Currency;

fn amount(text: &str) -> ExactAmount {
    text.parse().unwrap()
}

#[test]
fn a_product_keeps_all_its_digits() {
    let priced =
        |price: &str, units: &str| exact(&json!({ "model": "per_unit", "unit_price": price }), units);
    assert_eq!(priced("0.000000000001", "0.000000000001"), "0.000000000000000000000001");
    assert_eq!(priced("12345.678901234567", "98765.432109876543"), "1219326311.370217861743636654061881");
    assert_eq!(priced("1", "1000000000000000"), "1000000000000000");
    assert_eq!(priced("0.5", "0.2"), "0.1");
}

#[test]
fn what_has_too_many_digits_or_is_too_large_is_refused() {
    for (price, units) in [
        ("123456789012345.678901234567", "123456789012345.678901234567"),
        ("1.000000000001", "999999999999999.000000000001"),
        ("1.01", "1000000000000000"),
        ("1000000000000000", "1000000000000000"),
    ] {
        let item = json!({ "model": "per_unit", "unit_price": price });
        let quote = terms(vec![item]).price(|_| Some(Metered::Total(quantity(units))), PeriodShare::WHOLE);
        assert_eq!(quote, Err(PricingRefusal::AmountOutOfRange { item: "i0".parse().unwrap() }), "{price}");
    }
}

#[test]
fn halves_are_rounded_away_from_zero_once() {
    for (text, currency, expected) in [
        ("0.005", "CNY", "0.01"),
        ("0.004999999999999999999999", "CNY", "0.00"),
        ("-0.005", "CNY", "-0.01"),
        ("-0.0049", "CNY", "0.00"),
        ("2.675", "CNY", "2.68"),
        ("2.5", "JPY", "3"),
        ("2.4999", "JPY", "2"),
        ("1.0005", "KWD", "1.001"),
        ("999999999999999.995", "CNY", "1000000000000000.00"),
    ] {
        let rounded = amount(text).round(Currency::parse(currency).unwrap()).unwrap();
        assert_eq!(rounded.amount().to_string(), expected, "{text} {currency}");
    }
    assert_eq!(amount("1000000000000000.005").round(Currency::CNY), None);
}

#[test]
fn a_share_is_cut_so_that_it_rounds_as_the_whole_fraction_does() {
    // 0.155 / 31 is 0.005 exactly; a hair less stays below the half however many nines follow.
    assert_eq!(amount("0.155").share(1, 31).unwrap().to_string(), "0.005");
    assert_eq!(amount("0.154999999999").share(1, 31).unwrap().to_string(), "0.004999999999");
    let below = amount("0.154999999999999999999999").share(1, 31).unwrap();
    assert!(below.round(Currency::CNY).unwrap().is_zero());
    assert!(amount("1000000000000000").share(365, 366).is_some());
    assert_eq!(amount("1").share(1, 0), None);
}

#[test]
fn amounts_are_compared_by_value_however_many_digits_they_have() {
    assert_eq!(amount("1.50"), amount("1.5"));
    assert!(amount("100000000000000000000000000000000000000") > amount("0.000000000000000000000001"));
    assert!(amount("-100000000000000000000000000000000000000") < amount("0.000000000000000000000001"));
    assert!(amount("0.000000000000000000000001") < amount("100000000000000000000000000000000000000"));
    assert_eq!(
        amount("100000000000000000000000000000000000000").checked_add(amount("0.000000000000000000000001")),
        None
    );
}

#[test]
fn an_amount_has_one_spelling() {
    for (text, shown) in
        [("-0.50", "-0.5"), ("0", "0"), ("-0", "0"), ("12", "12"), ("0.0100", "0.01"), ("007", "7")]
    {
        assert_eq!(amount(text).to_string(), shown);
        assert_eq!(serde_json::to_value(amount(text)).unwrap(), shown);
    }
    for wrong in ["", "-", "1.", ".5", "1e3", "+1", " 1", "1,0", "--1"] {
        assert_eq!(wrong.parse::<ExactAmount>(), Err(InvalidDecimal::Malformed), "{wrong}");
    }
    assert!(serde_json::from_str::<ExactAmount>("1").is_err());
}

#[test]
fn numbers_are_bounded_and_written_strictly() {
    assert_eq!(quantity("1.500000000000").to_string(), "1.5");
    assert_eq!("1.0000000000001".parse::<Quantity>(), Err(InvalidDecimal::TooPrecise { decimals: 12 }));
    for wrong in ["-1", "1000000000000000.000000000001", "99999999999999999999999999999999999999999999"] {
        assert_eq!(wrong.parse::<Quantity>(), Err(Quantity::RANGE), "{wrong}");
        assert_eq!(wrong.parse::<UnitPrice>(), Err(UnitPrice::RANGE), "{wrong}");
    }
    assert_eq!("-0".parse::<Quantity>(), Ok(Quantity::ZERO));
    assert_eq!("1".parse::<Rate>().map(|rate| rate.to_string()), Ok("1".into()));
    assert_eq!("1.3".parse::<Rate>(), Err(Rate::RANGE), "1.3 % is 0.013");
    assert!(Quantity::new(rust_decimal::Decimal::MAX).is_err());
    for wrong in ["1e3", "１", "0x1", "NaN", "1_000", "1.2.3", "1.-2"] {
        assert_eq!(wrong.parse::<Quantity>(), Err(InvalidDecimal::Malformed), "{wrong}");
    }
}

#[test]
fn the_sum_of_what_was_used_is_exact_and_bounded() {
    let meter: Meter = "m".parse().unwrap();
    let sum = |texts: &[&str]| {
        let quantities: Vec<Quantity> = texts.iter().map(|text| quantity(text)).collect();
        Quantity::sum(&meter, &quantities).map(|sum| sum.to_string())
    };
    assert_eq!(sum(&["999999999999999", "0.000000000001"]), Ok("999999999999999.000000000001".into()));
    assert_eq!(sum(&["0.5", "0.5"]), Ok("1".into()));
    assert_eq!(sum(&[]), Ok("0".into()));
    let refused = Err(PricingRefusal::QuantityOutOfRange { meter: meter.clone() });
    assert_eq!(sum(&["1000000000000000", "0.000000000001"]), refused);
}
