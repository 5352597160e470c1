//! What a client is told about each refusal of billing.

use tallybook_domain::billing::{
    CreditLimitRefusal, MonthRefusal, UsageQuarantineRefusal, UsageRefusal, UsageSourceRefusal,
};

use super::{Problem, ProblemKind, sentence};

impl From<UsageRefusal> for Problem {
    fn from(refusal: UsageRefusal) -> Self {
        use UsageRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::Differs { meter, date, reference, recorded, given } => {
                Self::new(ProblemKind::UsageDiffers, detail)
                    .with("meter", meter)
                    .with("date", date)
                    .with("reference", reference)
                    .with("recorded", recorded)
                    .with("given", given)
            }
            R::NotRecorded { meter, date, reference } => Self::new(ProblemKind::UsageNotRecorded, detail)
                .with("meter", meter)
                .with("date", date)
                .with("reference", reference),
            R::SumOutOfRange { usage, meter } => {
                Self::new(ProblemKind::UsageSumOutOfRange, detail).with("usage", usage).with("meter", meter)
            }
            R::Date(out_of_range) => out_of_range.into(),
            R::BilledAlready { usage, bill } => {
                Self::new(ProblemKind::UsageBilledAlready, detail).with("usage", usage).with("bill", bill)
            }
            R::NotBilled { usage } => Self::new(ProblemKind::UsageNotBilled, detail).with("usage", usage),
            R::NothingLate { usage, bill } => {
                Self::new(ProblemKind::NothingLate, detail).with("usage", usage).with("bill", bill)
            }
            R::LaterBillStands { bill, later } => {
                Self::new(ProblemKind::LaterBillStands, detail).with("bill", bill).with("later", later)
            }
        }
    }
}

impl From<UsageSourceRefusal> for Problem {
    fn from(refusal: UsageSourceRefusal) -> Self {
        use UsageSourceRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::UnderWay { run } => Self::new(ProblemKind::UsageRunUnderWay, detail).with("run", run),
            R::NotUnderWay { run } => Self::new(ProblemKind::UsageRunNotUnderWay, detail).with("run", run),
            R::TooMany { source_name } => {
                Self::new(ProblemKind::AmountOutOfRange, detail).with("source", source_name)
            }
            R::FileTaken => Self::new(ProblemKind::UsageFileTaken, detail),
        }
    }
}

impl From<UsageQuarantineRefusal> for Problem {
    fn from(refusal: UsageQuarantineRefusal) -> Self {
        use UsageQuarantineRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::NotFound { id } => Self::new(ProblemKind::QuarantinedUsageNotFound, detail).with("id", id),
            R::AlreadyDecided { id, state } => {
                Self::new(ProblemKind::QuarantinedUsageDecided, detail).with("id", id).with("state", state)
            }
            R::NotAQuantity { id, given } => Self::new(ProblemKind::QuarantinedUsageNotAQuantity, detail)
                .with("id", id)
                .with("given", given),
            R::Full { quarantine } => {
                Self::new(ProblemKind::QuarantineFull, detail).with("quarantine", quarantine)
            }
        }
    }
}

impl From<MonthRefusal> for Problem {
    fn from(refusal: MonthRefusal) -> Self {
        use MonthRefusal as R;
        let problem = Self::new(ProblemKind::MonthNotBillable, sentence(&refusal));
        match refusal {
            R::PlanNotLoaded { plan } => problem.with("plan", plan),
            R::NoVersion { plan, on } => problem.with("plan", plan).with("on", on),
            R::TwoCurrencies { one, other } => problem.with("currencies", [one, other]),
            R::NotPriced { meter, on } | R::LateNotPriced { meter, on } => {
                problem.with("meter", meter).with("on", on)
            }
            R::NoPlan => problem,
            R::Pricing(refusal) => refusal.into(),
        }
    }
}

impl From<CreditLimitRefusal> for Problem {
    fn from(refusal: CreditLimitRefusal) -> Self {
        use CreditLimitRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::Passed { subject, passed } => Self::new(ProblemKind::CreditLimitPassed, detail)
                .with(subject.kind(), subject)
                .with("limit", passed.limit)
                .with("exposure", passed.exposure),
            R::NoAlert { subject } => {
                Self::new(ProblemKind::CreditAlertNotFound, detail).with(subject.kind(), subject)
            }
            // Whoever places an order looks for them and decides again, so nobody is ever told.
            R::OrdersNotCounted { .. } => Self::internal(detail),
            R::TooManyOrders { customer, waiting, at_most } => {
                Self::new(ProblemKind::TooManyPendingOrders, detail)
                    .with("customer", customer)
                    .with("waiting", waiting)
                    .with("at_most", at_most)
            }
            R::Money(error) => error.into(),
        }
    }
}
