use super::*;
use crate::money::{Currency, Money};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

#[test]
fn an_approval_says_what_it_is_about_and_how_often_that_was_asked_for() {
    let texts = [
        ("withdrawal.0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000.1", ApprovalKind::Withdrawal),
        ("write_off.W01K7RA8ZAYFGXSMRSF9FMC3M01.1", ApprovalKind::WriteOff),
        ("credit_note.N01K7RA8ZAYFGXSMRSF9FMC3M02.1", ApprovalKind::CreditNote),
        ("bad_debt.C00042.2026-10.r2.3", ApprovalKind::BadDebt),
        ("period_reopening.2026-10.12", ApprovalKind::PeriodReopening),
        ("order_refund.F01K7RA8ZAYFGXSMRSF9FMC3M05.1", ApprovalKind::OrderRefund),
        ("price_plan_version.standard-2026.1", ApprovalKind::PricePlanVersion),
        ("price_plan_change.C00042.2", ApprovalKind::PricePlanChange),
    ];
    for (text, kind) in texts {
        let id: ApprovalId = text.parse().unwrap();
        assert_eq!((id.kind(), id.as_str()), (kind, text));
        assert_eq!(ApprovalId::new(&id.subject(), id.round()), id);
    }
    for wrong in
        ["", "withdrawal", "period_reopening.2026-10", "period_reopening.2026-10.0", "refund.2026-10.1"]
    {
        assert!(wrong.parse::<ApprovalId>().is_err(), "{wrong}");
    }
    assert!("period_reopening.2026-10.01".parse::<ApprovalId>().is_err());
    for kind in ApprovalKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
}

#[test]
fn up_to_five_thousand_takes_one_and_more_takes_two() {
    let rules = ApprovalRuleSet::beginning();
    let terms = rules.terms(ApprovalKind::Refund);
    let approvers = |amount| terms.approvers(&[yuan(amount)]);
    assert_eq!(["0.01", "4999.99", "5000.00", "5000.01"].map(approvers), [1, 1, 1, 2]);
    assert_eq!(terms.approvers(&[]), 1, "what has no amount");
    let dollars = Money::parse("0.01", Currency::parse("USD").unwrap()).unwrap();
    assert_eq!(terms.approvers(&[dollars]), 2, "a currency nobody has named");
    assert_eq!(terms.approvers(&[yuan("1.00"), dollars]), 2, "the amount that takes the most counts");
}

#[test]
fn a_kind_may_have_terms_of_its_own() {
    let mut rules = ApprovalRuleSet::beginning();
    let own = ApprovalTerms { ladder: Vec::new(), above: 3, without_amount: 1, expires_after_hours: 1 };
    rules.kinds.push(TermsOfKind { kind: ApprovalKind::Withdrawal, terms: own });
    assert_eq!(rules.check(), Ok(()));
    assert_eq!(rules.terms(ApprovalKind::Withdrawal).approvers(&[yuan("1.00")]), 3);
    assert_eq!(rules.terms(ApprovalKind::Refund).approvers(&[yuan("1.00")]), 1);
}
