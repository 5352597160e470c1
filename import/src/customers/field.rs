//! What a column of a list of customers can mean, and what people call it.

use serde::{Deserialize, Serialize};
use tallybook_domain::Currency;
use tallybook_domain::customers::PersonalField;

use crate::list::{Given, ListField, fields};

fields! {
    "customers", found by [Id, Code, Name], given GivenOfCustomers;
    Id "id" "客户号" "Customer id" ["系统编号", "customer_id"],
    Code "code" "客户编码" "Customer code" ["客户代码", "客户编号", "编码", "编号", "代码", "customer no", "customer number", "no"],
    Name "name" "客户全称" "Full name" [
        "客户名称", "公司名称", "单位名称", "企业名称", "全称", "名称", "customer name", "customer", "company", "company name"
    ],
    ShortName "short_name" "客户简称" "Short name" ["简称"],
    Industry "industry" "行业" "Industry" ["所属行业", "行业类别", "sector"],
    Level "level" "客户等级" "Level" ["等级", "客户级别", "级别", "grade", "tier"],
    AccountManager "account_manager" "客户经理" "Account manager" ["负责人", "业务员", "销售", "manager", "owner"],
    ContactPerson "contact_person" "联系人" "Contact person" ["联系人姓名", "contact", "contact name"],
    Phone "phone" "联系电话" "Phone" ["电话", "手机", "手机号", "手机号码", "电话号码", "telephone", "mobile", "tel", "phone number"],
    Email "email" "邮箱" "E-mail" ["电子邮箱", "电子邮件", "邮件", "email address", "mail"],
    Address "address" "地址" "Address" ["联系地址", "公司地址", "通讯地址", "注册地址"],
    TaxNumber "tax_number" "统一社会信用代码" "Tax number" [
        "税号", "纳税人识别号", "信用代码", "社会信用代码", "tax id", "uscc", "vat number"
    ],
    BankName "bank_name" "开户行" "Bank" ["开户银行", "银行", "银行名称"],
    BankAccount "bank_account" "银行账号" "Bank account" ["银行账户", "账号", "帐号", "银行帐号", "account number", "iban"],
    SettlementMode "settlement_mode" "结算方式" "Settlement mode" ["付费方式", "结算模式", "billing mode"],
    BillingCycle "billing_cycle" "计费周期" "Billing cycle" ["出账周期", "结算周期"],
    PaymentTermDays "payment_term_days" "账期(天)" "Payment term (days)" [
        "账期", "账期天数", "付款期限", "付款期限(天)", "付款天数", "payment term", "payment terms", "terms"
    ],
    CreditLimit "credit_limit" "信用额度" "Credit limit" ["授信额度", "额度"],
    CreditLimitCurrency "credit_limit_currency" "信用额度币种" "Credit limit currency" ["额度币种"],
    OldestFirst "oldest_first" "先核销最早账单" "Oldest first" ["先进先出", "按账龄核销", "fifo"],
    Currency "currency" "币种" "Currency" ["结算币种", "币别"],
    Tags "tags" "标签" "Tags" ["客户标签", "labels"],
    Remarks "remarks" "备注" "Remarks" ["说明", "remark", "notes", "note", "comment", "comments"],
    ExternalIds "external_ids" "外部编号" "External ids" ["外部系统编号", "ids in other systems"],
}

/// What can be said of a whole list of customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenOfCustomers {
    /// Of amounts, where no column says it. CNY without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

impl Given for GivenOfCustomers {
    fn overridden_by(self, chosen: Self) -> Self {
        Self { currency: chosen.currency.or(self.currency) }
    }
}

impl Field {
    pub fn personal(self) -> Option<PersonalField> {
        PersonalField::ALL.into_iter().find(|personal| personal.as_str() == self.as_str())
    }
}
