//! A chunk of a bill run: customers billed for a month, all in one decision.
//!
//! Numbers are taken for exactly the bills that are issued, so there are no gaps. A customer that cannot be billed is
//! parked with the reason and harms no other. Who has a bill of the month is not billed again, whatever became of it.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{Amounts, BillPart, sum_of};
use tallybook_domain::billing::bill_run::{ParkedCustomer, RunCounts};
use tallybook_domain::billing::{
    Bill, BillCommand, BillId, BillNumber, BillNumbers, BillNumbersCommand, BillRefusal, BillRun,
    BillRunCommand, BillRunRefusal, CreditPolicy, PassedLimit, PlanCode, PricePlan, Subscription, Usage,
    UsageCommand, UsageId, month_parts,
};
use tallybook_domain::customers::{Customer, CustomerStatus, PaymentTermDays};
use tallybook_domain::{Currency, CustomerId, Money, Month, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::credit_limit::{hold_alert, holds_what_is_owed, limit_passed_by, raise};
use super::issue_drafted::not_held;
use super::prepaid::{pay_from_wallet, payable_from_wallet};
use crate::CommandContext;

/// Customers to bill together; about a hundred keep a decision short and its numbers in one piece.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BillCustomers {
    pub period: Month,
    pub customers: Vec<BillableCustomer>,
    pub issue_date: NaiveDate,
    /// From the issue date to the due date, for customers that have no term of their own.
    pub payment_term_days: u16,
    /// What becomes of a bill that passes the credit limit: a setting, not asked for.
    #[serde(skip)]
    pub credit_policy: CreditPolicy,
}

/// A customer and the plans that were in force on some day of the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillableCustomer {
    pub customer: CustomerId,
    pub plans: Vec<PlanCode>,
}

/// What became of a chunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledCustomers {
    pub bills: Vec<BillOfRun>,
    pub parked: Vec<ParkedCustomer>,
    /// The run so far.
    pub run: RunCounts,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillOfRun {
    pub bill: BillId,
    pub number: BillNumber,
    pub total: Money,
    /// Taken from a prepaid customer's wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Money>,
}

/// Bills customers within the run of a month, which has to be under way.
pub async fn bill_customers(
    book: &Book,
    context: CommandContext,
    chunk: BillCustomers,
) -> Result<Receipt<BilledCustomers>, CommandError> {
    let request = context.request("bill_customers", &chunk)?;
    book.execute(request, chunk.streams(), move |decision| chunk.decide(decision)).await
}

/// What is to be done about a customer.
pub(super) enum Finding {
    Bill(Draft),
    /// Billed already, or not under a plan in this month.
    Skip,
    Park(ParkedCustomer),
}

pub(super) struct Draft {
    bill: BillId,
    usage: UsageId,
    due_date: NaiveDate,
    pub(super) owed: Amounts,
    pub(super) passed: Option<PassedLimit>,
}

/// What a month comes to.
pub(super) enum Priced {
    Skip,
    Park(String),
    Parts(Vec<BillPart>),
}

impl BillCustomers {
    pub(super) fn streams(&self) -> Vec<StreamKey> {
        let mut plans: Vec<&PlanCode> = self.customers.iter().flat_map(|customer| &customer.plans).collect();
        plans.sort_unstable();
        plans.dedup();
        let customers = self.customers.iter().flat_map(|BillableCustomer { customer, .. }| {
            [
                StreamKey::existing::<Customer>(customer),
                StreamKey::existing::<Subscription>(Subscription::stream_of(customer)),
                StreamKey::existing::<Usage>(UsageId::new(customer, self.period)),
                StreamKey::existing::<Bill>(BillId::new(customer, self.period)),
            ]
        });
        let shared = [
            StreamKey::existing::<BillRun>(BillRun::stream_of(self.period)),
            StreamKey::existing::<BillNumbers>(BillNumbers::stream_of(self.year())),
        ];
        let plans = plans.into_iter().map(|plan| StreamKey::existing::<PricePlan>(plan.stream()));
        shared.into_iter().chain(plans).chain(customers).collect()
    }

    /// The year whose numbers the bills get.
    fn year(&self) -> i32 {
        chrono::Datelike::year(&self.issue_date)
    }

    fn decide(&self, decision: &mut Decision<'_>) -> Result<BilledCustomers, Refusal> {
        self.hold_bills(decision)?;
        let (mut drafts, mut parked, mut skipped) = (Vec::new(), Vec::new(), 0);
        for customer in &self.customers {
            match self.draft(decision, customer) {
                Finding::Bill(draft) => drafts.push(draft),
                Finding::Skip => skipped += 1,
                Finding::Park(customer) => parked.push(customer),
            }
        }
        let bills = self.issue(decision, &drafts)?;
        let run = BillRun::stream_of(self.period);
        let progress = BillRunCommand::Progress {
            period: self.period,
            billed: bills.len() as u64,
            totals: totals(&bills)?,
            skipped,
            parked: parked.clone(),
        };
        decision.decide::<BillRun>(&run, progress)?;
        Ok(BilledCustomers { bills, parked, run: decision.state::<BillRun>(&run).counts().clone() })
    }

    /// Has everything held that the limits of those who are to be billed ask for, of all of them at once.
    pub(super) fn hold_bills(&self, decision: &mut Decision<'_>) -> Result<(), Refusal> {
        let mut missing = None;
        for BillableCustomer { customer, .. } in &self.customers {
            let bill = BillId::new(customer, self.period);
            let is_billed = decision.state::<Bill>(bill.as_str()).state().is_some();
            if !is_billed && !holds_what_is_owed(decision, customer, self.period) {
                missing = Some(bill);
            }
        }
        missing.map_or(Ok(()), |bill| Err(not_held(&bill)))
    }

    /// What the month costs a customer, if it is to be billed.
    pub(super) fn price(&self, decision: &Decision<'_>, billable: &BillableCustomer) -> Priced {
        let BillableCustomer { customer, plans } = billable;
        if decision.state::<Bill>(BillId::new(customer, self.period).as_str()).state().is_some() {
            return Priced::Skip;
        }
        let state = decision.state::<Customer>(customer.as_str());
        match state.status() {
            Some(CustomerStatus::Active) => {}
            Some(status) => return Priced::Park(format!("the customer is {status}")),
            None => return Priced::Park("the customer is not registered".into()),
        }
        let plan =
            |code: &PlanCode| plans.contains(code).then(|| decision.state::<PricePlan>(&code.stream()));
        let subscription = decision.state::<Subscription>(&Subscription::stream_of(customer));
        let used = decision.state::<Usage>(UsageId::new(customer, self.period).as_str());
        match month_parts(self.period, subscription, used, plan) {
            Ok(parts) if parts.is_empty() => Priced::Skip,
            Ok(parts) => match other_currency(state, &parts) {
                Some((own, other)) => {
                    Priced::Park(format!("the customer is billed in {own}, its price plan is in {other}"))
                }
                None => Priced::Parts(parts),
            },
            Err(refusal) => Priced::Park(refusal.to_string()),
        }
    }

    /// Drafts a customer's bill, if there is one to draft.
    pub(super) fn draft(&self, decision: &mut Decision<'_>, billable: &BillableCustomer) -> Finding {
        let customer = &billable.customer;
        let park = |reason: String| Finding::Park(ParkedCustomer { customer: customer.clone(), reason });
        let parts = match self.price(decision, billable) {
            Priced::Skip => return Finding::Skip,
            Priced::Park(reason) => return park(reason),
            Priced::Parts(parts) => parts,
        };
        let Some(first) = parts.first() else { return Finding::Skip };
        let (bill, usage) = (BillId::new(customer, self.period), UsageId::new(customer, self.period));
        let currency = first.quote.subtotal.currency();
        let (owed, passed) = match self.check_limit(decision, &bill, &parts, currency) {
            Ok((_, Some(passed))) if self.credit_policy == CreditPolicy::Block => {
                let told = raise(decision, &bill, None, self.credit_policy, passed);
                return park(told.map_or_else(|refusal| refusal.to_string(), |()| passed.to_string()));
            }
            Ok(checked) => checked,
            Err(refusal) => return park(refusal.to_string()),
        };
        let draft = BillCommand::Draft { bill: bill.clone(), currency, parts, replaces: None };
        if let Err(refusal) = decision.decide::<Bill>(bill.as_str(), draft) {
            return park(refusal.to_string());
        }
        let due_date = self.due_date(decision.state::<Customer>(customer.as_str()));
        Finding::Bill(Draft { bill, usage, due_date, owed, passed })
    }

    /// What a bill of these parts comes to, and the limit it would pass once a wallet has paid of it.
    fn check_limit(
        &self,
        decision: &mut Decision<'_>,
        bill: &BillId,
        parts: &[BillPart],
        currency: Currency,
    ) -> Result<(Amounts, Option<PassedLimit>), Refusal> {
        let owed = sum_of(parts, currency).map_err(BillRefusal::from)?;
        let open = match payable_from_wallet(decision, bill, owed.total)? {
            Some(paid) => owed.total.checked_sub(paid).map_err(BillRefusal::from)?,
            None => owed.total,
        };
        let subject = bill.clone().into();
        let passed = limit_passed_by(decision, &bill.customer(), open, &subject)?;
        if passed.is_some() {
            // Here and not when it is raised, so that those of the whole chunk are asked for at once.
            hold_alert(decision, &subject)?;
        }
        Ok((owed, passed))
    }

    /// By the customer's own payment term, if it has one.
    fn due_date(&self, customer: &Customer) -> NaiveDate {
        let own = customer.profile().and_then(|profile| profile.payment_term_days);
        let term = own.map_or(self.payment_term_days, PaymentTermDays::get);
        self.issue_date.checked_add_days(Days::new(u64::from(term))).unwrap_or(self.issue_date)
    }

    /// Issues the drafts under the next numbers.
    fn issue(&self, decision: &mut Decision<'_>, drafts: &[Draft]) -> Result<Vec<BillOfRun>, Refusal> {
        let (year, bills) = (self.year(), drafts.len() as u64);
        let numbers = BillNumbers::stream_of(year);
        let before = decision.state::<BillNumbers>(&numbers).last();
        decision.decide::<BillNumbers>(&numbers, BillNumbersCommand::Take { year, bills })?;
        let mut issued = Vec::with_capacity(drafts.len());
        for (Draft { bill, usage, due_date, owed, passed }, number) in drafts.iter().zip(before + 1..) {
            let number = BillNumber::new(year, number);
            let (issue_date, counted) = (self.issue_date, bill.clone());
            let (number_taken, due_date) = (number.clone(), *due_date);
            let issue = BillCommand::Issue { bill: counted, number: number_taken, issue_date, due_date };
            decision.decide::<Bill>(bill.as_str(), issue)?;
            let count = UsageCommand::Bill { usage: usage.clone(), bill: bill.clone() };
            decision.decide::<Usage>(usage.as_str(), count)?;
            let paid = pay_from_wallet(decision, bill, self.issue_date)?;
            if let Some(passed) = passed {
                raise(decision, bill, None, self.credit_policy, *passed)?;
            }
            issued.push(BillOfRun { bill: bill.clone(), number, total: owed.total, paid });
        }
        Ok(issued)
    }
}

/// The currency a customer is billed in by its file, and that of the bill, if it is another.
fn other_currency(customer: &Customer, parts: &[BillPart]) -> Option<(Currency, Currency)> {
    let own = customer.profile().and_then(|profile| profile.currency)?;
    let other = parts.iter().map(|part| part.quote.subtotal.currency()).find(|other| *other != own)?;
    Some((own, other))
}

/// What bills come to, by currency.
fn totals(bills: &[BillOfRun]) -> Result<Vec<Money>, Refusal> {
    let totals = RunCounts::default().totals_with(bills.iter().map(|bill| bill.total));
    Ok(totals.map_err(BillRunRefusal::from)?)
}
