//! Who bills: what stands on every bill as the seller.

/// As the operator has set it, in the words of a Chinese invoice; what is not set is left blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seller {
    /// 名称.
    pub name: Option<String>,
    /// 统一社会信用代码 or another tax number.
    pub tax_number: Option<String>,
    /// 地址、电话.
    pub contact: Option<String>,
    /// 开户行及账号: where the money is to go.
    pub bank: Option<String>,
}
