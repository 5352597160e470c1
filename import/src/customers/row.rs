//! A row of a list: what it wishes of a customer, or everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr;

use tallybook_commands::customers::personal::{PersonalEdits, PersonalText};
use tallybook_domain::customers::{
    AccountManager, CustomerCode, CustomerName, Edit, ExternalId, ExternalIds, PersonalField, ProfileEdits,
    SystemName, Tag, Tags,
};
use tallybook_domain::text::InvalidText;
use tallybook_domain::{Currency, CustomerId};

use super::{Field, words};
use crate::cell;
use crate::list::{CellError, Cells, Columns, ListField, ListRow, Listed, Mapping};

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

impl CustomerRow {
    /// What no other row may have.
    fn keys(&self) -> Vec<(Field, String)> {
        let keys = [
            (Field::Id, self.customer.as_ref().map(ToString::to_string)),
            (Field::Code, self.code().map(CustomerCode::claim_key)),
            (Field::Name, self.name.as_ref().map(CustomerName::claim_key)),
        ];
        keys.into_iter().filter_map(|(field, key)| Some((field, key?))).collect()
    }

    /// Of the code, if the row has one.
    pub fn code(&self) -> Option<&CustomerCode> {
        match &self.profile.code {
            Edit::Set(code) => Some(code),
            Edit::Keep | Edit::Clear => None,
        }
    }
}

impl Listed for CustomerRow {
    type Field = Field;

    fn read(cells: &mut Cells<'_, Field>) -> Option<Self> {
        Some(Wishes { cells }.read())
    }

    fn check(_: &Columns<Field>, _: &Mapping<Field>) -> Result<(), String> {
        Ok(())
    }

    /// Of several rows with the same id, code or name, the first counts.
    fn compare(rows: &mut [ListRow<Self>], columns: &Columns<Field>) {
        let mut first: HashMap<(Field, String), usize> = HashMap::new();
        for row in rows {
            let Ok(wanted) = &row.read else { continue };
            let keys = wanted.keys();
            let repeated = keys.iter().filter_map(|key| Some((key.0, *first.get(key)?)));
            let errors: Vec<CellError> = repeated
                .map(|(field, earlier)| CellError::of(field, columns, format!("row {earlier} has the same")))
                .collect();
            if errors.is_empty() {
                first.extend(keys.into_iter().map(|key| (key, row.number)));
            } else {
                row.read = Err(errors);
            }
        }
    }
}

/// What the cells of a row wish.
struct Wishes<'w, 'c> {
    cells: &'w mut Cells<'c, Field>,
}

impl Wishes<'_, '_> {
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
        profile.oldest_first = self.try_edit(Field::OldestFirst, words::yes_or_no);
        profile.currency = self.try_edit(Field::Currency, cell::currency);
        profile.tags = self.try_edit(Field::Tags, tags);
        profile.external_ids = self.try_edit(Field::ExternalIds, external_ids);
        let of_limit = self.try_edit(Field::CreditLimitCurrency, cell::currency);
        let currency = self.currency_of_limit(&of_limit, &profile.currency);
        profile.credit_limit = self.try_edit(Field::CreditLimit, |text| cell::amount(text, currency));
        let (personal, masked) = self.personal();
        CustomerRow {
            customer: self.cells.parsed(Field::Id),
            name: self.cells.parsed(Field::Name),
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
                self.cells.mapping.given.currency.unwrap_or(Currency::CNY)
            }
        }
    }

    fn personal(&mut self) -> (PersonalEdits, Vec<Field>) {
        let (mut personal, mut masked) = (PersonalEdits::default(), Vec::new());
        for field in Field::ALL {
            let Some(kind) = field.personal() else { continue };
            let Some(text) = self.cells.text(*field) else { continue };
            if is_mask(kind, &text) {
                masked.push(*field);
                continue;
            }
            match PersonalText::new(kind, &text) {
                Ok(text) => personal.set(kind, Edit::Set(text)),
                Err(error) => self.cells.wrong(*field, error.to_string()),
            }
        }
        (personal, masked)
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
        let Some(text) = self.cells.text(field) else { return Edit::Keep };
        self.cells.right(field, read(&text)).map_or(Edit::Keep, Edit::Set)
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
