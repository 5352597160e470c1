//! The shipped mappings on statements with the banks' real layouts, against facts computed elsewhere.
//!
//! The statements are not part of this repository: TALLYBOOK_SAMPLES names their directory.

use std::path::PathBuf;

use super::*;
use crate::import::builtin;
use crate::import::chain::Order;
use crate::import::encoding::decode;

#[expect(clippy::disallowed_methods, reason = "a test is an edge")]
fn samples() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    let directory = std::env::var_os("TALLYBOOK_SAMPLES").map_or(beside, PathBuf::from);
    if directory.join("bank").is_dir() {
        return Some(directory);
    }
    println!("skipped: no statement samples; set TALLYBOOK_SAMPLES to their directory");
    None
}

/// Reads a sample with a shipped mapping and compares everything `expected.json` says about it.
fn check(bank: &str, file: &str) {
    let Some(samples) = samples() else { return };
    let expected = std::fs::read_to_string(samples.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    let facts = &expected[file]["facts"];
    let (_, text) = decode(&std::fs::read(samples.join(file)).unwrap()).unwrap();
    let mut mapping = builtin::find(bank).unwrap().unwrap();
    mapping.customer = Some(CustomerId::from_number(1));
    let (_, statement) = read(&text, &mapping);

    let sum =
        |tally: crate::import::statement::Tally| tally.sums.values().next().unwrap().amount().to_string();
    let order = match statement.order {
        Order::NewestFirst => "newest first",
        Order::OldestFirst => "oldest first",
    };
    assert_eq!(reasons(&statement), []);
    assert_eq!(statement.lines.len(), facts["rows"], "{file}");
    assert_eq!(statement.money_in().rows, facts["in_rows"]);
    assert_eq!(sum(statement.money_in()), facts["sum_in"]);
    assert_eq!(statement.money_out().rows, facts["out_rows"]);
    assert_eq!(sum(statement.money_out()), facts["sum_out"]);
    assert_eq!(deposits(&statement).len(), facts["in_rows"]);
    assert_eq!(order, facts["order"]);
    let [chain] = &statement.chains[..] else { panic!("one chain of balances in {file}") };
    assert_eq!(chain.opening.amount().to_string(), facts["opening"]);
    assert_eq!(chain.closing.amount().to_string(), facts["closing"]);
    assert_eq!(chain.gaps.len(), facts["gaps"]);
    assert_eq!(statement.wrong_totals, Vec::<String>::new());
    if let Some(header_line) = facts["header_line"].as_u64() {
        assert_eq!(statement.header_line as u64, header_line);
    }
}

#[test]
fn bank_of_china() {
    check("boc", "bank/boc-debit-signed.csv");
}

#[test]
fn china_construction_bank() {
    check("ccb", "bank/ccb-corporate-two-columns.csv");
}

#[test]
fn industrial_and_commercial_bank() {
    check("icbc", "bank/icbc-debit-two-columns.csv");
}

#[test]
fn bank_of_communications_with_gaps() {
    check("bocom", "bank/bocom-debit-flag.csv");
}

#[test]
fn bank_of_communications_chained() {
    check("bocom", "bank/bocom-flag-chained.csv");
}

/// All money out of an Alipay statement has a minus sign; its balances tell that none of it is money in.
#[test]
fn alipays_negative_amounts_out_are_no_deposits() {
    let Some(samples) = samples() else { return };
    let (_, text) =
        decode(&std::fs::read(samples.join("alipay/account-detail-2026-03-10.csv")).unwrap()).unwrap();
    let mapping = mapping(&[
        (Field::Date, "发生时间"),
        (Field::AmountIn, "收入金额（+元）"),
        (Field::AmountOut, "支出金额（-元）"),
        (Field::Balance, "账户余额（元）"),
        (Field::Reference, "账务流水号"),
    ]);
    let (_, statement) = read(&text, &mapping);
    assert_eq!(deposits(&statement).len(), 8);
    assert_eq!(statement.money_in().sums.values().next().unwrap().to_string(), "3895.63 CNY");
    assert_eq!(statement.money_out().sums.values().next().unwrap().to_string(), "3223.25 CNY");
    assert_eq!(statement.bad, []);
}

/// Two equal-looking receipts of one day differ in the bank's number only: both must stay.
#[test]
fn equal_looking_receipts_stay_two() {
    let Some(samples) = samples() else { return };
    let (_, text) =
        decode(&std::fs::read(samples.join("bank/ccb-corporate-two-columns.csv")).unwrap()).unwrap();
    let mut mapping = builtin::find("ccb").unwrap().unwrap();
    mapping.customer = Some(CustomerId::from_number(1));
    let (_, statement) = read(&text, &mapping);
    let twice: Vec<_> =
        deposits(&statement).into_iter().filter(|(_, amount, _)| amount == "36500.00 CNY").collect();
    assert_eq!(twice.len(), 2);
    assert_ne!(twice[0].2, twice[1].2);
}
