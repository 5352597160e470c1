//! What a client is told about each refusal of the domain: its kind, and the facts as members.

use tallybook_domain::billing::pricing::PricingRefusal;
use tallybook_domain::billing::{
    BillNumbersRefusal, BillRefusal, BillRunRefusal, PricePlanRefusal, SubscriptionRefusal,
};
use tallybook_domain::customers::{CustomerRefusal, OpenItem};
use tallybook_domain::dates::EffectiveDateOutOfRange;
use tallybook_domain::deposits::{WalletRefusal, WithdrawalRefusal};
use tallybook_domain::ledger::periods::PeriodRefusal;
use tallybook_domain::refusal::{RefusedBatch, RefusedEntry};
use tallybook_domain::{MoneyError, Refusal};

use super::{FieldError, Problem, ProblemKind, sentence};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Customer(refusal) => refusal.into(),
            Refusal::Wallet(refusal) => refusal.into(),
            Refusal::Withdrawal(refusal) => refusal.into(),
            Refusal::Period(refusal) => refusal.into(),
            Refusal::BillNumbers(refusal) => refusal.into(),
            Refusal::Usage(refusal) => refusal.into(),
            Refusal::UsageSource(refusal) => refusal.into(),
            Refusal::UsageQuarantine(refusal) => refusal.into(),
            Refusal::Batch(refused) => refused.into(),
            Refusal::PricePlan(refusal) => refusal.into(),
            Refusal::Subscription(refusal) => refusal.into(),
            Refusal::Bill(refusal) => refusal.into(),
            Refusal::Month(refusal) => refusal.into(),
            Refusal::BillRun(refusal) => refusal.into(),
            Refusal::CreditLimit(refusal) => refusal.into(),
            Refusal::Receipt(refusal) => refusal.into(),
            Refusal::CreditNote(refusal) => refusal.into(),
            Refusal::WriteOff(refusal) => refusal.into(),
            Refusal::MatchingRules(refusal) => refusal.into(),
            Refusal::RiskRules(refusal) => refusal.into(),
            Refusal::RiskHistory(refusal) => refusal.into(),
            Refusal::Payee(refusal) => refusal.into(),
            Refusal::RiskAlert(refusal) => refusal.into(),
            Refusal::Statement(refusal) => refusal.into(),
            Refusal::WalletFreeze(refusal) => refusal.into(),
            Refusal::ChannelNotification(refusal) => refusal.into(),
            Refusal::Order(refusal) => refusal.into(),
            Refusal::Payment(refusal) => refusal.into(),
            Refusal::OrderRefund(refusal) => refusal.into(),
            Refusal::ApprovalRules(refusal) => refusal.into(),
            Refusal::Approval(refusal) => refusal.into(),
            Refusal::ApprovalDelegations(refusal) => refusal.into(),
            Refusal::Payout(refusal) => refusal.into(),
            Refusal::PayoutBatch(refusal) => refusal.into(),
        }
    }
}

/// The problem of the first refused record, and in `errors` that of each.
impl From<RefusedBatch> for Problem {
    fn from(batch: RefusedBatch) -> Self {
        let errors: Vec<FieldError> = batch.entries().map(refused_record).collect();
        let RefusedEntry { index, refusal } = batch.first;
        Self::from(*refusal).with("index", index).with("errors", errors)
    }
}

fn refused_record(entry: &RefusedEntry) -> FieldError {
    let problem = Problem::from(Refusal::clone(&entry.refusal));
    FieldError {
        pointer: format!("/records/{}", entry.index),
        code: problem.kind.slug(),
        detail: problem.detail,
    }
}

impl From<CustomerRefusal> for Problem {
    fn from(refusal: CustomerRefusal) -> Self {
        use CustomerRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::NotFound { customer } => {
                Self::new(ProblemKind::CustomerNotFound, detail).with("customer", customer)
            }
            R::AlreadyRegistered { customer } => {
                Self::new(ProblemKind::CustomerAlreadyRegistered, detail).with("customer", customer)
            }
            R::NameMissing => Self::new(ProblemKind::Validation, detail),
            R::NameTaken { name } => Self::new(ProblemKind::CustomerNameTaken, detail).with("name", name),
            R::CodeTaken { code } => Self::new(ProblemKind::CustomerCodeTaken, detail).with("code", code),
            R::CreditLimitNegative { credit_limit } => {
                Self::new(ProblemKind::AmountOutOfRange, detail).with("credit_limit", credit_limit)
            }
            R::CreditLimitCurrency { expected, given } => Self::new(ProblemKind::CurrencyMismatch, detail)
                .with("expected", expected)
                .with("given", given),
            R::WithAnotherManager { customer, expected, actual } => {
                Self::new(ProblemKind::CustomerWithAnotherManager, detail)
                    .with("customer", customer)
                    .with("expected", expected)
                    .with("actual", actual)
            }
            R::Closed { customer } => {
                Self::new(ProblemKind::CustomerClosed, detail).with("customer", customer)
            }
            R::StillOpen { customer, open } => Self::new(ProblemKind::CustomerStillOpen, detail)
                .with("customer", customer)
                .with("open", open.iter().map(open_item).collect::<Vec<_>>()),
            R::PersonalDataErased { customer } => {
                Self::new(ProblemKind::PersonalDataErased, detail).with("customer", customer)
            }
            R::NoPersonalDataKey => Self::new(ProblemKind::PersonalDataLocked, detail),
        }
    }
}

fn open_item(item: &OpenItem) -> serde_json::Value {
    match item {
        OpenItem::Wallet { wallet, balance, held } => {
            serde_json::json!({"wallet": wallet, "balance": balance, "held": held})
        }
        OpenItem::Bill { bill, open } => serde_json::json!({"bill": bill, "open": open}),
        OpenItem::Plan { plan } => serde_json::json!({"plan": plan}),
        OpenItem::Unbilled { month } => serde_json::json!({"unbilled_month": month}),
        OpenItem::NotBilledAgain { bill } => serde_json::json!({"voided_bill": bill}),
        OpenItem::UnbilledUsage { month } => serde_json::json!({"unbilled_usage": month}),
        OpenItem::LateUsage { bill } => serde_json::json!({"late_usage": bill}),
        OpenItem::Quarantined { quarantine, waiting } => {
            serde_json::json!({"quarantine": quarantine, "waiting": waiting})
        }
        OpenItem::Advance { receipt, unapplied } => {
            serde_json::json!({"receipt": receipt, "unapplied": unapplied})
        }
        OpenItem::Refund { receipt, amount } => {
            serde_json::json!({"receipt": receipt, "refund_asked": amount})
        }
        OpenItem::CreditNote { credit_note, unapplied } => {
            serde_json::json!({"credit_note": credit_note, "unapplied": unapplied})
        }
        OpenItem::Order { order, state } => serde_json::json!({"order": order, "state": state}),
    }
}

impl From<WalletRefusal> for Problem {
    fn from(refusal: WalletRefusal) -> Self {
        use WalletRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::InsufficientFunds { available, requested } => {
                Self::new(ProblemKind::InsufficientFunds, detail)
                    .with("available", available)
                    .with("requested", requested)
            }
            R::DepositNotFound { deposit } => {
                Self::new(ProblemKind::DepositNotFound, detail).with("deposit", deposit)
            }
            R::ReversalWouldOverdraw { available, requested } => {
                Self::new(ProblemKind::ReversalWouldOverdraw, detail)
                    .with("available", available)
                    .with("requested", requested)
            }
            R::ReferenceTaken { reference } | R::EnteredAsReceipt { reference } => {
                Self::new(ProblemKind::ReferenceTaken, detail).with("reference", reference)
            }
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::AlreadyHeld { withdrawal } => {
                Self::new(ProblemKind::FundsAlreadyHeld, detail).with("withdrawal", withdrawal)
            }
            R::HoldNotFound { withdrawal } => {
                Self::new(ProblemKind::HoldNotFound, detail).with("withdrawal", withdrawal)
            }
            R::EffectiveDate(out_of_range) => out_of_range.into(),
            R::Money(error) => error.into(),
        }
    }
}

impl From<WithdrawalRefusal> for Problem {
    fn from(refusal: WithdrawalRefusal) -> Self {
        use WithdrawalRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::NotFound { withdrawal } => {
                Self::new(ProblemKind::WithdrawalNotFound, detail).with("withdrawal", withdrawal)
            }
            R::AlreadyRequested { withdrawal } => {
                Self::new(ProblemKind::WithdrawalAlreadyRequested, detail).with("withdrawal", withdrawal)
            }
            R::SelfApproval { requested_by } => {
                Self::new(ProblemKind::SelfApproval, detail).with("requested_by", requested_by)
            }
            R::NotInState { withdrawal, state, action } => {
                Self::new(ProblemKind::WithdrawalNotInState, detail)
                    .with("withdrawal", withdrawal)
                    .with("state", state)
                    .with("action", action.as_str())
            }
            R::SubmittedOtherwise { withdrawal, known, given } => {
                Self::new(ProblemKind::WithdrawalSubmittedOtherwise, detail)
                    .with("withdrawal", withdrawal)
                    .with("known", known)
                    .with("given", given)
            }
            R::WalletSuspended { customer } => {
                Self::new(ProblemKind::CustomerSuspended, detail).with("customer", customer)
            }
            R::ReferenceTaken { reference } => {
                Self::new(ProblemKind::ReferenceTaken, detail).with("reference", reference)
            }
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::EffectiveDate(out_of_range) => out_of_range.into(),
            R::Money(error) => error.into(),
        }
    }
}

impl From<PeriodRefusal> for Problem {
    fn from(refusal: PeriodRefusal) -> Self {
        use PeriodRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::Closed { period, effective_date } => Self::new(ProblemKind::PeriodClosed, detail)
                .with("period", period)
                .with("effective_date", effective_date),
            R::NotOver { period, today } => {
                Self::new(ProblemKind::PeriodNotOver, detail).with("period", period).with("today", today)
            }
            R::NotClosed { period } => Self::new(ProblemKind::PeriodNotClosed, detail).with("period", period),
            R::ReopeningNotRequested { period } => {
                Self::new(ProblemKind::ReopeningNotRequested, detail).with("period", period)
            }
            R::ReopeningUnderWay { period, requested_by } => {
                Self::new(ProblemKind::ReopeningUnderWay, detail)
                    .with("period", period)
                    .with("requested_by", requested_by)
            }
            R::SelfApproval { period, requested_by } => Self::new(ProblemKind::SelfApproval, detail)
                .with("period", period)
                .with("requested_by", requested_by),
        }
    }
}

impl From<BillNumbersRefusal> for Problem {
    fn from(refusal: BillNumbersRefusal) -> Self {
        let detail = sentence(&refusal);
        match refusal {
            BillNumbersRefusal::Exhausted { year } => {
                Self::new(ProblemKind::BillNumbersExhausted, detail).with("year", year)
            }
        }
    }
}

impl From<PricePlanRefusal> for Problem {
    fn from(refusal: PricePlanRefusal) -> Self {
        use PricePlanRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::NotFound { plan } => Self::new(ProblemKind::PricePlanNotFound, detail).with("plan", plan),
            R::AlreadyExists { plan } => Self::new(ProblemKind::PricePlanExists, detail).with("plan", plan),
            R::NotLater { plan, version, latest } => Self::new(ProblemKind::PlanVersionNotLater, detail)
                .with("plan", plan)
                .with("version", version)
                .with("latest", latest),
            R::CurrencyDiffers { plan, expected, given } => Self::new(ProblemKind::CurrencyMismatch, detail)
                .with("plan", plan)
                .with("expected", expected)
                .with("given", given),
            R::VersionUnderWay { plan, requested_by } => Self::new(ProblemKind::PlanChangeUnderWay, detail)
                .with("plan", plan)
                .with("requested_by", requested_by),
            // Only what waits is decided.
            R::VersionNotRequested { .. } => Self::internal(detail),
            R::SelfApproval { plan, requested_by } => Self::new(ProblemKind::SelfApproval, detail)
                .with("plan", plan)
                .with("requested_by", requested_by),
            R::EffectiveDate(out_of_range) => out_of_range.into(),
        }
    }
}

impl From<SubscriptionRefusal> for Problem {
    fn from(refusal: SubscriptionRefusal) -> Self {
        use SubscriptionRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::NothingToEnd { customer, from } => {
                Self::new(ProblemKind::NoPricePlan, detail).with("customer", customer).with("from", from)
            }
            R::PlanNotBegun { plan, from, begins } => Self::new(ProblemKind::PricePlanNotBegun, detail)
                .with("plan", plan)
                .with("from", from)
                .with("begins", begins),
            R::AnotherCurrency { customer, plan, expected, given } => {
                Self::new(ProblemKind::CurrencyMismatch, detail)
                    .with("customer", customer)
                    .with("plan", plan)
                    .with("expected", expected)
                    .with("given", given)
            }
            R::MonthBilled { customer, bill, from } => Self::new(ProblemKind::MonthBilled, detail)
                .with("customer", customer)
                .with("bill", bill)
                .with("from", from),
            R::TooLongAgo { customer, from, earliest } => {
                Self::new(ProblemKind::PlanChangeTooLongAgo, detail)
                    .with("customer", customer)
                    .with("from", from)
                    .with("earliest", earliest)
            }
            R::ChangeUnderWay { customer, requested_by } => {
                Self::new(ProblemKind::PlanChangeUnderWay, detail)
                    .with("customer", customer)
                    .with("requested_by", requested_by)
            }
            // Only what waits is decided.
            R::ChangeNotRequested { .. } => Self::internal(detail),
            R::SelfApproval { customer, requested_by } => Self::new(ProblemKind::SelfApproval, detail)
                .with("customer", customer)
                .with("requested_by", requested_by),
        }
    }
}

impl From<BillRefusal> for Problem {
    fn from(refusal: BillRefusal) -> Self {
        use BillRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, bill| Self::new(kind, detail.clone()).with("bill", bill);
        match refusal {
            R::NotFound { bill } => problem(ProblemKind::BillNotFound, bill),
            R::AlreadyDrafted { bill } => problem(ProblemKind::BillAlreadyDrafted, bill),
            R::NotInState { bill, state, action } => problem(ProblemKind::BillNotInState, bill)
                .with("state", state)
                .with("action", action.as_str()),
            R::PartlySettled { bill, total, open } => {
                problem(ProblemKind::BillPartlySettled, bill).with("total", total).with("open", open)
            }
            R::AboveOpen { bill, open, requested } => {
                problem(ProblemKind::AboveOpenAmount, bill).with("open", open).with("requested", requested)
            }
            R::AbovePaid { bill, paid, requested } => {
                problem(ProblemKind::AboveOpenAmount, bill).with("paid", paid).with("requested", requested)
            }
            // The write-off says the leg stands.
            R::NotApplied { .. } => Self::internal(detail),
            R::LineNotFound { bill, line } => problem(ProblemKind::BillLineNotFound, bill).with("line", line),
            R::AboveLine { bill, line, left, requested } => problem(ProblemKind::AboveBillLine, bill)
                .with("line", line)
                .with("left", left)
                .with("requested", requested),
            R::LinesNeeded { bill } => problem(ProblemKind::NoteLinesNeeded, bill),
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::DeltaNotRegenerated { bill } => problem(ProblemKind::DeltaNotRegenerated, bill),
            R::BeforeVoiding { bill, dates } => out_of_range(dates, detail).with("bill", bill),
            R::EffectiveDate(out_of_range) => out_of_range.into(),
            R::InDispute { bill } => problem(ProblemKind::BillInDispute, bill),
            R::NotInDispute { bill } => problem(ProblemKind::BillNotInDispute, bill),
            R::BadDebtUnderWay { bill, amount, requested_by } => problem(ProblemKind::BadDebtUnderWay, bill)
                .with("amount", amount)
                .with("requested_by", requested_by),
            R::BadDebtNotRequested { bill } => problem(ProblemKind::BadDebtNotRequested, bill),
            R::SelfApproval { bill, requested_by } => {
                problem(ProblemKind::SelfApproval, bill).with("requested_by", requested_by)
            }
            R::Money(error) => error.into(),
        }
    }
}

impl From<BillRunRefusal> for Problem {
    fn from(refusal: BillRunRefusal) -> Self {
        let detail = sentence(&refusal);
        match refusal {
            BillRunRefusal::NotUnderWay { period } => {
                Self::new(ProblemKind::BillRunNotUnderWay, detail).with("period", period)
            }
            BillRunRefusal::UnderWay { period } => {
                Self::new(ProblemKind::BillRunUnderWay, detail).with("period", period)
            }
            BillRunRefusal::NotOver { period, today } => {
                Self::new(ProblemKind::PeriodNotOver, detail).with("period", period).with("today", today)
            }
            BillRunRefusal::IssueDate(error) => error.into(),
            BillRunRefusal::Money(error) => error.into(),
        }
    }
}

impl From<EffectiveDateOutOfRange> for Problem {
    fn from(refusal: EffectiveDateOutOfRange) -> Self {
        out_of_range(refusal, sentence(&refusal))
    }
}

fn out_of_range(dates: EffectiveDateOutOfRange, detail: String) -> Problem {
    let EffectiveDateOutOfRange { effective_date, earliest, latest } = dates;
    Problem::new(ProblemKind::EffectiveDateOutOfRange, detail)
        .with("effective_date", effective_date)
        .with("earliest", earliest)
        .with("latest", latest)
}

impl From<PricingRefusal> for Problem {
    fn from(refusal: PricingRefusal) -> Self {
        use PricingRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::AmountOutOfRange { item } => {
                Self::new(ProblemKind::AmountOutOfRange, detail).with("item", item)
            }
            R::TotalOutOfRange => Self::new(ProblemKind::AmountOutOfRange, detail),
            R::QuantityOutOfRange { meter } => {
                Self::new(ProblemKind::AmountOutOfRange, detail).with("meter", meter)
            }
            R::EventsNeeded { .. } => {
                let pointer = "/usage".to_owned();
                Self::validation(vec![FieldError { pointer, code: "missing", detail }])
            }
        }
    }
}

/// An amount that was fine by itself but not together with what the book holds.
impl From<MoneyError> for Problem {
    fn from(error: MoneyError) -> Self {
        let detail = sentence(&error);
        match error {
            MoneyError::Malformed
            | MoneyError::TooPrecise { .. }
            | MoneyError::OutOfRange
            | MoneyError::UnknownCurrency { .. } => Self::new(ProblemKind::AmountOutOfRange, detail),
            MoneyError::CurrencyMismatch { expected, given } => {
                Self::new(ProblemKind::CurrencyMismatch, detail)
                    .with("expected", expected)
                    .with("given", given)
            }
        }
    }
}
