//! A customer's file in a request: every field may be set, cleared with `null`, or left out.

use serde::Serialize;
use tallybook_commands::customers::personal::{PersonalEdits, PersonalText};
use tallybook_domain::customers::{
    AccountManager, BillingCycle, Edit, PaymentTermDays, PersonalField, ProfileEdits, SettlementMode,
};
use tallybook_domain::{Currency, Money};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::request::{BodyReader, JsonValue, collection, money, number, text};

/// What is wanted of the file.
#[derive(Debug)]
pub(super) struct FileEdits {
    pub(super) account_manager: Edit<AccountManager>,
    pub(super) profile: Box<ProfileEdits>,
    pub(super) personal: PersonalEdits,
}

impl FileEdits {
    pub(super) fn read(body: &mut BodyReader<'_, '_>) -> Self {
        let mut personal = PersonalEdits::default();
        for field in PersonalField::ALL {
            let edit = body.edit(field.as_str(), |value| personal_text(field, value));
            personal.set(field, edit);
        }
        let profile = ProfileEdits {
            code: body.edit("code", text),
            short_name: body.edit("short_name", text),
            industry: body.edit("industry", text),
            level: body.edit("level", text),
            tax_number: body.edit("tax_number", text),
            bank_name: body.edit("bank_name", text),
            settlement_mode: body.edit("settlement_mode", text),
            billing_cycle: body.edit("billing_cycle", text),
            payment_term_days: body.edit("payment_term_days", term),
            credit_limit: body.edit("credit_limit", money),
            oldest_first: body.edit("oldest_first", |value| value.boolean()),
            currency: body.edit("currency", currency),
            tags: cleared_if_empty(
                body.edit("tags", |value| collection(value, "a list of 1 to 50 tags of 1 to 40 characters")),
            ),
            remarks: body.edit("remarks", text),
            external_ids: cleared_if_empty(body.edit("external_ids", |value| {
                collection(value, "an object of 1 to 20 systems, each with the customer's id there")
            })),
            ..ProfileEdits::default()
        };
        Self { account_manager: body.edit("account_manager", text), profile: Box::new(profile), personal }
    }
}

/// A refusal says what the field takes and never what was given.
fn personal_text(field: PersonalField, value: JsonValue<'_, '_>) -> Option<PersonalText> {
    let (plain, value) = value.string()?;
    match PersonalText::new(field, &plain) {
        Ok(text) => Some(text),
        Err(error) => value.refuse(error.code(), error.to_string()),
    }
}

fn term(value: JsonValue<'_, '_>) -> Option<PaymentTermDays> {
    let days = number(value, 0..=PaymentTermDays::MAX.into())?;
    u16::try_from(days).ok().and_then(|days| PaymentTermDays::try_from(days).ok())
}

fn currency(value: JsonValue<'_, '_>) -> Option<Currency> {
    let (code, value) = value.string()?;
    match Currency::parse(&code) {
        Ok(currency) => Some(currency),
        Err(error) => value.refuse(error.code(), error.to_string()),
    }
}

fn cleared_if_empty<T>(edit: Edit<Option<T>>) -> Edit<T> {
    match edit {
        Edit::Keep => Edit::Keep,
        Edit::Clear | Edit::Set(None) => Edit::Clear,
        Edit::Set(Some(value)) => Edit::Set(value),
    }
}

/// What is known of a customer. `null` clears a field; one that is left out stays as it is.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "describes FileEdits; never made")]
pub(super) struct CustomerFileBody {
    /// The customer's code in the company's own files. No two customers have the same.
    #[schema(max_length = 40, example = "KH-0042")]
    code: Option<String>,
    #[schema(max_length = 60)]
    short_name: Option<String>,
    /// A word of the company's own list.
    #[schema(max_length = 60)]
    industry: Option<String>,
    /// A word of the company's own list.
    #[schema(max_length = 40)]
    level: Option<String>,
    #[schema(max_length = 60, example = "王芳")]
    account_manager: Option<String>,
    /// 统一社会信用代码 (GB 32100), with its check character.
    #[schema(min_length = 18, max_length = 18, example = "91350100M000100Y43")]
    tax_number: Option<String>,
    #[schema(max_length = 100)]
    bank_name: Option<String>,
    #[schema(value_type = Option<schema::SettlementMode>)]
    settlement_mode: Option<SettlementMode>,
    #[schema(value_type = Option<schema::BillingCycle>)]
    billing_cycle: Option<BillingCycle>,
    /// From the issue of a bill to its due date.
    #[schema(minimum = 0, maximum = 365)]
    payment_term_days: Option<u16>,
    /// Never negative; in the customer's currency, if it has one.
    #[schema(value_type = Option<schema::Money>)]
    credit_limit: Option<Money>,
    /// What is left of its money pays its oldest bills, where the matching rule `oldest_first` is on.
    oldest_first: Option<bool>,
    /// What the customer is billed in (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    #[schema(max_items = 50)]
    tags: Option<Vec<String>>,
    #[schema(max_length = 500)]
    remarks: Option<String>,
    /// What other systems call the customer, by system.
    #[schema(value_type = Option<Object>, example = json!({"crm": "A-77"}))]
    external_ids: Option<serde_json::Value>,
    /// Personal: encrypted where it is kept, masked where it is shown.
    #[schema(max_length = 100)]
    contact_person: Option<String>,
    /// Personal.
    #[schema(max_length = 40, example = "13800138000")]
    phone: Option<String>,
    /// Personal.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// Personal.
    #[schema(max_length = 500)]
    address: Option<String>,
    /// Personal.
    #[schema(max_length = 60)]
    bank_account: Option<String>,
}
