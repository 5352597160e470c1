//! What a client is told about each refusal of rules of risk, judgements, alerts and frozen wallets.

use tallybook_domain::risk::{
    PayeeRefusal, RiskAlertRefusal, RiskHistoryRefusal, RiskRulesRefusal, WalletFreezeRefusal,
};

use super::{FieldError, Problem, ProblemKind, sentence};

impl From<RiskRulesRefusal> for Problem {
    fn from(refusal: RiskRulesRefusal) -> Self {
        use RiskRulesRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            // The body's reader has checked them, with the place of what is wrong.
            R::Invalid(invalid) => {
                let (pointer, code) = (invalid.pointer(), invalid.code());
                Self::validation(vec![FieldError { pointer, code, detail }])
            }
            R::ChangedSince { expected, version } => Self::new(ProblemKind::RiskRulesChanged, detail)
                .with("expected", expected)
                .with("version", version),
            R::TooMany => Self::internal(detail),
        }
    }
}

impl From<RiskHistoryRefusal> for Problem {
    fn from(refusal: RiskHistoryRefusal) -> Self {
        match refusal {
            // The wallet says whose it is.
            RiskHistoryRefusal::OfAnother { .. } => Self::internal(refusal),
            RiskHistoryRefusal::Money(error) => error.into(),
        }
    }
}

impl From<PayeeRefusal> for Problem {
    fn from(refusal: PayeeRefusal) -> Self {
        match refusal {
            // Its stream goes by the same id.
            PayeeRefusal::Another { .. } => Self::internal(refusal),
        }
    }
}

impl From<RiskAlertRefusal> for Problem {
    fn from(refusal: RiskAlertRefusal) -> Self {
        use RiskAlertRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, alert| Self::new(kind, detail.clone()).with("alert", alert);
        match refusal {
            R::NotFound { alert } => problem(ProblemKind::RiskAlertNotFound, alert),
            // The withdrawal's id was made for this one, and only what does not pass raises one.
            R::AlreadyRaised { .. } | R::NothingToSee { .. } => Self::internal(detail),
            R::NotOpen { alert, state } => problem(ProblemKind::RiskAlertNotOpen, alert).with("state", state),
            R::ClaimedByAnother { alert, claimed_by } => {
                problem(ProblemKind::RiskAlertClaimed, alert).with("claimed_by", claimed_by)
            }
            R::OwnRequest { alert, requested_by } => {
                problem(ProblemKind::SelfApproval, alert).with("requested_by", requested_by)
            }
            R::ReviewOpen { alert, outcome } => {
                problem(ProblemKind::RiskReviewOpen, alert).with("outcome", outcome)
            }
            R::ReleasedBySame { alert, released_by } => {
                problem(ProblemKind::SecondPersonNeeded, alert).with("released_by", released_by)
            }
        }
    }
}

impl From<WalletFreezeRefusal> for Problem {
    fn from(refusal: WalletFreezeRefusal) -> Self {
        let detail = sentence(&refusal);
        match refusal {
            WalletFreezeRefusal::Frozen { wallet, reason } => {
                Self::new(ProblemKind::WalletFrozen, detail).with("wallet", wallet).with("reason", reason)
            }
            WalletFreezeRefusal::NotFound { wallet } => {
                Self::new(ProblemKind::WalletNotFound, detail).with("wallet", wallet)
            }
        }
    }
}
