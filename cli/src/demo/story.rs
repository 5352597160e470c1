//! What happened in the demonstration. Pure and fixed: the same steps on every run.

use tallybook_domain::deposits::{DepositMethod, WithdrawalState};

/// How many days before the book was made the story begins.
const DAYS: u32 = 42;

/// The customers, in the order in which they are registered.
pub(super) const CUSTOMERS: [&str; 12] = [
    "青松示例商贸有限公司",
    "蓝鹭示例科技有限公司",
    "Willow & Finch Demo Ltd.",
    "海棠示例餐饮管理有限公司",
    "北辰示例物流有限公司",
    "Lantern Street Demo Books",
    "云溪示例文化传媒有限公司",
    "Harbour Nine Demo GmbH",
    "竹里示例茶业有限公司",
    "晨星示例教育咨询有限公司",
    "Copper Kettle Demo Inc.",
    "南湾示例渔业有限公司",
];

/// The customer who may not withdraw for now.
pub(super) const SUSPENDED: usize = 9;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DepositStep {
    pub(super) customer: usize,
    pub(super) days_ago: u32,
    pub(super) amount: String,
    pub(super) currency: &'static str,
    pub(super) method: DepositMethod,
    /// Recorded for the wrong customer, and reversed.
    pub(super) reversed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WithdrawalStep {
    pub(super) customer: usize,
    pub(super) days_ago: u32,
    pub(super) amount: &'static str,
    pub(super) until: WithdrawalState,
}

/// All deposits, oldest first. Each customer begins with enough for every withdrawal below.
pub(super) fn deposits() -> Vec<DepositStep> {
    let mut steps = Vec::new();
    for days_ago in (0..=DAYS).rev() {
        for customer in 0..CUSTOMERS.len() {
            // Spread without any pattern one would notice, and without chance.
            let mix = days_ago * 7 + u32::try_from(customer).unwrap_or(0) * 11;
            let first = days_ago == DAYS;
            if !first && mix % 9 > 1 {
                continue;
            }
            let whole = if first { 20_000 } else { mix * 37 % 4_900 + 60 };
            let method = match mix % 4 {
                0 => DepositMethod::WechatPay,
                1 => DepositMethod::Alipay,
                _ => DepositMethod::BankTransfer,
            };
            // Two customers abroad also pay in their own currencies, one of which has no decimals.
            let (amount, currency) = match customer {
                7 if !first => (format!("{whole}.{:02}", mix % 100), "EUR"),
                10 if !first => ((whole * 100).to_string(), "JPY"),
                _ => (format!("{whole}.{:02}", mix * 13 % 100), "CNY"),
            };
            let reversed = !first && mix % 117 == 1;
            steps.push(DepositStep { customer, days_ago, amount, currency, method, reversed });
        }
    }
    steps
}

/// All withdrawals, oldest first.
pub(super) fn withdrawals() -> Vec<WithdrawalStep> {
    use WithdrawalState::{Approved, Cancelled, Failed, Rejected, Requested, Returned, Submitted, Succeeded};
    [
        (0, 38, "3200.00", Succeeded),
        (1, 35, "1500.00", Succeeded),
        (2, 33, "880.50", Succeeded),
        (3, 30, "2600.00", Returned),
        (4, 28, "5000.00", Succeeded),
        (0, 26, "1250.00", Succeeded),
        (5, 24, "640.00", Failed),
        (6, 22, "3999.99", Succeeded),
        (8, 21, "720.00", Succeeded),
        (1, 18, "2000.00", Rejected),
        (9, 17, "1800.00", Succeeded),
        (10, 15, "950.00", Succeeded),
        (11, 13, "4100.00", Succeeded),
        (2, 11, "300.00", Cancelled),
        (3, 9, "2600.00", Succeeded),
        (4, 7, "1111.11", Succeeded),
        (6, 5, "860.00", Succeeded),
        (7, 4, "1000.00", Succeeded),
        (0, 3, "2750.00", Submitted),
        (8, 2, "490.00", Submitted),
        (1, 2, "1600.00", Approved),
        (11, 1, "820.00", Approved),
        (2, 1, "1200.00", Requested),
        (5, 0, "3400.00", Requested),
        (10, 0, "75.25", Requested),
    ]
    .map(|(customer, days_ago, amount, until)| WithdrawalStep { customer, days_ago, amount, until })
    .into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tallybook_domain::{Currency, Money};

    use super::*;

    #[test]
    fn every_amount_is_money() {
        for step in deposits() {
            let money = Money::parse(&step.amount, Currency::parse(step.currency).unwrap()).unwrap();
            assert!(money.is_positive(), "{step:?}");
        }
    }

    #[test]
    fn the_story_shows_every_state_method_and_a_reversal() {
        let shown: BTreeSet<_> = withdrawals().iter().map(|step| step.until.as_str()).collect();
        assert_eq!(shown.len(), WithdrawalState::ALL.len());
        let steps = deposits();
        assert!(steps.iter().any(|step| step.reversed));
        assert!(steps.len() > 80 && steps.len() < 200, "{}", steps.len());
    }

    #[test]
    fn nobody_withdraws_more_than_the_first_deposit() {
        for customer in 0..CUSTOMERS.len() {
            let mut left = Money::parse("20000.00", Currency::CNY).unwrap();
            for step in withdrawals().iter().filter(|step| step.customer == customer) {
                left = left.checked_sub(Money::parse(step.amount, Currency::CNY).unwrap()).unwrap();
            }
            assert!(left.is_positive());
        }
    }
}
