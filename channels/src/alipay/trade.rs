//! What the fields of a trade mean.
//!
//! A trade has one status, and a notification is of whatever changed. A refund shows by `refund_fee` alone: the trade
//! stays `TRADE_SUCCESS` after a part of it, and is `TRADE_CLOSED` after the whole, which without a refund means that
//! nobody paid. `TRADE_FINISHED` is paid, too: at once where nothing can be refunded, or when that time is over,
//! months after the `TRADE_SUCCESS` it then repeats.

use chrono::{DateTime, Utc};
use tallybook_domain::channels::{RefundedAmount, Said};
use tallybook_domain::{Currency, Money};

use super::form::Form;
use crate::number::{number, positive};
use crate::refusal::{NotificationRefusal, excerpt};

enum Status {
    WaitBuyerPay,
    Closed,
    Success,
    Finished,
}

impl Status {
    fn of(word: &str) -> Result<Self, NotificationRefusal> {
        match word {
            "WAIT_BUYER_PAY" => Ok(Self::WaitBuyerPay),
            "TRADE_CLOSED" => Ok(Self::Closed),
            "TRADE_SUCCESS" => Ok(Self::Success),
            "TRADE_FINISHED" => Ok(Self::Finished),
            other => Err(NotificationRefusal::Unsupported { event: excerpt(other) }),
        }
    }
}

/// What happened, and when, where Alipay says so.
pub(super) fn said(form: &Form) -> Result<(Said, Option<DateTime<Utc>>), NotificationRefusal> {
    let status = Status::of(&form.required("trade_status")?)?;
    let total = amount(form, "total_amount")?.ok_or(Form::wrong("total_amount"))?;
    let total = positive(total, "total_amount")?;
    match (status, refunded(form)?) {
        (Status::WaitBuyerPay, _) => Ok((Said::Pending, form.moment("gmt_create")?)),
        (Status::Closed | Status::Success | Status::Finished, Some(refunded)) => {
            Ok((refunded, form.moment("gmt_refund")?))
        }
        (Status::Closed, None) => Ok((Said::Closed, form.moment("gmt_close")?)),
        (Status::Success | Status::Finished, None) => {
            Ok((Said::Paid { amount: total }, form.moment("gmt_payment")?))
        }
    }
}

/// A refund without a number of its own goes by the payment's: that is how Alipay knows it, too.
fn refunded(form: &Form) -> Result<Option<Said>, NotificationRefusal> {
    let Some(so_far) = amount(form, "refund_fee")?.filter(|fee| !fee.is_zero()) else { return Ok(None) };
    let so_far = positive(so_far, "refund_fee")?;
    let refund = match form.text("out_biz_no")? {
        Some(own) => number(&own, "out_biz_no")?,
        None => number(&form.required("out_trade_no")?, "out_trade_no")?,
    };
    Ok(Some(Said::Refunded { refund, amount: RefundedAmount::SoFar(so_far) }))
}

/// An amount in yuan. Merchants abroad name the currency they sell in.
fn amount(form: &Form, name: &'static str) -> Result<Option<Money>, NotificationRefusal> {
    match form.text("trans_currency")? {
        Some(other) if other != "CNY" => {
            return Err(NotificationRefusal::WrongCurrency { given: excerpt(&other) });
        }
        Some(_) | None => {}
    }
    let Some(text) = form.text(name)? else { return Ok(None) };
    Money::parse(&text, Currency::CNY).map(Some).map_err(|_| Form::wrong(name))
}
