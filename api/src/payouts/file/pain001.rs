//! A batch as a customer credit transfer initiation: ISO 20022 pain.001.001.09, urn:iso:std:iso:20022:tech:xsd:pain.001.001.09
//! (message definition report Payments Initiation, 2019). One `PmtInf` for each currency; what a bank requires beyond the
//! schema is its own usage guide's.

use std::borrow::Cow;
use std::fmt::Write;

use chrono::SecondsFormat;
use rust_decimal::Decimal;
use tallybook_domain::Currency;
use tallybook_domain::payouts::{BankCode, PayoutId};
use tallybook_read_models::payouts::{PayoutBatchRow, PayoutRow};

use super::iban::iban;

/// Max140Text.
const NAME: usize = 140;
/// Max34Text, of an account that is no IBAN.
const ACCOUNT: usize = 34;
/// Max140Text, of unstructured remittance information.
const REMITTANCE: usize = 140;

/// A payout that the format has no room for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The {what} of payout {payout} is longer than the {most} characters that pain.001 has for it")]
pub(super) struct Unfit {
    pub(super) payout: PayoutId,
    what: &'static str,
    most: usize,
}

pub(super) fn write(batch: &PayoutBatchRow, payouts: &[PayoutRow]) -> Result<Vec<u8>, Unfit> {
    let mut xml = String::with_capacity(1024 + payouts.len() * 768);
    xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n<CstmrCdtTrfInitn>\n");
    group_header(&mut xml, batch, payouts);
    for currency in currencies(payouts) {
        let of_currency = payouts.iter().filter(|payout| payout.amount.currency() == currency);
        payment_information(&mut xml, batch, currency, &of_currency.collect::<Vec<_>>())?;
    }
    xml.push_str("</CstmrCdtTrfInitn>\n</Document>\n");
    Ok(xml.into_bytes())
}

/// In the order in which they come first.
fn currencies(payouts: &[PayoutRow]) -> Vec<Currency> {
    let mut currencies = Vec::new();
    for payout in payouts {
        let currency = payout.amount.currency();
        if !currencies.contains(&currency) {
            currencies.push(currency);
        }
    }
    currencies
}

fn group_header(xml: &mut String, batch: &PayoutBatchRow, payouts: &[PayoutRow]) {
    let made = batch.created.at.to_rfc3339_opts(SecondsFormat::Secs, true);
    // The sum of the numbers, whatever their currencies: so the standard says.
    let sum = sum(payouts.iter());
    put(
        xml,
        format_args!(
            "<GrpHdr><MsgId>{}</MsgId><CreDtTm>{made}</CreDtTm><NbOfTxs>{}</NbOfTxs><CtrlSum>{sum}</CtrlSum>\
             <InitgPty><Nm>{}</Nm></InitgPty></GrpHdr>\n",
            batch.id,
            payouts.len(),
            cut(batch.debtor.name.as_str(), NAME),
        ),
    );
}

fn payment_information(
    xml: &mut String,
    batch: &PayoutBatchRow,
    currency: Currency,
    payouts: &[&PayoutRow],
) -> Result<(), Unfit> {
    let debtor = &batch.debtor;
    let sum = sum(payouts.iter().copied());
    put(
        xml,
        format_args!(
            "<PmtInf><PmtInfId>{}.{currency}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{}</NbOfTxs>\
             <CtrlSum>{sum}</CtrlSum><ReqdExctnDt><Dt>{}</Dt></ReqdExctnDt><Dbtr><Nm>{}</Nm></Dbtr>",
            batch.id,
            payouts.len(),
            batch.execution_date,
            cut(debtor.name.as_str(), NAME),
        ),
    );
    let account = account(debtor.account.as_str());
    put(xml, format_args!("<DbtrAcct><Id>{account}</Id><Ccy>{currency}</Ccy></DbtrAcct>"));
    put(xml, format_args!("<DbtrAgt><FinInstnId>{}</FinInstnId></DbtrAgt>\n", bank(&debtor.bank_code)));
    for payout in payouts {
        transaction(xml, payout)?;
    }
    xml.push_str("</PmtInf>\n");
    Ok(())
}

fn transaction(xml: &mut String, payout: &PayoutRow) -> Result<(), Unfit> {
    let destination = &payout.destination;
    let fits = |what, text: &str, most| {
        if text.chars().count() <= most {
            Ok(())
        } else {
            Err(Unfit { payout: payout.id.clone(), what, most })
        }
    };
    // Whom the money goes to is never shortened: it would be somebody else.
    fits("account name", destination.account_name.as_str(), NAME)?;
    let number = bare(destination.account_number.as_str());
    fits("account number", &number, ACCOUNT)?;
    put(
        xml,
        format_args!(
            "<CdtTrfTxInf><PmtId><InstrId>{id}</InstrId><EndToEndId>{id}</EndToEndId></PmtId>\
             <Amt><InstdAmt Ccy=\"{}\">{}</InstdAmt></Amt>",
            payout.amount.currency(),
            payout.amount.amount(),
            id = payout.id,
        ),
    );
    if let Some(bank) = &destination.bank_name {
        let bank = cut(bank.as_str(), NAME);
        put(xml, format_args!("<CdtrAgt><FinInstnId><Nm>{bank}</Nm></FinInstnId></CdtrAgt>"));
    }
    put(
        xml,
        format_args!(
            "<Cdtr><Nm>{}</Nm></Cdtr><CdtrAcct><Id>{}</Id></CdtrAcct><RmtInf><Ustrd>{}</Ustrd></RmtInf>\
             </CdtTrfTxInf>\n",
            escaped(destination.account_name.as_str()),
            account(destination.account_number.as_str()),
            cut(payout.reference.as_str(), REMITTANCE),
        ),
    );
    Ok(())
}

fn sum<'a>(payouts: impl Iterator<Item = &'a PayoutRow>) -> Decimal {
    // At most 500 amounts of at most 10^15 each are far within a Decimal.
    payouts.fold(Decimal::ZERO, |sum, payout| sum.saturating_add(payout.amount.amount()))
}

fn account(number: &str) -> String {
    match iban(number) {
        Some(iban) => format!("<IBAN>{iban}</IBAN>"),
        None => format!("<Othr><Id>{}</Id></Othr>", escaped(&bare(number))),
    }
}

/// Without the spaces and hyphens that people write into numbers.
fn bare(number: &str) -> String {
    number.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect()
}

fn bank(code: &BankCode) -> String {
    if code.is_cnaps() {
        return format!(
            "<ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>{code}</MmbId></ClrSysMmbId>"
        );
    }
    format!("<BICFI>{code}</BICFI>")
}

fn cut(text: &str, most: usize) -> String {
    escaped(&text.chars().take(most).collect::<String>()).into_owned()
}

/// Text of XML 1.0: what is markup is escaped, what is no character of it is replaced.
fn escaped(text: &str) -> Cow<'_, str> {
    let plain = |sign: char| !matches!(sign, '&' | '<' | '>' | '"' | '\'' | '\u{fffe}' | '\u{ffff}');
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

fn put(xml: &mut String, text: std::fmt::Arguments<'_>) {
    xml.write_fmt(text).expect("a String takes all that is written");
}
