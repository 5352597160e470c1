//! How many people have to approve what, and within which time.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ApprovalKind;
use crate::money::{Currency, Money};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRuleSet {
    /// Of every kind that has no terms of its own.
    pub usual: ApprovalTerms,
    /// Each kind at most once.
    pub kinds: Vec<TermsOfKind>,
    /// Whether changes of price plans take a second person: new versions, and what customers are billed by.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub price_plan_changes: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsOfKind {
    pub kind: ApprovalKind,
    pub terms: ApprovalTerms,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalTerms {
    /// In each currency from the smallest amount up.
    pub ladder: Vec<LadderStep>,
    /// Approvers of an amount above every step of its currency, and of one in a currency that has none.
    pub above: u32,
    /// Approvers of what has no amount.
    pub without_amount: u32,
    /// From when it is asked for to when it can no longer be given.
    pub expires_after_hours: u32,
}

/// Amounts up to this one, itself included, take so many approvers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderStep {
    pub up_to: Money,
    pub approvers: u32,
}

/// The most people an approval may take.
pub const MOST_APPROVERS: u32 = 5;
/// The longest an approval may wait: a year.
pub const MOST_HOURS: u32 = 8_760;

/// Why rules cannot be what somebody wrote. `kind` is the place among the kinds, from 0; without one, the usual terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidApprovalRules {
    #[error("an approval takes 1 to {MOST_APPROVERS} people, not {approvers}")]
    Approvers { kind: Option<usize>, member: Member, approvers: u32 },
    #[error("an approval waits 1 to {MOST_HOURS} hours, not {hours}")]
    Hours { kind: Option<usize>, hours: u32 },
    #[error("{amount} cannot be a step: it has to be positive, and above the step before it in its currency")]
    Amount { kind: Option<usize>, step: usize, amount: Money },
    #[error("a larger amount takes as many approvers or more: {approvers} is less than {before}")]
    Fewer { kind: Option<usize>, member: Member, before: u32, approvers: u32 },
    #[error("{name} has terms already")]
    Repeated { kind: usize, name: ApprovalKind },
}

/// Where a number of approvers stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    Step(usize),
    Above,
    WithoutAmount,
}

impl Member {
    fn pointer(self) -> String {
        match self {
            Self::Step(step) => format!("/ladder/{step}/approvers"),
            Self::Above => "/above".to_owned(),
            Self::WithoutAmount => "/without_amount".to_owned(),
        }
    }
}

impl InvalidApprovalRules {
    /// Where it is, as a JSON pointer.
    pub fn pointer(&self) -> String {
        let terms = |kind: &Option<usize>| match kind {
            None => "/usual".to_owned(),
            Some(kind) => format!("/kinds/{kind}/terms"),
        };
        match self {
            Self::Approvers { kind, member, .. } | Self::Fewer { kind, member, .. } => {
                format!("{}{}", terms(kind), member.pointer())
            }
            Self::Hours { kind, .. } => format!("{}/expires_after_hours", terms(kind)),
            Self::Amount { kind, step, .. } => format!("{}/ladder/{step}/up_to", terms(kind)),
            Self::Repeated { kind, .. } => format!("/kinds/{kind}/kind"),
        }
    }

    /// A stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Approvers { .. } | Self::Hours { .. } => "out_of_range",
            Self::Amount { .. } => "amount",
            Self::Fewer { .. } => "fewer_approvers",
            Self::Repeated { .. } => "repeated_kind",
        }
    }
}

impl ApprovalRuleSet {
    /// What a book begins with: up to 5,000.00 CNY one approver, above two; a week. Price plans change at once.
    pub fn beginning() -> Self {
        let up_to = Money::new(Decimal::from(5_000), Currency::CNY).expect("5,000.00 CNY is money");
        let ladder = vec![LadderStep { up_to, approvers: 1 }];
        let usual = ApprovalTerms { ladder, above: 2, without_amount: 1, expires_after_hours: 7 * 24 };
        Self { usual, kinds: Vec::new(), price_plan_changes: false }
    }

    pub fn terms(&self, kind: ApprovalKind) -> &ApprovalTerms {
        self.kinds.iter().find(|own| own.kind == kind).map_or(&self.usual, |own| &own.terms)
    }

    pub fn check(&self) -> Result<(), InvalidApprovalRules> {
        self.usual.check(None)?;
        for (place, TermsOfKind { kind: name, terms }) in self.kinds.iter().enumerate() {
            if self.kinds.iter().take(place).any(|before| before.kind == *name) {
                return Err(InvalidApprovalRules::Repeated { kind: place, name: *name });
            }
            terms.check(Some(place))?;
        }
        Ok(())
    }
}

impl ApprovalTerms {
    /// Of several amounts, each in a currency of its own, the one that takes the most counts.
    pub fn approvers(&self, amounts: &[Money]) -> u32 {
        amounts.iter().map(|amount| self.approvers_of(*amount)).max().unwrap_or(self.without_amount)
    }

    fn approvers_of(&self, amount: Money) -> u32 {
        let mut own = self.ladder.iter().filter(|step| step.up_to.currency() == amount.currency());
        own.find(|step| amount.amount() <= step.up_to.amount()).map_or(self.above, |step| step.approvers)
    }

    fn check(&self, kind: Option<usize>) -> Result<(), InvalidApprovalRules> {
        let hours = self.expires_after_hours;
        if !(1..=MOST_HOURS).contains(&hours) {
            return Err(InvalidApprovalRules::Hours { kind, hours });
        }
        let steps = self.ladder.iter().enumerate().map(|(at, step)| (Member::Step(at), step.approvers));
        let others = [(Member::Above, self.above), (Member::WithoutAmount, self.without_amount)];
        for (member, approvers) in steps.chain(others) {
            if !(1..=MOST_APPROVERS).contains(&approvers) {
                return Err(InvalidApprovalRules::Approvers { kind, member, approvers });
            }
        }
        self.check_ladder(kind)
    }

    fn check_ladder(&self, kind: Option<usize>) -> Result<(), InvalidApprovalRules> {
        for (step, LadderStep { up_to, approvers }) in self.ladder.iter().enumerate() {
            let same = |other: &&LadderStep| other.up_to.currency() == up_to.currency();
            let before = self.ladder.iter().take(step).rfind(same);
            if !up_to.is_positive() || before.is_some_and(|before| before.up_to.amount() >= up_to.amount()) {
                return Err(InvalidApprovalRules::Amount { kind, step, amount: *up_to });
            }
            if let Some(before) = before.map(|before| before.approvers).filter(|before| before > approvers) {
                let (member, approvers) = (Member::Step(step), *approvers);
                return Err(InvalidApprovalRules::Fewer { kind, member, before, approvers });
            }
            if *approvers > self.above {
                let (before, approvers) = (*approvers, self.above);
                return Err(InvalidApprovalRules::Fewer { kind, member: Member::Above, before, approvers });
            }
        }
        Ok(())
    }
}
