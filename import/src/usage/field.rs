//! What a column of a list of usage can mean, and what people call it.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::pricing::Meter;
use tallybook_domain::billing::usage::UsageReference;

use crate::list::{Given, fields};

fields! {
    "usage", found by [Customer, CustomerCode, CustomerName], given GivenOfUsage;
    Customer "customer" "客户" "Customer" ["客户号", "客户编号", "customer id", "customer no", "customer number", "account", "client"],
    CustomerCode "customer_code" "客户编码" "Customer code" ["客户代码", "code", "account code"],
    CustomerName "customer_name" "客户全称" "Customer name" [
        "客户名称", "公司名称", "单位名称", "企业名称", "full name", "company", "company name", "account name"
    ],
    Meter "meter" "计量项" "Meter" ["计费项", "计量项目", "用量类型", "指标", "产品", "metric", "item", "product", "sku", "usage type"],
    Date "date" "日期" "Date" ["用量日期", "使用日期", "计量日期", "统计日期", "业务日期", "发生日期", "day", "usage date"],
    Quantity "quantity" "用量" "Quantity" ["数量", "使用量", "计量值", "用量值", "qty", "usage", "amount", "units", "volume"],
    Reference "reference" "流水号" "Reference" [
        "凭证号", "记录号", "用量编号", "唯一标识", "参考号", "单号", "ref", "record id", "usage id", "event id", "reference no"
    ],
    Correction "correction" "更正" "Correction" ["是否更正", "修正", "是否修正", "更正标志", "is correction", "corrected"],
}

/// What can be said of a whole list of usage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenOfUsage {
    /// Of every row, where no column says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter: Option<Meter>,
    /// Of every row, where no column says it: then customer, meter and date tell records apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<UsageReference>,
}

impl Given for GivenOfUsage {
    fn overridden_by(self, chosen: Self) -> Self {
        Self { meter: chosen.meter.or(self.meter), reference: chosen.reference.or(self.reference) }
    }
}

impl Field {
    /// What every row says, and no list can do without. Whose it is, is one of the keys.
    pub(super) const NEEDED: [Self; 4] = [Self::Meter, Self::Date, Self::Quantity, Self::Reference];
}

impl GivenOfUsage {
    /// Whether rows need not say it.
    pub(super) fn says(&self, field: Field) -> bool {
        match field {
            Field::Meter => self.meter.is_some(),
            Field::Reference => self.reference.is_some(),
            Field::Customer
            | Field::CustomerCode
            | Field::CustomerName
            | Field::Date
            | Field::Quantity
            | Field::Correction => false,
        }
    }
}
