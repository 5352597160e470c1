//! A row of `customers`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{
    AccountManager, CustomerName, CustomerProfile, CustomerStatus, PersonalField,
};
use tallybook_domain::text::Reason;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{damaged, money, optional, spelled, stamp};

/// A customer as the events left it. Personal fields are sealed: who shows them opens or masks them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub name: CustomerName,
    pub status: CustomerStatus,
    /// Why the customer is suspended, while it is.
    pub suspension_reason: Option<Reason>,
    pub closure_reason: Option<Reason>,
    pub account_manager: Option<AccountManager>,
    pub profile: Box<CustomerProfile>,
    pub personal_data_erased_at: Option<DateTime<Utc>>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for CustomerRow {
    const TABLE: &'static str = "customers";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("name"),
        Column::text("status"),
        Column::text("suspension_reason"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
        Column::text("closure_reason"),
        Column::text("account_manager"),
        Column::text("code"),
        Column::text("short_name"),
        Column::text("industry"),
        Column::text("level"),
        Column::text("tax_number"),
        Column::text("bank_name"),
        Column::text("settlement_mode"),
        Column::text("billing_cycle"),
        Column::number("payment_term_days"),
        Column::amount("credit_limit"),
        Column::text("credit_limit_currency"),
        Column::text("currency"),
        Column::text("tags"),
        Column::text("remarks"),
        Column::text("external_ids"),
        Column::text("contact_person"),
        Column::text("phone"),
        Column::text("email"),
        Column::text("address"),
        Column::text("bank_account"),
        Column::moment("personal_data_erased_at"),
        Column::flag("oldest_first"),
    ];
    /// A limit is no money of the book: there is nothing to add up.
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.name);
        fields.put(self.status.as_str());
        fields.put_option(self.suspension_reason.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
        fields.put_option(self.closure_reason.as_ref());
        fields.put_option(self.account_manager.as_ref());
        encode_profile(&self.profile, fields);
        match self.personal_data_erased_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        match self.profile.oldest_first {
            Some(oldest_first) => fields.put_flag(oldest_first),
            None => fields.put_null(),
        }
    }
}

fn encode_profile(profile: &CustomerProfile, fields: &mut Fields<'_>) {
    fields.put_option(profile.code.as_ref());
    fields.put_option(profile.short_name.as_ref());
    fields.put_option(profile.industry.as_ref());
    fields.put_option(profile.level.as_ref());
    fields.put_option(profile.tax_number.as_ref());
    fields.put_option(profile.bank_name.as_ref());
    fields.put_option(profile.settlement_mode);
    fields.put_option(profile.billing_cycle);
    match profile.payment_term_days {
        Some(days) => fields.put_count(days.get().into()),
        None => fields.put_null(),
    }
    match profile.credit_limit {
        Some(limit) => fields.put_amount(limit.amount()),
        None => fields.put_null(),
    }
    fields.put_option(profile.credit_limit.map(|limit| limit.currency()));
    fields.put_option(profile.currency);
    fields.put_option(profile.tags.as_ref().map(json));
    fields.put_option(profile.remarks.as_ref());
    fields.put_option(profile.external_ids.as_ref().map(json));
    for field in PersonalField::ALL {
        fields.put_option(profile.personal(field));
    }
}

/// Lists and maps of texts.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and their lists are JSON")
}

impl KeyedRow for CustomerRow {
    const KEY_COLUMNS: usize = 1;
    type Key = CustomerId;

    fn key(&self) -> CustomerId {
        self.id.clone()
    }

    fn encode_key(key: &CustomerId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let length = |reason: &Option<Reason>| reason.as_ref().map_or(0, |reason| reason.as_str().len());
        let profile = &self.profile;
        let remarks = profile.remarks.as_ref().map_or(0, |remarks| remarks.as_str().len());
        let tags = profile.tags.iter().flat_map(|tags| tags.iter()).map(|tag| tag.as_str().len() + 48);
        let sealed = PersonalField::ALL.into_iter().filter_map(|field| profile.personal(field));
        self.name.as_str().len()
            + length(&self.suspension_reason)
            + length(&self.closure_reason)
            + remarks
            + tags.sum::<usize>()
            + sealed.map(|sealed| sealed.as_str().len()).sum::<usize>()
            + size_of::<CustomerProfile>()
    }
}

impl FromRow<'_, PgRow> for CustomerRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            name: spelled(row, "name")?,
            status: spelled(row, "status")?,
            suspension_reason: optional(row, "suspension_reason")?,
            closure_reason: optional(row, "closure_reason")?,
            account_manager: optional(row, "account_manager")?,
            profile: Box::new(profile(row)?),
            personal_data_erased_at: row.try_get("personal_data_erased_at")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

fn profile(row: &PgRow) -> Result<CustomerProfile, sqlx::Error> {
    Ok(CustomerProfile {
        code: optional(row, "code")?,
        short_name: optional(row, "short_name")?,
        industry: optional(row, "industry")?,
        level: optional(row, "level")?,
        tax_number: optional(row, "tax_number")?,
        bank_name: optional(row, "bank_name")?,
        settlement_mode: optional(row, "settlement_mode")?,
        billing_cycle: optional(row, "billing_cycle")?,
        payment_term_days: row
            .try_get::<Option<i64>, _>("payment_term_days")?
            .map(|days| {
                let days = u16::try_from(days).map_err(|error| damaged("payment_term_days", error))?;
                days.try_into().map_err(|error| damaged("payment_term_days", error))
            })
            .transpose()?,
        credit_limit: optional(row, "credit_limit_currency")?
            .map(|currency| money(row, "credit_limit", currency))
            .transpose()?,
        oldest_first: row.try_get("oldest_first")?,
        currency: optional(row, "currency")?,
        tags: from_json(row, "tags")?,
        remarks: optional(row, "remarks")?,
        external_ids: from_json(row, "external_ids")?,
        contact_person: optional(row, "contact_person")?,
        phone: optional(row, "phone")?,
        email: optional(row, "email")?,
        address: optional(row, "address")?,
        bank_account: optional(row, "bank_account")?,
    })
}

fn from_json<T: DeserializeOwned>(row: &PgRow, column: &str) -> Result<Option<T>, sqlx::Error> {
    row.try_get::<Option<&str>, _>(column)?
        .map(|text| serde_json::from_str(text).map_err(|error| damaged(column, error)))
        .transpose()
}
