//! The shipped mappings on statements with the banks' real layouts, against facts computed elsewhere: on those made
//! for this project, in `docs/samples`, and on those that are not ours to publish, in the directory that
//! TALLYBOOK_SAMPLES names.

use std::io::Write;
use std::path::{Path, PathBuf};

use tallybook_import::encoding::decode;

use super::*;
use crate::import::builtin;
use crate::import::chain::Order;

fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples")
}

#[expect(clippy::disallowed_methods, reason = "a test is an edge")]
fn others() -> Option<PathBuf> {
    let named = std::env::var_os("TALLYBOOK_SAMPLES").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    let directory = named.as_ref().unwrap_or(&beside);
    if directory.join("bank").is_dir() {
        return Some(directory.clone());
    }
    assert!(named.is_none(), "TALLYBOOK_SAMPLES is {directory:?}, and in it is no directory `bank`");
    // Not `println!`: what a test prints that passes is not shown.
    let skipped = b"skipped: statements that are not part of this repository; set TALLYBOOK_SAMPLES to their directory\n";
    std::io::stderr().write_all(skipped).unwrap();
    None
}

/// Checks a statement that may not be there.
fn check_if_there(bank: &str, file: &str) {
    if let Some(samples) = others() {
        check(&samples, bank, file);
    }
}

/// Reads a sample with a shipped mapping and compares everything `expected.json` says about it.
fn check(samples: &Path, bank: &str, file: &str) {
    let expected = std::fs::read_to_string(samples.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    let facts = &expected[file]["facts"];
    let (encoding, text) = decode(&std::fs::read(samples.join(file)).unwrap()).unwrap();
    if let Some(expected) = facts["encoding"].as_str() {
        assert_eq!(encoding.name(), expected);
    }
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
fn our_own_statements() {
    for (bank, file) in [
        ("boc", "boc-debit.csv"),
        ("bocom", "bocom-debit.csv"),
        ("ccb", "ccb-corporate.csv"),
        ("icbc", "icbc-debit.csv"),
    ] {
        check(&ours(), bank, file);
    }
}

#[test]
fn bank_of_china() {
    check_if_there("boc", "bank/boc-debit-signed.csv");
}

#[test]
fn china_construction_bank() {
    check_if_there("ccb", "bank/ccb-corporate-two-columns.csv");
}

#[test]
fn industrial_and_commercial_bank() {
    check_if_there("icbc", "bank/icbc-debit-two-columns.csv");
}

#[test]
fn bank_of_communications_with_gaps() {
    check_if_there("bocom", "bank/bocom-debit-flag.csv");
}

#[test]
fn bank_of_communications_chained() {
    check_if_there("bocom", "bank/bocom-flag-chained.csv");
}

/// All money out of an Alipay statement has a minus sign; its balances tell that none of it is money in.
#[test]
fn alipays_negative_amounts_out_are_no_deposits() {
    let Some(samples) = others() else { return };
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
    let (_, text) = decode(&std::fs::read(ours().join("ccb-corporate.csv")).unwrap()).unwrap();
    let mut mapping = builtin::find("ccb").unwrap().unwrap();
    mapping.customer = Some(CustomerId::from_number(1));
    let (_, statement) = read(&text, &mapping);
    let twice: Vec<_> =
        deposits(&statement).into_iter().filter(|(_, amount, _)| amount == "36500.00 CNY").collect();
    assert_eq!(twice.len(), 2);
    assert_ne!(twice[0].2, twice[1].2);
}
