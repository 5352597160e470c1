//! An empty list of customers for people to fill in.

use rust_xlsxwriter::XlsxError;
use tallybook_domain::customers::{BillingCycle, PersonalField, SettlementMode};

use super::Field;
use crate::list::{ListField, Template};

/// All columns but the id: who fills in an empty list has new customers.
pub fn template() -> Result<Vec<u8>, XlsxError> {
    let fields = Field::ALL.iter().copied().filter(|field| *field != Field::Id);
    let template = Template {
        sheet: "客户 Customers",
        columns: fields.map(|field| (field, what(field))).collect(),
        choices: vec![
            (Field::SettlementMode, SettlementMode::ALL.map(SettlementMode::as_str).to_vec()),
            (Field::BillingCycle, BillingCycle::ALL.map(BillingCycle::as_str).to_vec()),
            (Field::OldestFirst, vec!["true", "false"]),
        ],
    };
    template.workbook()
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
        Field::OldestFirst => "true 或 false：余款先核销最早的账单 what is left pays the oldest bills",
        Field::Currency => "ISO 代码或中文，如 CNY、人民币 ISO code or Chinese name",
        Field::Tags => "用分号分隔，最多 50 个 separated by semicolons, up to 50",
        Field::Remarks => "不要写个人信息 nothing of a person",
        Field::ExternalIds => "如 crm=A-77; erp=1002 such as crm=A-77; erp=1002",
    };
    let personal = PersonalField::ALL.into_iter().any(|personal| field.personal() == Some(personal));
    let note = if personal { "；掩码（138****1234）不改变原值 a mask changes nothing" } else { "" };
    format!("{text}{note}")
}
