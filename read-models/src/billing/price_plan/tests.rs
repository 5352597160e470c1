use tallybook_domain::BookEvent;
use tallybook_domain::billing::{PlanCode, PricePlanEvent};

use super::PricePlans;
use crate::fold::FoldFault;
use crate::testing::{day, folded, try_folded};

fn plan() -> PlanCode {
    "standard".parse().unwrap()
}

fn created() -> BookEvent {
    PricePlanEvent::PricePlanCreated { plan: plan(), name: "标准版".parse().unwrap() }.into()
}

fn version(version: u32, from: &str, price: &str) -> BookEvent {
    let terms = format!(
        r#"{{"currency":"CNY","items":[{{"code":"sms","name":"SMS","meter":"sms","model":"per_unit","unit_price":"{price}"}}],"tax_rate":"0.06"}}"#
    );
    PricePlanEvent::PricePlanVersionAdded {
        plan: plan(),
        version,
        effective_from: day(from),
        terms: serde_json::from_str(&terms).unwrap(),
    }
    .into()
}

#[test]
fn a_plan_keeps_all_its_versions() {
    let tables = folded::<PricePlans>([
        created(),
        version(1, "2026-01-01", "0.10"),
        version(2, "2026-07-01", "0.090"),
    ]);
    let row = tables.plans.get(&plan()).unwrap();
    assert_eq!((row.name.as_str(), row.latest_version), ("标准版", 2));
    assert_eq!((row.created.position, row.updated.position), (1, 3));
    let price = |number| {
        let version = tables.versions.get(&(plan(), number)).unwrap();
        let written = serde_json::to_value(&version.terms).unwrap();
        (version.effective_from, written["items"][0]["unit_price"].clone(), version.created.position)
    };
    assert_eq!(price(1), (day("2026-01-01"), "0.1".into(), 2));
    assert_eq!(price(2), (day("2026-07-01"), "0.09".into(), 3));
}

#[test]
fn a_version_of_nothing_is_a_fault() {
    let error = try_folded::<PricePlans>([version(1, "2026-01-01", "0.10")]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "price_plans", .. }));
    let twice = [created(), version(1, "2026-01-01", "0.10"), version(1, "2026-02-01", "0.10")];
    let error = try_folded::<PricePlans>(twice).unwrap_err();
    assert!(matches!(error.fault, FoldFault::AlreadyThere { table: "price_plan_versions", .. }));
}

fn requested() -> BookEvent {
    let terms = r#"{"currency":"CNY","items":[{"code":"base","name":"Base","model":"flat","fee":"120"}]}"#;
    PricePlanEvent::PricePlanVersionRequested {
        plan: plan(),
        effective_from: day("2026-07-01"),
        terms: serde_json::from_str(terms).unwrap(),
        reason: Some("new prices".parse().unwrap()),
        requested_by: "user:li".parse().unwrap(),
    }
    .into()
}

#[test]
fn a_version_that_waits_is_told_until_it_is_decided() {
    let waiting = || [created(), version(1, "2026-01-01", "0.10"), requested()];
    let tables = folded::<PricePlans>(waiting());
    let row = tables.plans.get(&plan()).unwrap();
    let asked = row.requested.as_ref().unwrap();
    assert_eq!((asked.effective_from, asked.requested_by.as_str()), (day("2026-07-01"), "user:li"));
    assert_eq!((row.latest_version, row.updated.position), (1, 3));
    let (wang, reason) = (|| "user:wang".parse().unwrap(), "too dear".parse().unwrap());
    let approved = PricePlanEvent::PricePlanVersionApproved { plan: plan(), approved_by: wang() };
    let rejected = PricePlanEvent::PricePlanVersionRejected { plan: plan(), rejected_by: wang(), reason };
    for decided in [approved, rejected] {
        let tables = folded::<PricePlans>(waiting().into_iter().chain([decided.into()]));
        assert_eq!(tables.plans.get(&plan()).unwrap().requested, None);
    }
}
