//! What a reminder says: as a letter in Chinese and English, and as the body of a webhook.
//!
//! Says what was known when it was raised, so that every attempt says the same.

use chrono::NaiveDate;
use serde::Serialize;
use tallybook_domain::billing::{BillId, BillNumber, ReminderStep};
use tallybook_domain::{CustomerId, Money, Month};
use tallybook_read_models::billing::ReminderRow;

/// An e-mail without its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
}

impl Letter {
    pub(super) fn of(row: &ReminderRow, seller: Option<&str>) -> Self {
        let (number, due, month) = (&row.number, row.due_date, row.bill.month());
        let open = format!("{} {}", row.open.amount(), row.open.currency());
        let [chinese, english] = standing(row.step, due);
        let subject = format!("账单 {number} {chinese} / Bill {number} {english}");
        let mut text = format!(
            "您好：\n\n{period}账单 {number} {chinese}。截至 {date}，未付金额为 {open}。\n如已付款，请忽略此邮件。\n\n\
             Dear customer,\n\nBill {number} for {month} {english}. On {date}, {open} of it was not paid.\n\
             If you have paid meanwhile, please disregard this message.\n",
            period = month.first_day().format("%Y 年 %-m 月"),
            date = row.date,
        );
        if let Some(seller) = seller {
            text = format!("{text}\n{seller}\n");
        }
        Self { subject, text }
    }
}

/// How a bill stands at a step, as it goes on after its number.
fn standing(step: ReminderStep, due: NaiveDate) -> [String; 2] {
    let overdue = |days: u8| {
        [format!("已逾期 {days} 天以上（到期日 {due}）"), format!("was due on {due}, over {days} days ago")]
    };
    match step {
        ReminderStep::BeforeDue => [format!("将于 {due} 到期"), format!("is due on {due}")],
        ReminderStep::Due => [format!("于 {due} 到期"), format!("is due on {due}")],
        ReminderStep::Overdue7 => overdue(7),
        ReminderStep::Overdue15 => overdue(15),
        ReminderStep::Overdue30 => overdue(30),
    }
}

#[derive(Debug, Serialize)]
struct Notice<'a> {
    r#type: &'static str,
    /// When it was raised.
    timestamp: String,
    data: Facts<'a>,
}

#[derive(Debug, Serialize)]
struct Facts<'a> {
    bill: &'a BillId,
    number: &'a BillNumber,
    customer: &'a CustomerId,
    period: Month,
    step: ReminderStep,
    due_date: NaiveDate,
    date: NaiveDate,
    open: Money,
}

/// The body of a webhook: no personal field, and no name.
pub(super) fn notice(row: &ReminderRow) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Notice {
        r#type: "bill.reminder",
        timestamp: row.raised.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        data: Facts {
            bill: &row.bill,
            number: &row.number,
            customer: &row.customer,
            period: row.bill.month(),
            step: row.step,
            due_date: row.due_date,
            date: row.date,
            open: row.open,
        },
    })
}
