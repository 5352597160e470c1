//! A customer as a reader sees it: open fields as they are, personal ones masked, or in full and written down.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tallybook_commands::customers::personal::{OpenedField, OpenedFields, open_personal};
use tallybook_domain::customers::{
    AccountManager, BillingCycle, CustomerName, CustomerStatus, ExternalIds, PersonalField, SettlementMode,
    Tags,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{Currency, CustomerId, Money};
use tallybook_read_models::customers::CustomerRow;
use tallybook_read_models::fold::Stamp;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::access::{Caller, record_showings};
use crate::problem::Problem;
use crate::state::ApiState;

/// How the personal fields are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PersonalView {
    /// Enough to recognise them, and no more.
    Masked,
    /// In full.
    Shown,
    /// Not at all: this server has no key to open them.
    Locked,
    /// They are gone for ever.
    Erased,
}

/// A customer and what is known of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(super) struct ShownCustomer {
    #[schema(value_type = String, example = "C00042")]
    pub(super) id: CustomerId,
    #[schema(value_type = String)]
    pub(super) name: CustomerName,
    #[schema(value_type = schema::CustomerStatus)]
    pub(super) status: CustomerStatus,
    /// Why the customer is suspended, while it is.
    #[schema(value_type = Option<String>)]
    pub(super) suspension_reason: Option<Reason>,
    #[schema(value_type = Option<String>)]
    pub(super) closure_reason: Option<Reason>,
    /// In the company's own files.
    pub(super) code: Option<String>,
    pub(super) short_name: Option<String>,
    pub(super) industry: Option<String>,
    pub(super) level: Option<String>,
    #[schema(value_type = Option<String>)]
    pub(super) account_manager: Option<AccountManager>,
    /// 统一社会信用代码.
    pub(super) tax_number: Option<String>,
    pub(super) bank_name: Option<String>,
    #[schema(value_type = Option<schema::SettlementMode>)]
    pub(super) settlement_mode: Option<SettlementMode>,
    #[schema(value_type = Option<schema::BillingCycle>)]
    pub(super) billing_cycle: Option<BillingCycle>,
    pub(super) payment_term_days: Option<u16>,
    #[schema(value_type = Option<schema::Money>)]
    pub(super) credit_limit: Option<Money>,
    /// What is left of its money pays its oldest bills, where the matching rule `oldest_first` is on.
    pub(super) oldest_first: Option<bool>,
    #[schema(value_type = Option<String>)]
    pub(super) currency: Option<Currency>,
    #[schema(value_type = Option<Vec<String>>)]
    pub(super) tags: Option<Tags>,
    pub(super) remarks: Option<String>,
    #[schema(value_type = Option<Object>, example = json!({"crm": "A-77"}))]
    pub(super) external_ids: Option<ExternalIds>,
    /// How the five fields below are shown.
    pub(super) personal_fields: PersonalView,
    #[schema(value_type = Option<String>, example = "王*")]
    pub(super) contact_person: Option<String>,
    #[schema(value_type = Option<String>, example = "138****1234")]
    pub(super) phone: Option<String>,
    #[schema(value_type = Option<String>, example = "z***@x.com")]
    pub(super) email: Option<String>,
    #[schema(value_type = Option<String>)]
    pub(super) address: Option<String>,
    #[schema(value_type = Option<String>, example = "****5702")]
    pub(super) bank_account: Option<String>,
    pub(super) personal_data_erased_at: Option<DateTime<Utc>>,
    pub(super) created: Stamp,
    pub(super) updated: Stamp,
}

/// Who reads, in which request, and whether in full.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) caller: Caller,
    pub(super) request_id: String,
    pub(super) in_full: bool,
}

impl Reader {
    /// The customers as this reader sees them. What is shown in full is written down first.
    pub(super) async fn shown(
        &self,
        state: &ApiState,
        rows: Vec<CustomerRow>,
    ) -> Result<Vec<ShownCustomer>, Problem> {
        let sealed: Vec<_> = rows.iter().map(|row| (&row.id, &*row.profile)).collect();
        let opened = open_personal(state.personal_keys(), &sealed, self.in_full).await?;
        let in_full = rows.iter().zip(&opened).map(|(row, opened)| (row.id.clone(), opened.shown()));
        let in_full: Vec<_> = in_full.filter(|(_, fields)| !fields.is_empty()).collect();
        if !in_full.is_empty() {
            let book = state.book();
            record_showings(book.pool(), self.caller.actor(), &self.request_id, in_full, book.now()).await?;
        }
        Ok(rows.into_iter().zip(&opened).map(|(row, opened)| show(row, opened)).collect())
    }
}

fn show(row: CustomerRow, opened: &OpenedFields) -> ShownCustomer {
    let personal_fields = view(&row, opened);
    let profile = *row.profile;
    ShownCustomer {
        id: row.id,
        name: row.name,
        status: row.status,
        suspension_reason: row.suspension_reason,
        closure_reason: row.closure_reason,
        code: written(profile.code),
        short_name: written(profile.short_name),
        industry: written(profile.industry),
        level: written(profile.level),
        account_manager: row.account_manager,
        tax_number: written(profile.tax_number),
        bank_name: written(profile.bank_name),
        settlement_mode: profile.settlement_mode,
        billing_cycle: profile.billing_cycle,
        payment_term_days: profile.payment_term_days.map(|days| days.get()),
        credit_limit: profile.credit_limit,
        oldest_first: profile.oldest_first,
        currency: profile.currency,
        tags: profile.tags,
        remarks: written(profile.remarks),
        external_ids: profile.external_ids,
        personal_fields,
        contact_person: seen(opened, PersonalField::ContactPerson),
        phone: seen(opened, PersonalField::Phone),
        email: seen(opened, PersonalField::Email),
        address: seen(opened, PersonalField::Address),
        bank_account: seen(opened, PersonalField::BankAccount),
        personal_data_erased_at: row.personal_data_erased_at,
        created: row.created,
        updated: row.updated,
    }
}

fn written(text: Option<impl std::fmt::Display>) -> Option<String> {
    text.map(|text| text.to_string())
}

fn view(row: &CustomerRow, opened: &OpenedFields) -> PersonalView {
    let has = |wanted: fn(&OpenedField) -> bool| {
        PersonalField::ALL.into_iter().any(|field| opened.get(field).is_some_and(wanted))
    };
    if row.personal_data_erased_at.is_some() {
        PersonalView::Erased
    } else if has(|field| matches!(field, OpenedField::Locked)) {
        PersonalView::Locked
    } else if has(|field| matches!(field, OpenedField::Full(_))) {
        PersonalView::Shown
    } else {
        PersonalView::Masked
    }
}

fn seen(opened: &OpenedFields, field: PersonalField) -> Option<String> {
    match opened.get(field)? {
        OpenedField::Full(plain) => Some(plain.to_string()),
        OpenedField::Masked(masked) => Some(masked.clone()),
        OpenedField::Locked => None,
    }
}
