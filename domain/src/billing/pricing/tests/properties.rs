//! What holds for all terms and all usage.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::money::Money;

/// 0 to 10,000 with up to `scale` decimals.
fn number(scale: u32) -> impl Strategy<Value = Decimal> {
    (0..=10_000 * 10_i64.pow(scale)).prop_map(move |digits| Decimal::new(digits, scale))
}

fn units() -> impl Strategy<Value = Quantity> {
    number(3).prop_map(|number| Quantity::new(number).unwrap())
}

/// Rising tiers, most of them within what units reach.
fn any_tiers(with_fees: bool) -> impl Strategy<Value = Vec<Tier>> {
    let fee = prop::option::of(number(2).prop_map(|fee| Fee::new(fee).unwrap()));
    let price = number(6).prop_map(|price| UnitPrice::new(price).unwrap());
    let ends = prop::collection::btree_set(1_i64..=12_000_000, 0..8);
    (ends, prop::collection::vec((price, fee), 9)).prop_map(move |(ends, prices)| {
        let ends = ends.into_iter().map(|end| Some(Quantity::new(Decimal::new(end, 3)).unwrap()));
        let tiers = ends.chain([None]).zip(prices);
        tiers
            .map(|(up_to, (unit_price, fee))| Tier { up_to, unit_price, flat_fee: fee.filter(|_| with_fees) })
            .collect()
    })
}

fn plan(models: Vec<PriceModel>) -> PlanTerms {
    let items = models.into_iter().enumerate().map(|(at, model)| PriceItem {
        code: format!("i{at}").parse().unwrap(),
        name: "Item".parse().unwrap(),
        meter: Some("m".parse().unwrap()),
        model,
        included: None,
        minimum: None,
        maximum: None,
        zero_usage: ZeroUsage::Charge,
    });
    let (minimum, tax) = (Fee::new(Decimal::new(50_000, 2)).unwrap(), Rate::new(Decimal::new(6, 2)).unwrap());
    PlanTerms::new(crate::money::Currency::CNY, items.collect(), Some(minimum), Some(tax)).unwrap()
}

fn cost(model: &PriceModel, used: Quantity) -> ExactAmount {
    let quote = plan(vec![model.clone()]).price(|_| Some(Metered::Total(used)), PeriodShare::WHOLE);
    quote.unwrap().lines[0].exact_amount
}

fn sum(quote: &Quote) -> Money {
    let none = Money::zero(quote.total.currency());
    quote.lines.iter().fold(none, |sum, line| sum.checked_add(line.amount).unwrap())
}

proptest! {
    /// A step of a thousandth more costs at most a thousandth of the dearest price more, wherever tiers begin.
    #[test]
    fn graduated_is_continuous_and_monotone(tiers in any_tiers(false), used in units(), at_end in any::<bool>()) {
        let end = tiers[0].up_to.filter(|_| at_end).unwrap_or(used);
        let step = Decimal::new(1, 3);
        let more = Quantity::new(end.value() + step).unwrap();
        let dearest = tiers.iter().map(|tier| tier.unit_price.value()).max().unwrap();
        let model = PriceModel::Graduated { tiers };
        let grown = cost(&model, more).checked_sub(cost(&model, end)).unwrap();
        prop_assert!(grown >= ExactAmount::ZERO);
        prop_assert!(grown <= ExactAmount::product(dearest, step).unwrap());
    }

    #[test]
    fn graduated_with_fees_is_monotone(tiers in any_tiers(true), one in units(), other in units()) {
        let model = PriceModel::Graduated { tiers };
        prop_assert!(cost(&model, one.min(other)) <= cost(&model, one.max(other)));
    }

    /// A graduated price is the sum of what each tier takes of the units, whatever way it is worked out.
    #[test]
    fn graduated_agrees_with_tiers_taken_one_by_one(tiers in any_tiers(true), used in units()) {
        let (mut expected, mut from) = (Decimal::ZERO, Decimal::ZERO);
        for (at, tier) in tiers.iter().enumerate() {
            let end = tier.up_to.map_or(Decimal::MAX, Quantity::value);
            if used.value() > from || at == 0 {
                let inside = used.value().min(end) - from;
                expected += inside * tier.unit_price.value() + tier.flat_fee.map_or(Decimal::ZERO, Fee::value);
            }
            from = end;
        }
        prop_assert_eq!(cost(&PriceModel::Graduated { tiers }, used), ExactAmount::from(expected));
    }

    #[test]
    fn splitting_usage_changes_no_bill(
        tiers in any_tiers(true),
        parts in prop::collection::vec(units(), 0..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let meter: Meter = "m".parse().unwrap();
        let total = Quantity::sum(&meter, &parts).unwrap();
        let mut turned = parts.clone();
        turned.rotate_left(if parts.is_empty() { 0 } else { cut.index(parts.len()) });
        for model in [PriceModel::Volume { tiers: tiers.clone() }, PriceModel::Graduated { tiers }] {
            let terms = plan(vec![model]);
            let whole = terms.price(|_| Some(Metered::Total(total)), PeriodShare::WHOLE);
            prop_assert_eq!(&terms.price(|_| Some(Metered::Events(&parts)), PeriodShare::WHOLE), &whole);
            prop_assert_eq!(&terms.price(|_| Some(Metered::Events(&turned)), PeriodShare::WHOLE), &whole);
        }
    }

    #[test]
    fn lines_sum_to_totals(one in any_tiers(true), other in any_tiers(true), used in units()) {
        let terms = plan(vec![PriceModel::Volume { tiers: one }, PriceModel::Graduated { tiers: other }]);
        let quote = terms.price(|_| Some(Metered::Total(used)), PeriodShare::WHOLE).unwrap();
        prop_assert_eq!(sum(&quote), quote.subtotal);
        prop_assert_eq!(quote.subtotal.checked_add(quote.tax), Ok(quote.total));
        prop_assert!(quote.subtotal.amount() >= Decimal::from(500), "the minimum is reached");
        for line in &quote.lines {
            let of_tiers = line.tiers.iter().try_fold(ExactAmount::ZERO, |sum, tier| sum.checked_add(tier.amount));
            prop_assert!(line.tiers.is_empty() || of_tiers == Some(line.exact_amount));
            prop_assert_eq!(line.exact_amount.round(line.amount.currency()), Some(line.amount));
        }
    }

    /// Each part is within half a minor unit of its days, so together they are within one for each.
    #[test]
    fn the_parts_of_a_split_month_sum_to_the_whole(cents in 0..100_000_000_i64, days in 28..=31_u32, cut in 1..28_u32) {
        let fee = Fee::new(Decimal::new(cents, 2)).unwrap();
        let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
        let month = (day(1), day(days));
        let terms = PlanTerms::new(crate::money::Currency::CNY, vec![PriceItem {
            meter: None,
            ..plan(vec![PriceModel::Flat { fee }]).items()[0].clone()
        }], None, None).unwrap();
        let part = |from: Option<u32>, to: Option<u32>| {
            let share = PeriodShare::between(month, from.map(day), to.map(day)).unwrap();
            terms.price(|_| None, share).unwrap().total
        };
        let parts = part(None, Some(cut)).checked_add(part(Some(cut + 1), None)).unwrap();
        let difference = parts.checked_sub(part(None, None)).unwrap();
        prop_assert!(difference.amount().abs() <= Decimal::new(1, 2), "{difference}");
    }

    /// Whatever is written as terms and usage is priced or refused, and nothing is lost without a word.
    #[test]
    fn no_number_panics(
        texts in prop::collection::vec("[0-9]{1,15}(\\.[0-9]{1,12})?|1000000000000000|-1", 6),
        model in 0..6_usize,
        days in 1..=366_u32,
    ) {
        let [a, b, c, d, e, f] = &texts[..] else { unreachable!() };
        let steps = json!([{ "up_to": a, "unit_price": b, "flat_fee": c }, { "up_to": null, "unit_price": d }]);
        let item = match model {
            0 => json!({ "model": "flat", "fee": a }),
            1 => json!({ "model": "per_unit", "unit_price": a, "included": b }),
            2 => json!({ "model": "graduated", "tiers": steps }),
            3 => json!({ "model": "volume", "tiers": steps }),
            4 => json!({ "model": "package", "package_size": a, "package_price": b }),
            _ => json!({ "model": "percentage", "rate": "0.123456789012", "fee_per_event": a, "free_amount": b }),
        };
        let first = chrono::NaiveDate::from_ymd_opt(2028, 1, 1).unwrap();
        let last = chrono::NaiveDate::from_ymd_opt(2028, 12, 31).unwrap();
        let share = PeriodShare::between((first, last), None, first.checked_add_days(chrono::Days::new(days.into() )));
        let terms = read(vec![item], json!({ "tax_rate": "0.06" }));
        let used: Result<Vec<Quantity>, _> = [e, f].iter().map(|text| text.parse()).collect();
        if let (Ok(terms), Ok(used)) = (terms, used)
            && let Ok(quote) = terms.price(|_| Some(Metered::Events(&used)), share.unwrap())
        {
            prop_assert_eq!(sum(&quote), quote.subtotal);
        }
    }
}
