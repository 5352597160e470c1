//! A row of `receipts`.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::deposits::{AccountName, AccountNumber, BankReference, DepositMethod};
use tallybook_domain::settlement::receipt::{OwnAccount, ReceiptState, RemittanceText};
use tallybook_domain::settlement::{ReceiptId, WriteOffId};
use tallybook_domain::{Currency, CustomerId, Money};
use utoipa::ToSchema;

use super::{AdvanceRefund, ReceiptReversal};
use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{count, money, optional, spelled, stamp, stored_json};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiptRow {
    #[schema(value_type = String, example = "RP3XP6RJ5HNHZQAV0")]
    pub id: ReceiptId,
    /// Which of the company's own accounts it came into.
    #[schema(value_type = String, example = "ICBC-0123")]
    pub account: OwnAccount,
    /// The bank's or channel's number of it, once per account.
    #[schema(value_type = String)]
    pub reference: BankReference,
    /// `null` before somebody has said whose it is.
    #[schema(value_type = Option<String>, example = "C00042")]
    pub customer: Option<CustomerId>,
    /// The write-off with which the rules of matching have said so; `null` if a person has, or nobody.
    #[schema(value_type = Option<String>, example = "W01K7RA8ZAYFGXSMRSF9FMC3M01")]
    pub identified_by: Option<WriteOffId>,
    #[schema(value_type = schema::ReceiptState)]
    pub state: ReceiptState,
    #[schema(value_type = schema::DepositMethod)]
    pub method: DepositMethod,
    pub received_date: NaiveDate,
    /// When it is in the books: the day it was received, or a later one where that was in a closed month.
    pub effective_date: NaiveDate,
    /// How often it was recorded, with this time: more than once after a reversal.
    pub entry: u64,
    #[schema(value_type = Option<String>)]
    pub payer_name: Option<AccountName>,
    #[schema(value_type = Option<String>)]
    pub payer_account: Option<AccountNumber>,
    /// What the payer wrote with it.
    #[schema(value_type = Option<String>)]
    pub text: Option<RemittanceText>,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// What of it settles bills.
    #[schema(value_type = schema::Money)]
    pub applied: Money,
    /// What of it went to the wallet.
    #[schema(value_type = schema::Money)]
    pub moved: Money,
    #[schema(value_type = schema::Money)]
    pub refunded: Money,
    /// What somebody has asked to pay back, and nobody has decided.
    #[schema(value_type = schema::Money)]
    pub refund_asked: Money,
    /// The rest, which is free.
    #[schema(value_type = schema::Money)]
    pub unapplied: Money,
    /// Whether a write-off of it was undone: the rules of matching take nothing of it by themselves any more.
    pub undone: bool,
    pub refund: Option<AdvanceRefund>,
    pub reversal: Option<ReceiptReversal>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for ReceiptRow {
    const TABLE: &'static str = "receipts";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("account"),
        Column::text("reference"),
        Column::text("customer"),
        Column::text("identified_by"),
        Column::text("state"),
        Column::text("method"),
        Column::date("received_date"),
        Column::date("effective_date"),
        Column::number("entry"),
        Column::text("payer_name"),
        Column::text("payer_account"),
        Column::text("remittance"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::amount("applied"),
        Column::amount("moved"),
        Column::amount("refunded"),
        Column::amount("refund_asked"),
        Column::amount("unapplied"),
        Column::flag("undone"),
        Column::text("refund"),
        Column::text("reversal"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.account);
        fields.put(&self.reference);
        fields.put_option(self.customer.as_ref());
        fields.put_option(self.identified_by.as_ref());
        fields.put(self.state);
        fields.put(self.method);
        fields.put_date(self.received_date);
        fields.put_date(self.effective_date);
        fields.put_count(self.entry);
        fields.put_option(self.payer_name.as_ref());
        fields.put_option(self.payer_account.as_ref().map(AccountNumber::as_str));
        fields.put_option(self.text.as_ref());
        fields.put(self.amount.currency());
        for money in [self.amount, self.applied, self.moved, self.refunded, self.refund_asked, self.unapplied]
        {
            fields.put_amount(money.amount());
        }
        fields.put_flag(self.undone);
        fields.put_json(&self.refund);
        fields.put_json(&self.reversal);
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for ReceiptRow {
    const KEY_COLUMNS: usize = 1;
    type Key = ReceiptId;

    fn key(&self) -> ReceiptId {
        self.id.clone()
    }

    fn encode_key(key: &ReceiptId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let typed = [
            Some(self.reference.as_str()),
            self.payer_name.as_ref().map(AccountName::as_str),
            self.payer_account.as_ref().map(AccountNumber::as_str),
            self.text.as_ref().map(RemittanceText::as_str),
            self.refund.as_ref().map(|refund| refund.reason.as_str()),
            self.reversal.as_ref().map(|reversal| reversal.reason.as_str()),
        ];
        typed.into_iter().flatten().map(str::len).sum()
    }
}

impl FromRow<'_, PgRow> for ReceiptRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = spelled(row, "currency")?;
        Ok(Self {
            id: spelled(row, "id")?,
            account: spelled(row, "account")?,
            reference: spelled(row, "reference")?,
            customer: optional(row, "customer")?,
            identified_by: optional(row, "identified_by")?,
            state: spelled(row, "state")?,
            method: spelled(row, "method")?,
            received_date: row.try_get("received_date")?,
            effective_date: row.try_get("effective_date")?,
            entry: count(row, "entry")?,
            payer_name: optional(row, "payer_name")?,
            payer_account: optional(row, "payer_account")?,
            text: optional(row, "remittance")?,
            amount: money(row, "amount", currency)?,
            applied: money(row, "applied", currency)?,
            moved: money(row, "moved", currency)?,
            refunded: money(row, "refunded", currency)?,
            refund_asked: money(row, "refund_asked", currency)?,
            unapplied: money(row, "unapplied", currency)?,
            undone: row.try_get("undone")?,
            refund: stored_json(row, "refund")?,
            reversal: stored_json(row, "reversal")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
