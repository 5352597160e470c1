//! An empty list of usage for people to fill in.

use rust_xlsxwriter::XlsxError;

use super::Field;
use crate::list::{ListField, Template};

/// All columns but the customer's code and name, which the first can hold too.
pub fn template() -> Result<Vec<u8>, XlsxError> {
    let fields = Field::ALL.iter().copied().filter(|field| is_offered(*field));
    let template = Template {
        sheet: "用量 Usage",
        columns: fields.map(|field| (field, what(field).to_owned())).collect(),
        choices: vec![(Field::Correction, vec!["是", "否"])],
    };
    template.workbook()
}

fn is_offered(field: Field) -> bool {
    !matches!(field, Field::CustomerCode | Field::CustomerName)
}

fn what(field: Field) -> &'static str {
    match field {
        Field::Customer => {
            "必填，客户编号（如 C00042）、客户编码或客户全称 required: id (such as C00042), code or full name"
        }
        Field::CustomerCode => "客户编码 the customer's code",
        Field::CustomerName => "客户全称 the customer's full name",
        Field::Meter => "必填，价格方案中的计量项，如 api_calls required: the meter of the price plan",
        Field::Date => "必填，如 2026-10-05 required: the day of use",
        Field::Quantity => "必填，不小于 0，最多 12 位小数 required: 0 or more, up to 12 decimals",
        Field::Reference => {
            "必填，最多 200 字；同一客户、计量项、日期内不可重复 required: tells records of a customer, meter and day apart"
        }
        Field::Correction => "更正已入账的用量填“是” 是 if it takes the place of what is recorded",
    }
}
