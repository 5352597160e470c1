//! A row of a list: what it wishes of a customer, or everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::Serialize;
use tallybook_commands::customers::personal::{PersonalEdits, PersonalText};
use tallybook_domain::customers::{
    AccountManager, CustomerCode, CustomerName, Edit, ExternalId, ExternalIds, PersonalField, ProfileEdits,
    SystemName, Tag, Tags,
};
use tallybook_domain::text::InvalidText;
use tallybook_domain::{Currency, CustomerId};
use utoipa::ToSchema;

use super::{Columns, CustomerMapping, Field, words};
use crate::cell;
use crate::source::SourceRow;

/// What a row wishes. A cell that is empty wishes nothing.
#[derive(Debug, Clone)]
pub struct CustomerRow {
    pub customer: Option<CustomerId>,
    pub name: Option<CustomerName>,
    pub account_manager: Edit<AccountManager>,
    pub profile: Box<ProfileEdits>,
    pub personal: PersonalEdits,
    /// Cells that hold a mask, as lists show personal fields: it leaves a customer's field as it is, and says nothing
    /// of a new one.
    pub masked: Vec<Field>,
}

/// What is wrong with a cell, or with the row as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CellError {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "phone")]
    pub field: Option<Field>,
    /// What the file calls the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub detail: String,
}

impl CellError {
    /// Of the row as a whole.
    pub fn of_row(detail: impl Into<String>) -> Self {
        Self { field: None, column: None, detail: detail.into() }
    }
}

impl std::fmt::Display for CellError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.column, self.field) {
            (Some(column), _) => write!(f, "{column}: {}", self.detail),
            (None, Some(field)) => write!(f, "{field}: {}", self.detail),
            (None, None) => f.write_str(&self.detail),
        }
    }
}

impl CustomerRow {
    pub(super) fn read(
        row: &SourceRow,
        columns: &Columns,
        mapping: &CustomerMapping,
    ) -> Result<Self, Vec<CellError>> {
        if row.torn {
            return Err(vec![CellError::of_row("a quotation mark is open or out of place")]);
        }
        let mut cells = Cells { row, columns, mapping, errors: Vec::new() };
        let read = cells.read();
        cells.check_required();
        if cells.errors.is_empty() { Ok(read) } else { Err(cells.errors) }
    }

    /// Of the code, if the row has one.
    pub fn code(&self) -> Option<&CustomerCode> {
        match &self.profile.code {
            Edit::Set(code) => Some(code),
            Edit::Keep | Edit::Clear => None,
        }
    }
}

/// The cells of one row as they are read, and what was wrong with them so far.
struct Cells<'c> {
    row: &'c SourceRow,
    columns: &'c Columns,
    mapping: &'c CustomerMapping,
    errors: Vec<CellError>,
}

impl Cells<'_> {
    fn read(&mut self) -> CustomerRow {
        let mut profile = Box::new(ProfileEdits {
            code: self.edit(Field::Code),
            short_name: self.edit(Field::ShortName),
            industry: self.edit(Field::Industry),
            level: self.edit(Field::Level),
            tax_number: self.edit_as(Field::TaxNumber, |text| text.to_ascii_uppercase()),
            bank_name: self.edit(Field::BankName),
            settlement_mode: self.edit_as(Field::SettlementMode, words::settlement_mode),
            billing_cycle: self.edit_as(Field::BillingCycle, words::billing_cycle),
            payment_term_days: self.edit_as(Field::PaymentTermDays, words::days),
            remarks: self.edit(Field::Remarks),
            ..ProfileEdits::default()
        });
        profile.currency = self.try_edit(Field::Currency, cell::currency);
        profile.tags = self.try_edit(Field::Tags, tags);
        profile.external_ids = self.try_edit(Field::ExternalIds, external_ids);
        let of_limit = self.try_edit(Field::CreditLimitCurrency, cell::currency);
        let currency = self.currency_of_limit(&of_limit, &profile.currency);
        profile.credit_limit = self.try_edit(Field::CreditLimit, |text| cell::amount(text, currency));
        let (personal, masked) = self.personal();
        CustomerRow {
            customer: self.set(Field::Id),
            name: self.set(Field::Name),
            account_manager: self.edit(Field::AccountManager),
            profile,
            personal,
            masked,
        }
    }

    fn currency_of_limit(&self, own: &Edit<Currency>, customers: &Edit<Currency>) -> Currency {
        match (own, customers) {
            (Edit::Set(currency), _) | (_, Edit::Set(currency)) => *currency,
            (Edit::Keep | Edit::Clear, Edit::Keep | Edit::Clear) => {
                self.mapping.currency.unwrap_or(Currency::CNY)
            }
        }
    }

    fn personal(&mut self) -> (PersonalEdits, Vec<Field>) {
        let (mut personal, mut masked) = (PersonalEdits::default(), Vec::new());
        for field in Field::ALL {
            let Some(kind) = field.personal() else { continue };
            let Some(text) = self.text(*field) else { continue };
            if is_mask(kind, &text) {
                masked.push(*field);
                continue;
            }
            match PersonalText::new(kind, &text) {
                Ok(text) => personal.set(kind, Edit::Set(text)),
                Err(error) => self.wrong(*field, error.to_string()),
            }
        }
        (personal, masked)
    }

    fn check_required(&mut self) {
        let missing: BTreeSet<Field> = self
            .mapping
            .required
            .iter()
            .filter(|field| self.columns.cell(self.row, **field).is_none_or(|cell| cell.text.is_empty()))
            .copied()
            .collect();
        for field in missing {
            self.wrong(field, "must not be empty".into());
        }
    }

    /// The cell, if it says something.
    fn text(&mut self, field: Field) -> Option<String> {
        let cell = self.columns.cell(self.row, field)?;
        if let Some(oddity) = cell.oddity {
            let said =
                if cell.text.is_empty() { oddity.to_string() } else { format!("{:?}: {oddity}", cell.text) };
            self.wrong(field, said);
            return None;
        }
        let text = cell::filled(&cell.text)?;
        match self.mapping.word(field, text) {
            Ok(word) => Some(word),
            Err(problem) => {
                self.wrong(field, problem);
                None
            }
        }
    }

    fn edit<T: FromStr<Err = InvalidText>>(&mut self, field: Field) -> Edit<T> {
        self.edit_as(field, str::to_owned)
    }

    fn edit_as<T: FromStr<Err = InvalidText>>(
        &mut self,
        field: Field,
        as_kept: impl Fn(&str) -> String,
    ) -> Edit<T> {
        self.try_edit(field, |text| {
            as_kept(text).parse().map_err(|error: InvalidText| format!("{text:?} {error}"))
        })
    }

    fn try_edit<T>(&mut self, field: Field, read: impl Fn(&str) -> Result<T, String>) -> Edit<T> {
        let Some(text) = self.text(field) else { return Edit::Keep };
        match read(&text) {
            Ok(value) => Edit::Set(value),
            Err(problem) => {
                self.wrong(field, problem);
                Edit::Keep
            }
        }
    }

    fn set<T: FromStr<Err: std::fmt::Display>>(&mut self, field: Field) -> Option<T> {
        let text = self.text(field)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(field, format!("{text:?} {error}"));
                None
            }
        }
    }

    fn wrong(&mut self, field: Field, detail: String) {
        let column = self.columns.name_of(field).map(str::to_owned);
        self.errors.push(CellError { field: Some(field), column, detail });
    }
}

/// Whether this is what lists show to who may not see the field.
fn is_mask(field: PersonalField, text: &str) -> bool {
    match field {
        PersonalField::Phone | PersonalField::Address | PersonalField::BankAccount => text.contains("****"),
        PersonalField::Email => text.contains("***@"),
        PersonalField::ContactPerson => text.chars().count() == 2 && text.ends_with('*'),
    }
}

fn tags(written: &str) -> Result<Tags, String> {
    let tags =
        words::parts(written).map(|tag| tag.parse::<Tag>().map_err(|error| format!("{tag:?} {error}")));
    let tags: BTreeSet<Tag> = tags.collect::<Result<_, _>>()?;
    Tags::try_from(tags).map_err(|error| error.to_string())
}

fn external_ids(written: &str) -> Result<ExternalIds, String> {
    let mut ids = BTreeMap::new();
    for part in words::parts(written) {
        let example = || format!("{part:?} must look like crm=A-77");
        let (system, id) = part.split_once(['=', ':', '：']).ok_or_else(example)?;
        let system: SystemName = system.parse().map_err(|_| example())?;
        let id: ExternalId = id.parse().map_err(|_| example())?;
        ids.insert(system, id);
    }
    ExternalIds::try_from(ids).map_err(|error| error.to_string())
}
