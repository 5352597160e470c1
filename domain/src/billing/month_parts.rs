//! What a customer's month comes to: each stretch under one version of one plan, priced.
//!
//! A pure function of what is kept in the streams, so that a bill can be calculated again for ever. Usage is priced by
//! the terms in force on its day; of fees and minimums, each stretch pays its share of days. Tax is on the sum: stretches
//! with the same rate are taxed together.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::bill::BillPart;
use super::pricing::{
    Meter, Metered, PeriodShare, PlanTerms, PriceModel, PricingRefusal, Quantity, TaxOnSum,
};
use super::usage::MeterUsage;
use super::{PlanCode, PlanPeriod, PlanVersion, PricePlan, Subscription, Usage};
use crate::money::Currency;
use crate::month::Month;

/// Why a month cannot be calculated: something about this customer has to be put right first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonthRefusal {
    #[error("price plan {plan} was assigned while the month was being billed: bill it again")]
    PlanNotLoaded { plan: PlanCode },
    #[error("price plan {plan} has no version in force on {on}")]
    NoVersion { plan: PlanCode, on: NaiveDate },
    #[error("the plans of the month are in {one} and {other}: one bill has one currency")]
    TwoCurrencies { one: Currency, other: Currency },
    /// What was used would be charged to nobody.
    #[error(
        "usage of {meter} on {on} is priced by no plan: give the customer a plan for that day that has an item for it (of price 0, if it is free), or correct it to 0"
    )]
    NotPriced { meter: Meter, on: NaiveDate },
    /// The same, once the month is billed: the bill keeps the versions of its plans.
    #[error(
        "usage of {meter} on {on} came after the bill, and no plan of the bill prices it: correct it to 0, and charge it by a debit note, or, if the bill has no note, void it and bill the month again under a plan that has an item for it"
    )]
    LateNotPriced { meter: Meter, on: NaiveDate },
    #[error("no price plan was in force in the month")]
    NoPlan,
    #[error(transparent)]
    Pricing(#[from] PricingRefusal),
}

/// The parts of the month's bill, in the order of their days; none if no plan was in force.
pub fn month_parts<'p>(
    month: Month,
    subscription: &Subscription,
    usage: &Usage,
    plan: impl Fn(&PlanCode) -> Option<&'p PricePlan>,
) -> Result<Vec<BillPart>, MonthRefusal> {
    let (first, last) = (month.first_day(), month.last_day());
    let (mut parts, mut tax): (Vec<BillPart>, _) = (Vec::new(), TaxOnSum::default());
    for period in subscription.between(first, last) {
        let not_loaded = || MonthRefusal::PlanNotLoaded { plan: period.plan.clone() };
        let plan = plan(&period.plan).ok_or_else(not_loaded)?;
        for (version, from, to) in stretches(plan, &period)? {
            let currency = version.terms.currency();
            if let Some(before) = parts.first().map(|part| part.quote.subtotal.currency())
                && before != currency
            {
                return Err(MonthRefusal::TwoCurrencies { one: before, other: currency });
            }
            let quote = price(&version.terms, usage.by_meter(), (first, last), (from, to))?;
            let (plan, plan_version) = (period.plan.clone(), version.version);
            parts.push(BillPart { plan, plan_version, from, to, quote: quote.taxed(&mut tax)? });
        }
    }
    check_priced(&parts, usage, plan)?;
    Ok(parts)
}

/// Refuses usage on a day without a plan, and usage that its plan has no item for.
fn check_priced<'p>(
    parts: &[BillPart],
    usage: &Usage,
    plan: impl Fn(&PlanCode) -> Option<&'p PricePlan>,
) -> Result<(), MonthRefusal> {
    for (meter, used) in usage.meters() {
        let prices = |part: &&BillPart| {
            let version = plan(&part.plan).and_then(|plan| plan.in_force_on(part.from));
            version.is_some_and(|version| {
                version.terms.items().iter().any(|item| item.meter.as_ref() == Some(meter))
            })
        };
        let priced: Vec<_> = parts.iter().filter(prices).map(|part| part.from..=part.to).collect();
        let unpriced = used.readings().iter().find(|reading| {
            !reading.quantity.is_zero() && !priced.iter().any(|days| days.contains(&reading.date))
        });
        if let Some(reading) = unpriced {
            return Err(MonthRefusal::NotPriced { meter: meter.clone(), on: reading.date });
        }
    }
    Ok(())
}

/// The days of a plan's period by the versions in force on them.
fn stretches<'p>(
    plan: &'p PricePlan,
    period: &PlanPeriod,
) -> Result<Vec<(&'p PlanVersion, NaiveDate, NaiveDate)>, MonthRefusal> {
    let (mut stretches, mut from) = (Vec::new(), period.from);
    loop {
        let no_version = || MonthRefusal::NoVersion { plan: period.plan.clone(), on: from };
        let version = plan.in_force_on(from).ok_or_else(no_version)?;
        let next = plan.versions().iter().map(|later| later.effective_from).find(|begins| *begins > from);
        match next.filter(|next| *next <= period.to) {
            Some(next) => {
                stretches.push((version, from, next.checked_sub_days(Days::new(1)).unwrap_or(from)));
                from = next;
            }
            None => {
                stretches.push((version, from, period.to));
                return Ok(stretches);
            }
        }
    }
}

/// What some days of a month cost under the terms in force on them, taxed by themselves.
pub(super) fn price(
    terms: &PlanTerms,
    meters: &BTreeMap<Meter, MeterUsage>,
    (first, last): (NaiveDate, NaiveDate),
    (from, to): (NaiveDate, NaiveDate),
) -> Result<super::pricing::Quote, MonthRefusal> {
    let whole = (from, to) == (first, last);
    // The stretch lies within the month, which is not too long to be a period.
    let share = PeriodShare::between((first, last), Some(from), Some(to)).unwrap_or(PeriodShare::WHOLE);
    let by_event = |meter: &Meter| {
        let takes = |model: &PriceModel| matches!(model, PriceModel::Percentage(_));
        terms.items().iter().any(|item| item.meter.as_ref() == Some(meter) && takes(&item.model))
    };
    let single: Vec<(&Meter, Vec<Quantity>)> = meters
        .iter()
        .filter(|(meter, _)| !whole || by_event(meter))
        .map(|(meter, used)| (meter, between(used, from, to)))
        .collect();
    let used = |meter: &Meter| match single.iter().find(|(known, _)| *known == meter) {
        Some((_, quantities)) => Some(Metered::Events(quantities)),
        None if whole => meters.get(meter).map(|used| Metered::Total(used.total())),
        None => None,
    };
    Ok(terms.price(used, share)?)
}

fn between(used: &MeterUsage, from: NaiveDate, to: NaiveDate) -> Vec<Quantity> {
    let readings = used.readings().iter().filter(|reading| (from..=to).contains(&reading.date));
    readings.map(|reading| reading.quantity).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::usage::{UsageEvent, UsageId};
    use crate::billing::{PricePlanEvent, SubscriptionEvent};
    use crate::event_sourced::EventSourced;
    use crate::ids::CustomerId;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn october() -> Month {
        "2026-10".parse().unwrap()
    }

    fn plan(code: &str, versions: &[(&str, &str)]) -> PricePlan {
        let mut plan = PricePlan::default();
        let code: PlanCode = code.parse().unwrap();
        let created = PricePlanEvent::PricePlanCreated { plan: code.clone(), name: "P".parse().unwrap() };
        plan.evolve(&created).unwrap();
        for ((from, price), version) in versions.iter().zip(1..) {
            let terms = serde_json::from_str(&format!(
                r#"{{"currency":"CNY","items":[
                    {{"code":"base","name":"Base","model":"flat","fee":"310"}},
                    {{"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"{price}"}}]}}"#
            ))
            .unwrap();
            let (plan_code, effective_from) = (code.clone(), day(from));
            plan.evolve(&PricePlanEvent::PricePlanVersionAdded {
                plan: plan_code,
                version,
                effective_from,
                terms,
            })
            .unwrap();
        }
        plan
    }

    fn subscribed(changes: &[(&str, &str)]) -> Subscription {
        let mut subscription = Subscription::default();
        let customer = CustomerId::from_number(42);
        for (plan, from) in changes {
            let (customer, plan, from) = (customer.clone(), plan.parse().unwrap(), day(from));
            subscription.evolve(&SubscriptionEvent::PricePlanAssigned { customer, plan, from }).unwrap();
        }
        subscription
    }

    /// One call on each day of October.
    fn a_call_a_day() -> Usage {
        let id = UsageId::new(&CustomerId::from_number(42), october());
        let records = (1..=31)
            .map(|day| {
                let text = format!(
                    r#"{{"meter":"calls","date":"2026-10-{day:02}","quantity":"1","reference":"d{day}"}}"#
                );
                serde_json::from_str(&text).unwrap()
            })
            .collect();
        let mut usage = Usage::default();
        usage.evolve(&UsageEvent::UsageRecorded { usage: id, records, late: false }).unwrap();
        usage
    }

    fn parts(
        subscription: &Subscription,
        plans: &[(&str, PricePlan)],
    ) -> Result<Vec<BillPart>, MonthRefusal> {
        let known = |code: &PlanCode| plans.iter().find(|(name, _)| *name == code.as_str()).map(|(_, p)| p);
        month_parts(october(), subscription, &a_call_a_day(), known)
    }

    fn told(parts: &[BillPart]) -> Vec<(String, u32, String, String)> {
        let told = |part: &BillPart| {
            let days = format!("{}..{}", part.from, part.to);
            (part.plan.to_string(), part.plan_version, days, part.quote.subtotal.amount().to_string())
        };
        parts.iter().map(told).collect()
    }

    fn row(plan: &str, version: u32, days: &str, subtotal: &str) -> (String, u32, String, String) {
        (plan.into(), version, days.into(), subtotal.into())
    }

    #[test]
    fn a_whole_month_under_one_plan_is_one_part() {
        let plans = [("a", plan("a", &[("2026-01-01", "2")]))];
        let all = parts(&subscribed(&[("a", "2026-01-01")]), &plans).unwrap();
        assert_eq!(told(&all), [row("a", 1, "2026-10-01..2026-10-31", "372.00")]);
        // Under no plan, nothing is owed if nothing was used.
        let without_usage = month_parts(october(), &subscribed(&[]), &Usage::default(), |_| None);
        assert_eq!(without_usage.unwrap(), []);
        let refused = parts(&subscribed(&[]), &plans).unwrap_err();
        assert!(matches!(refused, MonthRefusal::NotPriced { .. }), "{refused}");
    }

    #[test]
    fn each_stretch_is_priced_by_its_own_terms_and_its_own_days() {
        let plans = [
            ("a", plan("a", &[("2026-01-01", "1"), ("2026-10-11", "2")])),
            ("b", plan("b", &[("2026-01-01", "3")])),
        ];
        let split = parts(&subscribed(&[("a", "2026-10-01"), ("b", "2026-10-22")]), &plans).unwrap();
        assert_eq!(
            told(&split),
            [
                row("a", 1, "2026-10-01..2026-10-10", "110.00"),
                row("a", 2, "2026-10-11..2026-10-21", "132.00"),
                row("b", 1, "2026-10-22..2026-10-31", "130.00"),
            ]
        );
        let known = |code: &PlanCode| (code.as_str() == "a").then_some(&plans[0].1);
        let late = subscribed(&[("a", "2026-10-31")]);
        let late = month_parts(october(), &late, &Usage::default(), known).unwrap();
        assert_eq!(told(&late), [row("a", 2, "2026-10-31..2026-10-31", "10.00")]);
    }

    #[test]
    fn a_plan_that_goes_on_is_one_stretch_whatever_was_meant_in_between() {
        let plans = [("a", plan("a", &[("2026-01-01", "2")])), ("b", plan("b", &[("2026-01-01", "3")]))];
        let back = subscribed(&[("a", "2026-10-01"), ("b", "2026-10-20"), ("a", "2026-10-20")]);
        assert_eq!(told(&parts(&back, &plans).unwrap()), [row("a", 1, "2026-10-01..2026-10-31", "372.00")]);
    }

    #[test]
    fn nothing_that_was_used_is_left_unpriced() {
        let (meter, on): (Meter, _) = ("calls".parse().unwrap(), day("2026-10-01"));
        let plans = [("a", plan("a", &[("2026-01-01", "2")]))];
        let refused = Err(MonthRefusal::NotPriced { meter: meter.clone(), on });
        assert_eq!(parts(&subscribed(&[("a", "2026-10-02")]), &plans), refused, "a day without a plan");
        let terms =
            r#"{"currency":"CNY","items":[{"code":"base","name":"Base","model":"flat","fee":"310"}]}"#;
        let mut no_calls = PricePlan::default();
        let (plan, name) = ("c".parse::<PlanCode>().unwrap(), "C".parse().unwrap());
        no_calls.evolve(&PricePlanEvent::PricePlanCreated { plan: plan.clone(), name }).unwrap();
        let (effective_from, terms) = (day("2026-01-01"), serde_json::from_str(terms).unwrap());
        let added = PricePlanEvent::PricePlanVersionAdded { plan, version: 1, effective_from, terms };
        no_calls.evolve(&added).unwrap();
        assert_eq!(parts(&subscribed(&[("c", "2026-10-01")]), &[("c", no_calls)]), refused, "no item for it");
    }

    #[test]
    fn what_cannot_be_calculated_says_why() {
        let plans = [("a", plan("a", &[("2026-10-05", "1")]))];
        let (code, on): (PlanCode, _) = ("a".parse().unwrap(), day("2026-10-01"));
        assert_eq!(
            parts(&subscribed(&[("a", "2026-10-01")]), &plans),
            Err(MonthRefusal::NoVersion { plan: code, on })
        );
        let plan = "b".parse().unwrap();
        assert_eq!(
            parts(&subscribed(&[("b", "2026-10-01")]), &plans),
            Err(MonthRefusal::PlanNotLoaded { plan })
        );
    }
}
