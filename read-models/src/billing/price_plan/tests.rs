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
