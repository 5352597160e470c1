use super::*;
use crate::money::{Currency, Money};

fn posting(account: AccountCode, side: Side, amount: &str, currency: &str) -> Posting {
    Posting { account, side, amount: Money::parse(amount, Currency::parse(currency).unwrap()).unwrap() }
}

#[test]
fn codes_names_and_parents_of_the_chart_agree() {
    for account in AccountCode::ALL {
        let described = account.account();
        assert_eq!(account.code().parse(), Ok(account));
        assert_eq!(serde_json::to_string(&account).unwrap(), format!("\"{}\"", account.code()));
        let children = AccountCode::ALL.iter().filter(|other| other.account().parent == Some(account.code()));
        assert_eq!(children.count() > 0, account.is_summary(), "{account}");
        if let Some(parent) = described.parent {
            let parent: AccountCode = parent.parse().unwrap();
            assert!(account.code().starts_with(&format!("{}.", parent.code())));
            assert_eq!(described.kind, parent.account().kind);
        }
    }
    assert!(AccountCode::ALL.is_sorted_by(|earlier, later| earlier < later && earlier.code() < later.code()));
    assert_eq!("9999".parse::<AccountCode>(), Err(UnknownAccount));
}

#[test]
fn each_currency_balances_for_itself() {
    use AccountCode::{BankDeposits, CustomerWallets};

    let balanced = [
        posting(BankDeposits, Side::Debit, "1.00", "CNY"),
        posting(BankDeposits, Side::Debit, "5", "JPY"),
        posting(CustomerWallets, Side::Credit, "0.40", "CNY"),
        posting(CustomerWallets, Side::Credit, "5", "JPY"),
        posting(CustomerWallets, Side::Credit, "0.60", "CNY"),
    ];
    assert_eq!(check_balanced(&balanced), Ok(()));
    assert_eq!(check_balanced(&[]), Ok(()));
    assert_eq!(
        check_balanced(&balanced[..4]),
        Err(Unbalanced::Unequal {
            currency: Currency::CNY,
            debits: "1.00".parse().unwrap(),
            credits: "0.40".parse().unwrap(),
        })
    );
    assert!(matches!(
        check_balanced(&[
            posting(BankDeposits, Side::Debit, "1", "CNY"),
            posting(CustomerWallets, Side::Credit, "1", "JPY"),
        ]),
        Err(Unbalanced::Unequal { currency: Currency::CNY, .. })
    ));
}

#[test]
fn nothing_and_less_cannot_be_posted() {
    for amount in ["0.00", "-1.00"] {
        let postings = [
            posting(AccountCode::BankDeposits, Side::Debit, amount, "CNY"),
            posting(AccountCode::CustomerWallets, Side::Credit, amount, "CNY"),
        ];
        assert!(matches!(check_balanced(&postings), Err(Unbalanced::NotPositive { .. })));
    }
}

#[test]
fn a_sum_of_accounts_takes_no_postings() {
    let postings = [
        posting(AccountCode::BankDeposits, Side::Debit, "1.00", "CNY"),
        posting(AccountCode::OtherPayables, Side::Credit, "1.00", "CNY"),
    ];
    let account = AccountCode::OtherPayables;
    assert_eq!(check_balanced(&postings), Err(Unbalanced::Summary { account }));
}
