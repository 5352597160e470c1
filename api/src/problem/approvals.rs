//! What a client is told about each refusal of rules of approval, approvals and delegations.

use tallybook_domain::approvals::{ApprovalDelegationsRefusal, ApprovalRefusal, ApprovalRulesRefusal};

use super::{FieldError, Problem, ProblemKind, sentence};

impl From<ApprovalRulesRefusal> for Problem {
    fn from(refusal: ApprovalRulesRefusal) -> Self {
        use ApprovalRulesRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            // The body's reader has checked them, with the place of what is wrong.
            R::Invalid(invalid) => {
                let (pointer, code) = (invalid.pointer(), invalid.code());
                Self::validation(vec![FieldError { pointer, code, detail }])
            }
            R::ChangedSince { expected, version } => Self::new(ProblemKind::ApprovalRulesChanged, detail)
                .with("expected", expected)
                .with("version", version),
            R::TooMany => Self::internal(detail),
        }
    }
}

impl From<ApprovalRefusal> for Problem {
    fn from(refusal: ApprovalRefusal) -> Self {
        use ApprovalRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, approval| Self::new(kind, detail.clone()).with("approval", approval);
        match refusal {
            R::NotFound { subject } => {
                Self::new(ProblemKind::ApprovalNotFound, detail).with("subject", subject.to_string())
            }
            R::OfAnother { approval, subject } => {
                problem(ProblemKind::ApprovalNotFound, approval).with("subject", subject.to_string())
            }
            // What can be asked for has nothing under way, and not so often.
            R::UnderWay { .. } | R::TooOften { .. } | R::NotDue { .. } => Self::internal(detail),
            R::NotOpen { approval, state } => {
                problem(ProblemKind::ApprovalNotOpen, approval).with("state", state)
            }
            R::AskedAgain { approval, latest } => {
                problem(ProblemKind::ApprovalNotOpen, approval).with("latest", latest)
            }
            R::Expired { approval, expires_at } => {
                problem(ProblemKind::ApprovalExpired, approval).with("expires_at", expires_at)
            }
            R::SelfApproval { approval, requested_by } => {
                problem(ProblemKind::SelfApproval, approval).with("requested_by", requested_by)
            }
            R::AlreadyGiven { approval, given_by } => {
                problem(ProblemKind::ApprovalAlreadyGiven, approval).with("given_by", given_by)
            }
        }
    }
}

impl From<ApprovalDelegationsRefusal> for Problem {
    fn from(refusal: ApprovalDelegationsRefusal) -> Self {
        use ApprovalDelegationsRefusal as R;
        let detail = sentence(&refusal);
        let refused = Self::new(ProblemKind::DelegationRefused, detail.clone());
        match refusal {
            R::NotAPerson { actor } => refused.with("actor", actor),
            R::ToOneself { delegator } => refused.with("delegator", delegator),
            R::EndsBeforeItBegins { from, until } => refused.with("from", from).with("until", until),
            R::Over { until, today } => refused.with("until", until).with("today", today),
            R::TooLong { days, most } => refused.with("days", days).with("most", most),
            R::Overlaps { delegation, delegate } => {
                refused.with("delegation", delegation).with("delegate", delegate)
            }
            R::NotFound { delegation } => {
                Self::new(ProblemKind::DelegationNotFound, detail).with("delegation", delegation)
            }
            R::OfOthers { delegation } => {
                Self::new(ProblemKind::NotDelegated, detail).with("delegation", delegation)
            }
            R::NotDelegated { delegator, delegate, today } => Self::new(ProblemKind::NotDelegated, detail)
                .with("delegator", delegator)
                .with("delegate", delegate)
                .with("today", today),
            R::TooMany { .. } => Self::internal(detail),
        }
    }
}
