//! The bills that count a customer's usage of a month, and what of it they do not.

use tallybook_domain::Refusal;
use tallybook_domain::billing::bill::{BillAction, Stretch};
use tallybook_domain::billing::late_usage::{LateUsage, late_usage};
use tallybook_domain::billing::{
    Bill, BillId, BillRefusal, BillState, PlanCode, PricePlan, Usage, UsageId, UsageRefusal,
};
use tallybook_event_store::Decision;

use super::issue_drafted::not_held;
use super::regenerate_bill::hold_plans;

/// A month's bills that stand.
#[derive(Debug, Clone)]
pub(super) struct MonthBills {
    pub(super) usage: UsageId,
    /// The one of the whole month.
    pub(super) base: BillId,
    /// All of them, newest first.
    pub(super) standing: Vec<BillId>,
}

impl MonthBills {
    /// Those of the month of a bill, which has to be issued itself.
    pub(super) fn of(decision: &mut Decision<'_>, bill: &BillId) -> Result<Self, Refusal> {
        match decision.state::<Bill>(bill.as_str()).state() {
            Some(BillState::Issued) => {}
            Some(state @ (BillState::Draft | BillState::Voided)) => {
                let (bill, action) = (bill.clone(), BillAction::SettleLateUsage);
                return Err(BillRefusal::NotInState { bill, state, action }.into());
            }
            None => return Err(BillRefusal::NotFound { bill: bill.clone() }.into()),
        }
        let usage = UsageId::new(&bill.customer(), bill.month());
        let mut standing: Vec<BillId> = Vec::new();
        for counted in decision.state::<Usage>(usage.as_str()).bills().iter().rev() {
            if !standing.contains(&counted.bill) {
                standing.push(counted.bill.clone());
            }
        }
        standing.sort_by_key(|bill| std::cmp::Reverse(bill.delta_number()));
        if standing.iter().filter(|bill| !decision.holds::<Bill>(bill.as_str())).count() > 0 {
            return Err(not_held(bill));
        }
        let base =
            standing.last().cloned().ok_or_else(|| UsageRefusal::NotBilled { usage: usage.clone() })?;
        Ok(Self { usage, base, standing })
    }

    /// What came in or was corrected since, and what it changes.
    pub(super) fn late_usage(&self, decision: &mut Decision<'_>) -> Result<LateUsage, Refusal> {
        let not_found = || BillRefusal::NotFound { bill: self.base.clone() };
        let amounts = decision.state::<Bill>(self.base.as_str()).amounts().ok_or_else(not_found)?;
        let month = (self.base.month(), amounts.currency());
        let stretches: Vec<Stretch> = amounts.parts.iter().map(|part| part.stretch.clone()).collect();
        if !hold_plans(decision, stretches.iter().map(|stretch| &stretch.plan)) {
            return Err(not_held(&self.base));
        }
        let usage = decision.state::<Usage>(self.usage.as_str());
        let not_billed = || UsageRefusal::NotBilled { usage: self.usage.clone() };
        let counted = usage.bills().last().ok_or_else(not_billed)?;
        let plan = |code: &PlanCode| Some(decision.state::<PricePlan>(&code.stream()));
        Ok(late_usage(month, &stretches, counted, usage, plan)?)
    }

    /// The bill of the difference that comes next.
    pub(super) fn next_delta(&self, decision: &mut Decision<'_>) -> Result<BillId, Refusal> {
        for delta in (1..).map_while(|number| self.base.delta(number)) {
            if !decision.holds::<Bill>(delta.as_str()) {
                break;
            }
            if decision.state::<Bill>(delta.as_str()).state().is_none() {
                return Ok(delta);
            }
        }
        Err(not_held(&self.base))
    }
}
