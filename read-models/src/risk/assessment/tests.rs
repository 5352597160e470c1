use super::RiskAssessments;
use crate::testing::risk::assessed;
use crate::testing::{folded, try_folded, wallet, withdrawal};

#[test]
fn each_judgement_is_kept_once_as_it_was() {
    let tables = folded::<RiskAssessments>([assessed(1, "60.00", 0), assessed(2, "70.00", 80)]);
    let second = tables.assessments.get(&withdrawal(2)).unwrap();
    assert_eq!((second.assessment.score, second.assessment.outcome.as_str()), (80, "review"));
    assert_eq!((second.customer.as_str(), second.created.position), ("C00001", 2));
    assert_eq!(second.assessment.inputs.amount.amount().to_string(), "70.00");
    assert!(try_folded::<RiskAssessments>([assessed(1, "60.00", 0), assessed(1, "60.00", 0)]).is_err());
}

#[test]
fn a_wallet_says_how_its_latest_withdrawal_was_judged() {
    let tables = folded::<RiskAssessments>([assessed(1, "60.00", 120), assessed(2, "70.00", 80)]);
    let row = tables.customers.get(&wallet(1)).unwrap();
    assert_eq!((row.score, row.outcome.as_str(), row.assessed), (80, "review", 2));
    assert_eq!((&row.withdrawal, row.updated.position), (&withdrawal(2), 2));
}
