//! The chart of accounts (会计科目表).
//!
//! Source: the codes and names of the Chinese Accounting Standards for Business Enterprises, application guide,
//! appendix 会计科目和主要账务处理; sub-accounts after a point are ours. An account that has sub-accounts is their
//! sum and takes no postings itself. Must never lose or renumber an account that was posted to.

use serde::{Deserialize, Serialize};

/// An account that can be posted to or summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Account {
    pub code: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    pub kind: AccountKind,
    pub parent: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
}

/// An account of the chart, by its code; orders as the chart does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AccountCode {
    #[serde(rename = "1001")]
    CashOnHand,
    #[serde(rename = "1002")]
    BankDeposits,
    #[serde(rename = "1012")]
    OtherMonetaryFunds,
    #[serde(rename = "1012.01")]
    WechatPay,
    #[serde(rename = "1012.02")]
    Alipay,
    #[serde(rename = "1122")]
    Receivables,
    #[serde(rename = "2203")]
    CustomerAdvances,
    #[serde(rename = "2205")]
    ContractLiabilities,
    #[serde(rename = "2221")]
    TaxesPayable,
    #[serde(rename = "2241")]
    OtherPayables,
    #[serde(rename = "2241.01")]
    CustomerWallets,
    #[serde(rename = "2241.02")]
    WithdrawalsInTransit,
    #[serde(rename = "2241.03")]
    UnidentifiedReceipts,
    #[serde(rename = "2241.04")]
    RefundsDue,
    #[serde(rename = "6001")]
    Revenue,
    #[serde(rename = "6601")]
    SellingExpenses,
    #[serde(rename = "6603")]
    FinancialExpenses,
    #[serde(rename = "6702")]
    BadDebtLosses,
}

impl AccountCode {
    /// The whole chart, by code.
    pub const ALL: [Self; 18] = [
        Self::CashOnHand,
        Self::BankDeposits,
        Self::OtherMonetaryFunds,
        Self::WechatPay,
        Self::Alipay,
        Self::Receivables,
        Self::CustomerAdvances,
        Self::ContractLiabilities,
        Self::TaxesPayable,
        Self::OtherPayables,
        Self::CustomerWallets,
        Self::WithdrawalsInTransit,
        Self::UnidentifiedReceipts,
        Self::RefundsDue,
        Self::Revenue,
        Self::SellingExpenses,
        Self::FinancialExpenses,
        Self::BadDebtLosses,
    ];

    pub fn code(self) -> &'static str {
        self.account().code
    }

    /// Whether it is the sum of its sub-accounts, which take the postings.
    pub fn is_summary(self) -> bool {
        match self {
            Self::OtherMonetaryFunds | Self::OtherPayables => true,
            Self::CashOnHand
            | Self::BankDeposits
            | Self::WechatPay
            | Self::Alipay
            | Self::CustomerWallets
            | Self::Receivables
            | Self::CustomerAdvances
            | Self::ContractLiabilities
            | Self::TaxesPayable
            | Self::WithdrawalsInTransit
            | Self::UnidentifiedReceipts
            | Self::RefundsDue
            | Self::Revenue
            | Self::SellingExpenses
            | Self::FinancialExpenses
            | Self::BadDebtLosses => false,
        }
    }

    pub fn account(self) -> &'static Account {
        match self {
            Self::CashOnHand => &CASH_ON_HAND,
            Self::BankDeposits => &BANK_DEPOSITS,
            Self::OtherMonetaryFunds => &OTHER_MONETARY_FUNDS,
            Self::WechatPay => &WECHAT_PAY,
            Self::Alipay => &ALIPAY,
            Self::Receivables => &RECEIVABLES,
            Self::CustomerAdvances => &CUSTOMER_ADVANCES,
            Self::ContractLiabilities => &CONTRACT_LIABILITIES,
            Self::TaxesPayable => &TAXES_PAYABLE,
            Self::OtherPayables => &OTHER_PAYABLES,
            Self::CustomerWallets => &CUSTOMER_WALLETS,
            Self::WithdrawalsInTransit => &WITHDRAWALS_IN_TRANSIT,
            Self::UnidentifiedReceipts => &UNIDENTIFIED_RECEIPTS,
            Self::RefundsDue => &REFUNDS_DUE,
            Self::Revenue => &REVENUE,
            Self::SellingExpenses => &SELLING_EXPENSES,
            Self::FinancialExpenses => &FINANCIAL_EXPENSES,
            Self::BadDebtLosses => &BAD_DEBT_LOSSES,
        }
    }
}

use AccountKind::{Asset, Expense, Income, Liability};

const CASH_ON_HAND: Account = account("1001", "库存现金", "Cash on hand", Asset, None);
const BANK_DEPOSITS: Account = account("1002", "银行存款", "Bank deposits", Asset, None);
const OTHER_MONETARY_FUNDS: Account = account("1012", "其他货币资金", "Other monetary funds", Asset, None);
const WECHAT_PAY: Account = account("1012.01", "微信支付", "WeChat Pay", Asset, Some("1012"));
const ALIPAY: Account = account("1012.02", "支付宝", "Alipay", Asset, Some("1012"));
const RECEIVABLES: Account = account("1122", "应收账款", "Accounts receivable", Asset, None);
const CUSTOMER_ADVANCES: Account = account("2203", "预收账款", "Advances from customers", Liability, None);
const CONTRACT_LIABILITIES: Account = account("2205", "合同负债", "Contract liabilities", Liability, None);
const TAXES_PAYABLE: Account = account("2221", "应交税费", "Taxes payable", Liability, None);
const OTHER_PAYABLES: Account = account("2241", "其他应付款", "Other payables", Liability, None);
const CUSTOMER_WALLETS: Account = account("2241.01", "客户钱包", "Customer wallets", Liability, Some("2241"));
const WITHDRAWALS_IN_TRANSIT: Account =
    account("2241.02", "提现在途", "Withdrawals in transit", Liability, Some("2241"));
const UNIDENTIFIED_RECEIPTS: Account =
    account("2241.03", "待确认收款", "Unidentified receipts", Liability, Some("2241"));
const REFUNDS_DUE: Account = account("2241.04", "待退款", "Refunds due", Liability, Some("2241"));

const REVENUE: Account = account("6001", "主营业务收入", "Revenue from main business", Income, None);
const SELLING_EXPENSES: Account = account("6601", "销售费用", "Selling expenses", Expense, None);
const FINANCIAL_EXPENSES: Account = account("6603", "财务费用", "Financial expenses", Expense, None);
const BAD_DEBT_LOSSES: Account = account("6702", "信用减值损失", "Credit impairment losses", Expense, None);

const fn account(
    code: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    kind: AccountKind,
    parent: Option<&'static str>,
) -> Account {
    Account { code, name_zh, name_en, kind, parent }
}

impl std::fmt::Display for AccountCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// A code that is not in the chart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no such account in the chart")]
pub struct UnknownAccount;

impl std::str::FromStr for AccountCode {
    type Err = UnknownAccount;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|account| account.code() == code).ok_or(UnknownAccount)
    }
}
