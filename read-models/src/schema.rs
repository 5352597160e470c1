//! How values that serialise themselves look in OpenAPI. Described here only; never made or read.

mod approvals;
mod orders;
mod payments;
mod payouts;
mod risk;

pub use approvals::{ApprovalKind, ApprovalState, ApprovalTerms, Given, LadderStep, TermsOfKind};
pub use orders::{OrderState, ShippedPart};
pub use payments::{
    ExcessReason, OrderRefundState, PaymentExceptionKind, PaymentExceptionState, PaymentState, RefundGround,
};
pub use payouts::{
    AnsweredStatus, Debtor, PayoutAdapterKind, PayoutDoubt, PayoutDoubtAbout, PayoutState, UnknownCause,
};
pub use risk::{
    Assessment, RiskAlertState, RiskCameIn, RiskDestination, RiskGivenBack, RiskInputs, RiskKnown,
    RiskOutcome, RiskRequests, RiskRequestsOfWindow, RiskResolution, RiskRule, RiskRuleName, RiskRuleResult,
    RiskWindow,
};
use utoipa::ToSchema;

/// An exact amount in a currency.
#[derive(Debug, ToSchema)]
#[schema(as = Money, example = json!({"amount": "12.30", "currency": "CNY"}))]
pub struct Money {
    /// In the currency's major unit, with exactly its minor units as decimals.
    #[schema(pattern = r"^-?[0-9]+(\.[0-9]+)?$")]
    pub amount: String,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

/// The account a withdrawal is paid into.
#[derive(Debug, ToSchema)]
#[schema(as = Destination)]
pub struct Destination {
    pub account_name: String,
    pub account_number: String,
    #[schema(nullable = false)]
    pub bank_name: Option<String>,
}

/// A leg of a write-off: so much of one source settles so much of one bill. It names one of `receipt`, `wallet`,
/// `credit_note` and `difference`.
#[derive(Debug, ToSchema)]
#[schema(as = Leg)]
pub struct Leg {
    /// From 1, within its write-off.
    pub leg: u32,
    #[schema(nullable = false)]
    pub receipt: Option<String>,
    #[schema(nullable = false)]
    pub wallet: Option<String>,
    #[schema(nullable = false)]
    pub credit_note: Option<String>,
    #[schema(nullable = false)]
    pub difference: Option<DifferenceReason>,
    pub bill: String,
    pub amount: Money,
}

/// Why the rules of matching have found a write-off.
#[derive(Debug, ToSchema)]
#[schema(as = MatchEvidence)]
pub struct MatchEvidence {
    pub rule: MatchingRuleName,
    /// The version of the book's rules; 0 is what a book begins with.
    pub rules_version: u32,
    /// From 0.00 to 1.00.
    #[schema(example = "0.98")]
    pub score: String,
    /// In words.
    pub reasons: Vec<String>,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum MatchingRuleName {
    Reference,
    ExactBill,
    ExactBills,
    WithinTolerance,
    OldestFirst,
}

/// A rule of matching: what it is called, whether it is on, and its own parameters.
#[derive(Debug, ToSchema)]
#[schema(as = MatchingRule)]
pub struct MatchingRule {
    pub rule: MatchingRuleName,
    pub on: bool,
    /// Of `exact_bills`: how many bills a set has at most, 2 to 12.
    #[schema(nullable = false, example = 12)]
    pub most: Option<u8>,
    /// Of `within_tolerance`: one in each currency. If there are any, other currencies have none.
    #[schema(nullable = false)]
    pub absolute: Option<Vec<Money>>,
    /// Of `within_tolerance`: a part of what is owed; the smaller limit counts.
    #[schema(nullable = false, example = "0.025")]
    pub rate: Option<String>,
    /// Of `within_tolerance`: why what is short need not be paid.
    #[schema(nullable = false)]
    pub reason: Option<DifferenceReason>,
    /// Of `oldest_first`: whose money pays their oldest bills, besides those whose files say `oldest_first`; nobody
    /// else's, if the list is empty, and everyone's without a list.
    #[schema(nullable = false, example = json!(["C00042"]))]
    pub customers: Option<Vec<String>>,
}

/// Why a bill is settled with less money than is owed.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DifferenceReason {
    BankFee,
    Rounding,
    Discount,
    BadDebt,
    Fx,
}

/// How far a write-off has come.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum WriteOffState {
    /// It waits for an approver.
    Proposed,
    Rejected,
    Posted,
    /// Some of its legs are undone.
    PartlyReversed,
    Reversed,
}

/// What has become of a credit note.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum CreditNoteState {
    /// It waits for an approver.
    Proposed,
    Rejected,
    /// Something of it is free.
    Open,
    /// Nothing of it is free.
    Used,
    /// It should not have been granted.
    Reversed,
}

/// What has become of a statement.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum StatementState {
    /// The customer has not answered.
    Issued,
    Agreed,
    Disagreed,
    /// It should not have been sent.
    Withdrawn,
}

/// What a customer says to a statement.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum StatementAnswer {
    Agrees,
    Disagrees,
}

/// What has become of a receipt.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ReceiptState {
    /// Nobody has said whose it is.
    Unidentified,
    /// Something of it is free.
    Open,
    /// Nothing of it is free.
    Used,
    /// It should not have been recorded.
    Reversed,
}

/// Whether a customer's money may come in and leave.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum CustomerStatus {
    Active,
    Suspended,
    Closed,
}

/// What a customer's bills are paid from.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum SettlementMode {
    Prepaid,
    Postpaid,
    Package,
}

/// How often a customer is billed.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum BillingCycle {
    Monthly,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum BillState {
    Draft,
    Issued,
    Voided,
}

/// How an accounting period stands.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PeriodState {
    Open,
    Closed,
    ReopeningRequested,
}

/// How the bill run of a month stands.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum BillRunState {
    NotStarted,
    Running,
    Finished,
}

/// What a bill run has come to.
#[derive(Debug, ToSchema)]
#[schema(as = RunCounts)]
pub struct RunCounts {
    /// Whom it goes through.
    pub customers: u64,
    /// New bills.
    pub billed: u64,
    /// Had a bill already, or no day under a plan.
    pub skipped: u64,
    /// Could not be billed: somebody has to look.
    pub parked: u64,
    /// What the new bills come to, by currency.
    pub totals: Vec<Money>,
}

/// What a bill run is to do; what is left out is as always.
#[derive(Debug, ToSchema)]
#[schema(as = RunTerms)]
pub struct RunTerms {
    /// Only these customers; everyone with a plan, if left out.
    #[schema(nullable = false)]
    pub customers: Option<Vec<String>>,
    /// The day on which each chunk is billed, if left out.
    #[schema(nullable = false)]
    pub issue_date: Option<chrono::NaiveDate>,
    /// From the issue date to the due date; 30, if left out.
    #[schema(nullable = false)]
    pub payment_term_days: Option<u16>,
}

/// Whether the customer contests a bill, and how it ended, as the customer sees it.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Dispute {
    None,
    Open,
    Won,
    Lost,
}

/// When a customer is reminded, counted from the day on which a bill is due.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ReminderStep {
    BeforeDue,
    Due,
    #[schema(rename = "overdue_7")]
    Overdue7,
    #[schema(rename = "overdue_15")]
    Overdue15,
    #[schema(rename = "overdue_30")]
    Overdue30,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ReminderChannel {
    Email,
    Webhook,
}

/// How far a reminder is on one channel.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ReminderStatus {
    Pending,
    Sent,
    Failed,
    Withdrawn,
}

/// A payment channel.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Channel {
    WechatPay,
    Alipay,
}

/// What a channel says became of a payment or a refund.
#[derive(Debug, ToSchema)]
#[schema(as = Said)]
pub struct Said {
    pub kind: SaidKind,
    /// Of `paid`: what the payment was for.
    #[schema(nullable = false)]
    pub amount: Option<Money>,
    /// Of refunds: our number of it.
    #[schema(nullable = false)]
    pub refund: Option<String>,
    /// Of `refunded`, where the channel names the amount of this refund: WeChat Pay.
    #[schema(nullable = false)]
    pub alone: Option<Money>,
    /// Of `refunded`, where the channel adds up all refunds of the payment: Alipay.
    #[schema(nullable = false)]
    pub so_far: Option<Money>,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum SaidKind {
    /// The customer began to pay.
    Pending,
    Paid,
    /// Given up before it was paid.
    Closed,
    Refunded,
    /// The channel gave the refund up.
    RefundClosed,
    /// The money left and did not arrive.
    RefundAbnormal,
}

/// How far a notification has come.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ChannelNotificationState {
    /// Kept, and no payment of ours has taken it up.
    Waiting,
    /// The payment it is about has taken it up.
    Applied,
}

/// How a run of a usage source stands.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum UsageRunState {
    Running,
    Finished,
    /// It was given up before everything had been asked for.
    Failed,
}

/// What a run of a usage source is to ask for.
#[derive(Debug, ToSchema)]
#[schema(as = UsageRunTerms)]
pub struct UsageRunTerms {
    /// Left out, if the source does not ask by month.
    #[schema(nullable = false)]
    pub months: Option<Vec<String>>,
    /// Only these customers; every active one with a plan, if left out.
    #[schema(nullable = false)]
    pub customers: Option<Vec<String>>,
    /// It began by itself.
    #[schema(nullable = false)]
    pub scheduled: Option<bool>,
}

/// What became of the records that came.
#[derive(Debug, ToSchema)]
#[schema(as = CollectedCounts)]
pub struct CollectedCounts {
    pub recorded: u64,
    /// Recorded before, with the same quantity.
    pub unchanged: u64,
    pub corrected: u64,
    /// Put aside for a person to look at.
    pub quarantined: u64,
    /// Put aside before, and waiting still or decided on.
    pub held: u64,
}

/// A value that is not believed.
#[derive(Debug, ToSchema)]
#[schema(as = HeldUsage)]
pub struct HeldUsage {
    #[schema(example = "api_calls")]
    pub meter: String,
    pub date: chrono::NaiveDate,
    pub reference: String,
    /// The quantity as it came.
    #[schema(example = "-5")]
    pub given: String,
    pub reason: QuarantineReason,
    /// What was recorded under the same reference; left out, if nothing was.
    #[schema(nullable = false)]
    pub recorded: Option<String>,
    /// What a record of the meter had been on average, where that is the reason.
    #[schema(nullable = false)]
    pub average: Option<String>,
}

/// Why a value is not believed.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum QuarantineReason {
    NotANumber,
    Negative,
    OutOfRange,
    AboveAverage,
    /// Another quantity is recorded, and the source may not correct it.
    Changed,
}

/// How it stands with a value that was put aside.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum QuarantineState {
    Waiting,
    Accepted,
    Dismissed,
}

/// What becomes of a bill that passes its customer's credit limit.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum CreditPolicy {
    Warn,
    Block,
}

/// What revenue is put together by.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RevenueBy {
    Customer,
    Plan,
    Meter,
    Industry,
    AccountManager,
}

/// How far it is with giving up what a customer will not pay.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum BadDebtState {
    Requested,
    WrittenOff,
    Rejected,
}

/// The way in which money came in.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DepositMethod {
    BankTransfer,
    WechatPay,
    Alipay,
    Cash,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DepositState {
    Recorded,
    Reversed,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum WithdrawalState {
    Requested,
    Approved,
    Rejected,
    Cancelled,
    Submitted,
    Succeeded,
    Failed,
    Returned,
}

/// The side of an account on which an amount stands.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Side {
    Debit,
    Credit,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AccountKind {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Value, json};
    use tallybook_domain::{billing, customers, deposits, ledger};
    use utoipa::PartialSchema;

    use super::*;

    pub(super) fn assert_words<Described: PartialSchema>(values: &[impl Serialize]) {
        let described = serde_json::to_value(Described::schema()).unwrap();
        assert_eq!(described["enum"], json!(values), "{}", std::any::type_name::<Described>());
        assert_eq!(described["type"], Value::from("string"));
    }

    #[test]
    fn the_words_are_those_of_the_domain() {
        use ledger::{AccountKind as Kind, Side as OfEntry};
        assert_words::<BillRunState>(&billing::bill_run::BillRunState::ALL);
        assert_words::<UsageRunState>(&billing::usage_source::UsageRunState::ALL);
        assert_words::<QuarantineReason>(&billing::quarantine::QuarantineReason::ALL);
        assert_words::<QuarantineState>(&billing::quarantine::QuarantineState::ALL);
        assert_words::<CreditPolicy>(&billing::CreditPolicy::ALL);
        assert_words::<PeriodState>(&ledger::periods::PeriodState::ALL);
        assert_words::<BillState>(&billing::BillState::ALL);
        assert_words::<CustomerStatus>(&customers::CustomerStatus::ALL);
        assert_words::<ReminderStep>(&billing::ReminderStep::ALL);
        assert_words::<ReminderChannel>(&billing::ReminderChannel::ALL);
        assert_words::<ReminderStatus>(&billing::ReminderStatus::ALL);
        assert_words::<RevenueBy>(&crate::billing::RevenueBy::ALL);
        assert_words::<MatchingRuleName>(&tallybook_domain::settlement::matching::RuleName::ALL);
        assert_words::<DepositMethod>(&deposits::DepositMethod::ALL);
        assert_words::<DepositState>(&deposits::DepositState::ALL);
        assert_words::<WithdrawalState>(&deposits::WithdrawalState::ALL);
        assert_words::<Side>(&[OfEntry::Debit, OfEntry::Credit]);
        assert_words::<AccountKind>(&[
            Kind::Asset,
            Kind::Liability,
            Kind::Equity,
            Kind::Income,
            Kind::Expense,
        ]);
    }
}
