use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

fn cny(text: &str) -> Money {
    Money::parse(text, Currency::CNY).unwrap()
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

#[test]
fn the_limit_is_ten_to_the_fifteenth() {
    assert_eq!(LIMIT.to_string(), "1000000000000000");
    assert_eq!(cny("1000000000000000").amount(), LIMIT);
    assert_eq!(cny("-1000000000000000.00").amount(), -LIMIT);
    assert_eq!(Money::parse("1000000000000000.01", Currency::CNY), Err(MoneyError::OutOfRange));
    assert_eq!(Money::parse("-1000000000000000.01", Currency::CNY), Err(MoneyError::OutOfRange));
    assert_eq!(Money::parse(&"9".repeat(60), Currency::CNY), Err(MoneyError::OutOfRange));
    assert_eq!(Money::new(Decimal::MAX, Currency::CNY), Err(MoneyError::OutOfRange));
    assert_eq!(cny("1000000000000000").checked_add(cny("0.01")), Err(MoneyError::OutOfRange));
    assert_eq!(cny("-1000000000000000").checked_sub(cny("0.01")), Err(MoneyError::OutOfRange));
}

#[test]
fn amounts_have_at_most_the_minor_units_of_their_currency() {
    for (code, shortest, printed, too_precise) in [
        ("JPY", "12", "12", "12.5"),
        ("CNY", "12.3", "12.30", "12.345"),
        ("KWD", "12.3", "12.300", "12.3456"),
        ("CLF", "12.3", "12.3000", "12.34567"),
    ] {
        let currency = currency(code);
        assert_eq!(Money::parse(shortest, currency).unwrap().amount().to_string(), printed);
        assert_eq!(Money::parse(too_precise, currency), Err(MoneyError::TooPrecise { currency }));
        let decimal: Decimal = too_precise.parse().unwrap();
        assert_eq!(Money::new(decimal, currency), Err(MoneyError::TooPrecise { currency }));
    }
}

#[test]
fn zeros_after_the_last_minor_unit_are_no_digits() {
    assert_eq!(cny("12.340"), cny("12.34"));
    assert_eq!(cny("12.34000000000000000000000000000000000000"), cny("12.34"));
    assert_eq!(Money::new("12.340".parse().unwrap(), Currency::CNY), Ok(cny("12.34")));
}

#[test]
fn an_amount_is_written_strictly() {
    for bad in [
        "", "-", "+1", " 1", "1 ", "1.", ".5", "1e3", "1,000.00", "1_000", "0x1", "１", "--1", "1.2.3",
        "NaN", "1.-2", "¥1",
    ] {
        assert_eq!(Money::parse(bad, Currency::CNY), Err(MoneyError::Malformed), "{bad:?}");
    }
    assert_eq!(cny("007.00").to_string(), "7.00 CNY");
    assert_eq!(cny("-12.3").to_string(), "-12.30 CNY");
}

#[test]
fn there_is_one_zero() {
    for zero in ["0", "-0", "0.00", "-0.00", "000"] {
        assert_eq!(cny(zero).amount().to_string(), "0.00", "{zero}");
    }
    let less = cny("1.00").checked_sub(cny("1.00")).unwrap();
    assert_eq!(less.amount().to_string(), "0.00");
    assert_eq!(less.negate().amount().to_string(), "0.00");
    assert!(!less.is_positive() && !less.is_negative() && less.is_zero());
    assert_eq!(Money::new(-Decimal::ZERO, Currency::CNY), Ok(Money::zero(Currency::CNY)));
}

#[test]
fn currencies_do_not_mix() {
    let yen = Money::parse("1", currency("JPY")).unwrap();
    let mismatch = MoneyError::CurrencyMismatch { expected: Currency::CNY, given: currency("JPY") };
    assert_eq!(cny("1").checked_add(yen), Err(mismatch.clone()));
    assert_eq!(cny("1").checked_sub(yen), Err(mismatch.clone()));
    assert_eq!(cny("1").covers(yen), Err(mismatch));
}

#[test]
fn covers_is_at_least() {
    assert_eq!(cny("1.00").covers(cny("1.00")), Ok(true));
    assert_eq!(cny("1.00").covers(cny("1.01")), Ok(false));
}

#[test]
fn json_money_is_two_strings() {
    assert_eq!(serde_json::to_string(&cny("12.3")).unwrap(), r#"{"amount":"12.30","currency":"CNY"}"#);
    let read = |text| serde_json::from_str::<Money>(text);
    assert_eq!(read(r#"{"currency":"CNY","amount":"12.3"}"#).unwrap(), cny("12.30"));
    for bad in [
        r#"{"amount":12.3,"currency":"CNY"}"#,
        r#"{"amount":12,"currency":"CNY"}"#,
        r#"{"amount":"12.345","currency":"CNY"}"#,
        r#"{"amount":"12.3","currency":"cny"}"#,
        r#"{"amount":"12.3","currency":"XXX"}"#,
        r#"{"amount":"12.3"}"#,
        r#"{"amount":"12.3","currency":"CNY","note":""}"#,
        r#""12.30 CNY""#,
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn json_money_is_read_from_values_and_readers_too() {
    let json = r#"{"amount":"12.30","currency":"CNY"}"#;
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::from_value::<Money>(value).unwrap(), cny("12.30"));
    assert_eq!(serde_json::from_reader::<_, Money>(json.as_bytes()).unwrap(), cny("12.30"));
}

#[test]
fn every_listed_currency_reads_back_and_they_are_in_order() {
    let all: Vec<Currency> = Currency::all().collect();
    assert_eq!(all.len(), 165);
    assert!(all.is_sorted_by(|earlier, later| earlier < later && earlier.code() < later.code()));
    for currency in all {
        assert_eq!(Currency::parse(currency.code()), Ok(currency));
        assert!(currency.minor_units() <= 4);
    }
    assert_eq!(Currency::CNY.code(), "CNY");
}

#[test]
fn an_unknown_code_is_not_repeated_at_length() {
    let Err(MoneyError::UnknownCurrency { code }) = Currency::parse(&"Z".repeat(1000)) else {
        panic!("a thousand letters are no currency");
    };
    assert_eq!(code.len(), 16);
}

fn any_money() -> impl Strategy<Value = Money> {
    let currencies: Vec<Currency> = Currency::all().collect();
    (prop::sample::select(currencies), -999_999_999_999_999_i64..=999_999_999_999_999).prop_map(
        |(currency, minor)| {
            let amount = Decimal::from_i128_with_scale(i128::from(minor), currency.minor_units());
            Money::new(amount, currency).unwrap()
        },
    )
}

fn any_pair() -> impl Strategy<Value = (Money, Money)> {
    (any_money(), any::<i32>()).prop_map(|(money, minor)| {
        let currency = money.currency();
        let amount = Decimal::from_i128_with_scale(i128::from(minor), currency.minor_units());
        (money, Money::new(amount, currency).unwrap())
    })
}

proptest! {
    #[test]
    fn money_survives_its_text(money in any_money()) {
        let text = money.amount().to_string();
        prop_assert_eq!(Money::parse(&text, money.currency()), Ok(money));
        let json = serde_json::to_string(&money).unwrap();
        let read: Money = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read, money);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }

    #[test]
    fn adding_and_subtracting_undo_each_other((a, b) in any_pair()) {
        let sum = a.checked_add(b).unwrap();
        prop_assert_eq!(sum.checked_sub(b), Ok(a));
        prop_assert_eq!(b.checked_add(a), Ok(sum));
        prop_assert_eq!(a.checked_sub(b).unwrap().negate(), b.checked_sub(a).unwrap());
        prop_assert_eq!(sum.amount().scale(), a.currency().minor_units());
    }

    #[test]
    fn parsing_agrees_with_decimal_or_refuses(text in "-?[0-9]{0,18}(\\.[0-9]{0,6})?") {
        if let Ok(money) = Money::parse(&text, Currency::CNY) {
            prop_assert_eq!(money.amount(), text.parse::<Decimal>().unwrap());
        }
    }
}
