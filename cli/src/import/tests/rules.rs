//! One small file per rule.

use tallybook_import::errors_file;

use super::*;
use crate::import::chain::Order;
use crate::import::statement::{Skipped, by_record};

const SIGNED: [(Field, &str); 3] =
    [(Field::Date, "date"), (Field::Amount, "amount"), (Field::Reference, "ref")];

fn deposit(line: usize, amount: &str, reference: &str) -> (usize, String, String) {
    (line, amount.into(), reference.into())
}

#[test]
fn only_money_in_becomes_a_deposit_and_money_out_is_counted() {
    let text = "date,amount,ref\n2026-01-01,10.00,a\n2026-01-02,-4.00,\n2026-01-03,,\n2026-01-04,0.00,\n";
    let (_, statement) = read(text, &mapping(&SIGNED));
    assert_eq!(deposits(&statement), [deposit(2, "10.00 CNY", "a")]);
    assert_eq!(statement.money_in().rows, 1);
    assert_eq!(statement.money_out().rows, 1);
    assert_eq!(statement.money_out().sums.values().next().unwrap().to_string(), "4.00 CNY");
    assert_eq!(statement.without_amount(), 2);
    assert_eq!(reasons(&statement), []);
}

#[test]
fn a_negative_amount_out_is_what_the_mapping_says() {
    let columns = [
        (Field::Date, "date"),
        (Field::AmountIn, "in"),
        (Field::AmountOut, "out"),
        (Field::Reference, "ref"),
    ];
    let text = "date,in,out,ref\n2026-01-01,10,0,a\n2026-01-02,0,-4,b\n2026-01-03,-3,,c\n2026-01-04,1,2,d\n";
    let mut mapping = mapping(&columns);
    mapping.negative_out = Some(NegativeOut::Reversal);
    let (_, statement) = read(text, &mapping);
    assert_eq!(deposits(&statement), [deposit(2, "10.00 CNY", "a"), deposit(3, "4.00 CNY", "b")]);
    assert_eq!(statement.money_out().rows, 1);
    assert_eq!(reasons(&statement), [(5, "amount: both 1.00 CNY in and 2.00 CNY out".into())]);

    mapping.negative_out = Some(NegativeOut::MoneyOut);
    let (_, statement) = read(text, &mapping);
    assert_eq!(deposits(&statement), [deposit(2, "10.00 CNY", "a")]);
    assert_eq!(statement.money_out().rows, 2);

    mapping.negative_out = None;
    let (_, statement) = read(text, &mapping);
    assert_eq!(deposits(&statement), [deposit(2, "10.00 CNY", "a")]);
    assert_eq!(reasons(&statement)[0].0, 3);
    assert!(reasons(&statement)[0].1.contains("--negative-out"));
}

/// Alipay writes all money out with a minus sign; China Construction Bank only what it takes back.
#[test]
fn the_balances_tell_what_a_negative_amount_out_is() {
    let two = [
        (Field::Date, "date"),
        (Field::AmountIn, "in"),
        (Field::AmountOut, "out"),
        (Field::Balance, "balance"),
        (Field::Reference, "ref"),
    ];
    let signs = "date,in,out,balance,ref\n2026-01-01,10,,110,a\n2026-01-02,,-4,106,b\n2026-01-03,1,,107,c\n";
    let (_, statement) = read(signs, &mapping(&two));
    assert_eq!(deposits(&statement), [deposit(2, "10.00 CNY", "a"), deposit(4, "1.00 CNY", "c")]);
    assert_eq!((statement.money_out().rows, statement.bad.len()), (1, 0));

    let taken_back = "date,in,out,balance,ref\n2026-01-01,,4,96,a\n2026-01-02,,-4,100,b\n";
    let (_, statement) = read(taken_back, &mapping(&two));
    assert_eq!(deposits(&statement), [deposit(3, "4.00 CNY", "b")]);

    let mut flagged = SIGNED.to_vec();
    flagged.extend([(Field::Flag, "借贷"), (Field::Balance, "balance")]);
    let text = "date,amount,ref,借贷,balance\n2026-01-01,1000,a,贷,1000\n2026-01-02,-400,b,借,600\n2026-01-03,-100,c,借,500\n";
    let (_, statement) = read(text, &mapping(&flagged));
    assert_eq!(deposits(&statement), [deposit(2, "1000.00 CNY", "a")]);
    assert_eq!((statement.money_out().rows, statement.bad.len()), (2, 0));

    // One row alone has no balance before it: nothing tells.
    let alone = "date,amount,ref,借贷,balance\n2026-01-02,-400,b,借,600\n";
    assert_eq!(reasons(&read(alone, &mapping(&flagged)).1).len(), 1);
}

#[test]
fn a_flag_column_tells_the_direction_and_an_unknown_flag_is_bad() {
    let mut columns = SIGNED.to_vec();
    columns.push((Field::Flag, "借贷"));
    let text = "date,amount,ref,借贷\n2026-01-01,1,a,贷 Cr\n2026-01-02,2,b,借 Dr\n2026-01-03,-3,c,借\n2026-01-04,4,d,冻结\n";
    let mut mapping = mapping(&columns);
    mapping.negative_out = Some(NegativeOut::Reversal);
    let (_, statement) = read(text, &mapping);
    assert_eq!(deposits(&statement), [deposit(2, "1.00 CNY", "a"), deposit(4, "3.00 CNY", "c")]);
    assert_eq!(statement.bad.len(), 1);
    assert!(reasons(&statement)[0].1.contains("冻结"));
}

#[test]
fn the_income_column_alone_is_enough() {
    let columns = [(Field::Date, "交易日期"), (Field::Amount, "收入"), (Field::Reference, "流水号")];
    let text = "交易日期,收入,支出,流水号\n2026-01-01,10.00,,a\n2026-01-02,,4.00,b\n";
    let (_, statement) = read(text, &mapping(&columns));
    assert_eq!(deposits(&statement), [deposit(2, "10.00 CNY", "a")]);
    assert_eq!((statement.without_amount(), statement.bad.len()), (1, 0));
}

#[test]
fn rows_that_are_no_movements_are_told_apart_from_bad_ones() {
    let text = "My bank\ndate,amount,ref\n2026-01-01,1,a\n,,\n---,-,-\ndate,amount,ref\n合计,1.00,\n本页完,,\n?,5,x\nTotalEnergies,5,y\n";
    let (_, statement) = read(text, &mapping(&SIGNED));
    assert_eq!(statement.header_line, 2);
    assert_eq!(statement.skipped, Skipped { blank: 2, repeated_headers: 1, totals: 1, notes: 1 });
    assert_eq!(reasons(&statement)[0], (9, "date \"?\": is no date such as 2026-03-10".into()));
    assert_eq!(statement.bad.len(), 2, "a payer's name is no sum");
}

#[test]
fn every_reason_of_a_bad_row_is_given_at_once() {
    let mut columns = SIGNED.to_vec();
    columns.extend([(Field::Customer, "who"), (Field::Balance, "balance")]);
    let text = "date,amount,ref,who,balance\n31/01/2026,1,,Acme,x\n2026-01-01,1.005,a,C00001,1\n";
    let (_, statement) = read(text, &mapping(&columns));
    let first = &statement.bad[0].reasons;
    for word in ["date", "balance", "customer", "reference"] {
        assert!(first.iter().any(|reason| reason.starts_with(word)), "{word} in {first:?}");
    }
    assert_eq!(
        reasons(&statement)[1],
        (3, "amount \"1.005\": CNY has 2 decimals, the amount has more".into())
    );
}

#[test]
fn two_rows_with_one_reference_are_not_taken_for_one() {
    let text = "date,amount,ref\n2026-01-01,1,a\n2026-01-01,1,a\n2026-01-01,2,a\n";
    let (_, statement) = read(text, &mapping(&SIGNED));
    assert_eq!(deposits(&statement).len(), 1);
    assert!(reasons(&statement)[0].1.starts_with("is the same as line 2"));
    assert!(reasons(&statement)[1].1.starts_with("has the reference of line 2"));
}

#[test]
fn joined_references_survive_a_spreadsheet() {
    let columns = [
        (Field::Date, "date"),
        (Field::Time, "time"),
        (Field::Amount, "amount"),
        (Field::Balance, "balance"),
        (Field::Reference, "date+time+balance"),
    ];
    let mut mapping = mapping(&columns);
    mapping.reference_prefix = Some("BANK".into());
    let bank = "date,time,amount,balance\n2026-03-09,08:07:59,1.00,\"3,638.17\"\n";
    let spreadsheet = "date,time,amount,balance\n2026/3/9,8:07:59,1,3638.17\n";
    let expected = [deposit(2, "1.00 CNY", "BANK/2026-03-09/08:07:59/3638.17")];
    assert_eq!(deposits(&read(bank, &mapping).1), expected);
    assert_eq!(deposits(&read(spreadsheet, &mapping).1), expected);
    let rounded = "date,amount,ref\n2026-01-01,1,5.3E+19\n";
    assert!(reasons(&read(rounded, &super::mapping(&SIGNED)).1)[0].1.contains("spreadsheet"));
}

#[test]
fn gaps_in_the_balances_are_found_in_either_order() {
    let mut columns = SIGNED.to_vec();
    columns.push((Field::Balance, "balance"));
    let mapping = mapping(&columns);
    let oldest = "date,amount,ref,balance\n2026-01-01,1,a,11\n2026-01-02,-2,,9\n2026-01-03,5,b,15\n";
    let (_, statement) = read(oldest, &mapping);
    assert_eq!(statement.order, Order::OldestFirst);
    let chain = &statement.chains[0];
    assert_eq!(
        (chain.opening.to_string(), chain.closing.to_string()),
        ("10.00 CNY".into(), "15.00 CNY".into())
    );
    assert_eq!(chain.gaps.iter().map(|gap| gap.line).collect::<Vec<_>>(), [4]);

    let newest_within_a_day =
        "date,amount,ref,balance\n2026-01-01,5,b,14\n2026-01-01,-2,,9\n2026-01-01,1,a,11\n";
    let (_, statement) = read(newest_within_a_day, &mapping);
    assert_eq!(statement.order, Order::NewestFirst);
    assert_eq!(statement.chains[0].gaps, []);
    assert_eq!(deposits(&statement), [deposit(4, "1.00 CNY", "a"), deposit(2, "5.00 CNY", "b")]);
}

#[test]
fn the_banks_own_total_is_compared() {
    let columns = [
        (Field::Date, "date"),
        (Field::AmountIn, "in"),
        (Field::AmountOut, "out"),
        (Field::Reference, "ref"),
    ];
    let text = "date,in,out,ref\n2026-01-01,10,,a\n2026-01-02,,4,b\n合计,10.00,4.01,\n";
    let (_, statement) = read(text, &mapping(&columns));
    assert_eq!(statement.wrong_totals, ["line 4 says 4.01 CNY out, the rows add up to 4.00 CNY"]);
}

#[test]
fn currencies_come_from_their_column() {
    let mut columns = SIGNED.to_vec();
    columns.push((Field::Currency, "currency"));
    let text =
        "date,amount,ref,currency\n2026-01-01,1,a,人民币元\n2026-01-01,100,b,日元\n2026-01-01,1.5,c,JPY\n";
    let (_, statement) = read(text, &mapping(&columns));
    assert_eq!(deposits(&statement), [deposit(2, "1.00 CNY", "a"), deposit(3, "100 JPY", "b")]);
    assert!(reasons(&statement)[0].1.contains("JPY has 0 decimals"));
}

#[test]
fn the_copy_with_errors_keeps_every_byte_and_adds_one_column() {
    let text =
        "bank\r\ndate,amount,ref\r\n2026-01-01,1,a,\r\n2026-01-0x,\"1,000.00\",\"b\"\r\n2026-01-03,2,c";
    let (sheet, statement) = read(text, &mapping(&SIGNED));
    let copy = errors_file::compose(&sheet, statement.header_line, &by_record(&statement.bad));
    let expected = "bank\r\ndate,amount,ref,,import_error\r\n2026-01-01,1,a,\r\n\
        2026-01-0x,\"1,000.00\",\"b\",,\"date \"\"2026-01-0x\"\": is no date such as 2026-03-10\"\r\n2026-01-03,2,c";
    assert_eq!(copy, expected);
}

#[test]
fn a_corrected_copy_reads_like_the_original_and_loses_its_old_errors() {
    let copy = "date,amount,ref,import_error\n2026-01-01,1,a,was wrong\n2026-01-0y,2,b,was wrong too\n2026-01-03,3,c\n";
    let (sheet, statement) = read(copy, &mapping(&SIGNED));
    assert_eq!(deposits(&statement), [deposit(2, "1.00 CNY", "a"), deposit(4, "3.00 CNY", "c")]);
    let again = errors_file::compose(&sheet, statement.header_line, &by_record(&statement.bad));
    let expected = "date,amount,ref,import_error\n2026-01-01,1,a,\n\
        2026-01-0y,2,b,\"date \"\"2026-01-0y\"\": is no date such as 2026-03-10\"\n2026-01-03,3,c\n";
    assert_eq!(again, expected);
}
