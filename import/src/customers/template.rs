//! An empty list for people to fill in.

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};
use tallybook_domain::customers::{BillingCycle, PersonalField, SettlementMode};

use super::Field;

/// Rows that offer their words to choose from.
const ROWS: u32 = 10_000;

/// The workbook: a sheet with the names of all columns, whose cells are texts, and one that explains them.
pub fn template() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    list(workbook.add_worksheet())?;
    explanation(workbook.add_worksheet())?;
    workbook.save_to_buffer()
}

/// Without the id: who fills in an empty list has new customers.
fn fields() -> impl Iterator<Item = Field> {
    Field::ALL.iter().copied().filter(|field| *field != Field::Id)
}

fn list(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("客户 Customers")?;
    let (text, head) = (Format::new().set_num_format("@"), Format::new().set_bold());
    for (column, field) in (0_u16..).zip(fields()) {
        // Typed into cells of text, a code keeps its zeros and an account all its digits.
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, 20)?;
        sheet.write_string_with_format(0, column, field.chinese(), &head)?;
    }
    offer(sheet, Field::SettlementMode, &SettlementMode::ALL.map(SettlementMode::as_str))?;
    offer(sheet, Field::BillingCycle, &BillingCycle::ALL.map(BillingCycle::as_str))?;
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// Lets people choose from the words there are.
fn offer(sheet: &mut Worksheet, field: Field, words: &[&str]) -> Result<(), XlsxError> {
    let Some((column, _)) = (0_u16..).zip(fields()).find(|(_, other)| *other == field) else { return Ok(()) };
    let choice = DataValidation::new().allow_list_strings(words)?;
    sheet.add_data_validation(1, column, ROWS, column, &choice)?;
    Ok(())
}

fn explanation(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("说明 Instructions")?;
    let head = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(["列 Column", "Column", "Field", "填写 What to write"]) {
        sheet.write_string_with_format(0, column, name, &head)?;
    }
    for (row, field) in (1_u32..).zip(fields()) {
        sheet.write_string(row, 0, field.chinese())?;
        sheet.write_string(row, 1, field.english())?;
        sheet.write_string(row, 2, field.as_str())?;
        sheet.write_string(row, 3, what(field))?;
    }
    for (column, width) in [(0, 24), (1, 24), (2, 24), (3, 90)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

fn what(field: Field) -> String {
    let text = match field {
        Field::Id => "客户在账本中的编号 the book's own id, such as C00042",
        Field::Code => {
            "本公司的客户编码，不可重复，最多 40 字 your own code, once per book, up to 40 characters"
        }
        Field::Name => "必填，不可重复，最多 200 字 required, once per book, up to 200 characters",
        Field::ShortName | Field::Industry | Field::AccountManager => "最多 60 字 up to 60 characters",
        Field::Level => "最多 40 字 up to 40 characters",
        Field::ContactPerson => "加密保存 kept encrypted",
        Field::Phone => "加密保存，如 138 0013 8000 kept encrypted",
        Field::Email => "加密保存，如 name@example.com kept encrypted",
        Field::Address => "加密保存，最多 500 字 kept encrypted, up to 500 characters",
        Field::BankAccount => "加密保存，数字和字母 kept encrypted, digits and letters",
        Field::TaxNumber => "18 位，校验码须正确 18 characters with the right check character",
        Field::BankName => "最多 100 字 up to 100 characters",
        Field::SettlementMode => "prepaid 预付, postpaid 后付, package 套餐",
        Field::BillingCycle => "monthly 按月",
        Field::PaymentTermDays => "0 至 365 0 to 365",
        Field::CreditLimit => "如 50,000.00 such as 50,000.00",
        Field::CreditLimitCurrency => "ISO 代码，默认与币种相同 ISO code; that of the currency if empty",
        Field::Currency => "ISO 代码或中文，如 CNY、人民币 ISO code or Chinese name",
        Field::Tags => "用分号分隔，最多 50 个 separated by semicolons, up to 50",
        Field::Remarks => "不要写个人信息 nothing of a person",
        Field::ExternalIds => "如 crm=A-77; erp=1002 such as crm=A-77; erp=1002",
    };
    let personal = PersonalField::ALL.into_iter().any(|personal| field.personal() == Some(personal));
    let note = if personal { "；掩码（138****1234）不改变原值 a mask changes nothing" } else { "" };
    format!("{text}{note}")
}
