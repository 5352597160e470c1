use std::io::{Read, Seek, SeekFrom};

use chrono::{DateTime, NaiveDate, Utc};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use rust_decimal::Decimal;
use tallybook_domain::deposits::{DepositMethod, WalletEvent};
use tallybook_domain::ledger::{AccountCode, effective_date, postings};
use tallybook_domain::{BookEvent, Currency, EventMetadata, Money, RecordedEvent, WalletId};

use super::accounts::Names;
use super::arguments::Format;
use super::balances::{Balances, Dates, Sums};
use super::entry::Entry;
use super::format::Title;
use super::parquet::SCALE;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn dates(from: Option<&str>, to: Option<&str>) -> Dates {
    Dates { from: from.map(day), to: to.map(day) }
}

fn deposit(position: u64, (units, currency): (&str, &str), date: &str) -> Entry {
    let currency = Currency::parse(currency).unwrap();
    let wallet = WalletId::new(&"C00001".parse().unwrap(), currency);
    let event = BookEvent::from(WalletEvent::DepositRecorded {
        wallet: wallet.clone(),
        amount: Money::parse(units, currency).unwrap(),
        reference: format!("R{position}").parse().unwrap(),
        method: DepositMethod::Alipay,
        effective_date: day(date),
        remark: None,
    });
    let recorded_at: DateTime<Utc> = "2026-05-01T08:00:00.000001Z".parse().unwrap();
    let metadata = EventMetadata {
        actor: "user:O'Brien, \"Bob\"".into(),
        command_id: "100%".into(),
        request_id: None,
        reason: Some("=HYPERLINK(\"x\"), said C:\\Bob".into()),
        client_address: None,
    };
    let (effective_date, postings) = (effective_date(&event).unwrap(), postings(&event));
    let aggregate_id = wallet.to_string();
    let recorded = RecordedEvent { position, recorded_at, aggregate_id, sequence: position, metadata, event };
    Entry { recorded, effective_date, postings, leaf_hash: "0a".repeat(32) }
}

fn balances(dates: Dates, entries: &[Entry]) -> Balances {
    let mut balances = Balances::new(dates);
    for entry in entries {
        for posting in &entry.postings {
            balances.add(entry.effective_date, posting).unwrap();
        }
    }
    balances
}

/// The whole file.
fn written(format: Format, entries: &[Entry]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let all = dates(None, None);
    let title = Title { book: "main".into(), position: 3, root: "ff".into(), dates: all };
    let mut writer = format.begin(Box::new(file.reopen().unwrap()), &title).unwrap();
    entries.iter().for_each(|entry| writer.entry(entry).unwrap());
    writer.end(&balances(all, entries)).unwrap();
    file
}

fn text(format: Format, entries: &[Entry]) -> String {
    let (mut file, mut text) = (written(format, entries), String::new());
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// Each month's end: the day, and what is in Alipay in yuan.
fn alipay(balances: &Balances) -> Vec<(NaiveDate, Decimal)> {
    let yuan = |sums: &Sums| sums[&(AccountCode::Alipay, Currency::CNY)];
    balances.month_ends().map(|month| month.unwrap()).map(|(day, sums)| (day, yuan(&sums))).collect()
}

#[test]
fn an_event_that_is_dated_back_counts_in_the_month_it_belongs_to() {
    let entries = [
        deposit(1, ("100.00", "CNY"), "2026-02-28"),
        deposit(2, ("10.00", "CNY"), "2026-04-01"),
        deposit(3, ("1.00", "CNY"), "2026-02-01"),
        deposit(4, ("0.10", "CNY"), "2024-02-29"),
    ];
    let whole = balances(dates(None, None), &entries);
    let expected = [("2024-02-29", "0.10"), ("2026-02-28", "101.10"), ("2026-04-30", "111.10")];
    assert_eq!(alipay(&whole), expected.map(|(date, sum)| (day(date), amount(sum))));
    assert_eq!(whole.opening(), None);
}

#[test]
fn a_period_opens_with_what_was_before_and_ends_where_it_ends() {
    let entries = [
        deposit(1, ("100.00", "CNY"), "2026-04-20"),
        deposit(2, ("10.00", "CNY"), "2026-04-21"),
        deposit(3, ("1.00", "CNY"), "2026-03-09"),
        deposit(4, ("0.10", "CNY"), "2026-03-10"),
    ];
    let part = balances(dates(Some("2026-03-10"), Some("2026-04-20")), &entries);
    let (eve, opening) = part.opening().unwrap();
    assert_eq!(
        (eve, opening[&(AccountCode::CustomerWallets, Currency::CNY)]),
        (day("2026-03-09"), amount("-1.00"))
    );
    let expected = [("2026-03-31", "1.10"), ("2026-04-20", "101.10")];
    assert_eq!(alipay(&part), expected.map(|(date, sum)| (day(date), amount(sum))));
}

/// Letters, digits and hyphens, and after each colon a capital letter or a digit: what beancount takes; no two
/// blanks, no bracket at the front: what hledger takes.
#[test]
fn account_names_are_taken_by_both_programs() {
    for (account, name) in Names::of_the_chart().iter() {
        for part in name.split(':') {
            assert!(
                part.starts_with(|sign: char| sign.is_ascii_uppercase() || sign.is_ascii_digit()),
                "{name}"
            );
            let usual = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || !sign.is_ascii();
            assert!(part.chars().all(usual), "{name}");
        }
        let depth = if account.account().parent.is_some() { 2 } else { 1 };
        assert_eq!(name.matches(':').count(), depth, "{name}");
    }
    let names = Names::of_the_chart();
    assert_eq!(
        names.get(AccountCode::Alipay),
        "Assets:1012-Other-monetary-funds-其他货币资金:1012-02-Alipay-支付宝"
    );
}

#[test]
fn no_text_can_break_out_of_its_place() {
    let entries = [deposit(1, ("5", "JPY"), "2026-02-28")];
    let hledger = text(Format::Hledger, &entries);
    assert!(hledger.contains("    ; actor:user:O'Brien%2C \"Bob\"\n    ; command_id:100%25\n"), "{hledger}");
    assert!(hledger.contains("  5 JPY\n") && hledger.contains("commodity 1000. JPY\n"), "{hledger}");
    let beancount = text(Format::Beancount, &entries);
    assert!(beancount.contains(r#"  actor: "user:O'Brien, \"Bob\"""#), "{beancount}");
    assert!(beancount.contains(r#"  reason: "=HYPERLINK(\"x\"), said C:\\Bob""#), "{beancount}");
    let csv = text(Format::Csv, &entries);
    assert!(csv.contains(r#","user:O'Brien, ""Bob""","#), "{csv}");
    assert!(csv.contains(r#","'=HYPERLINK(""x""), said C:\Bob","#), "{csv}");
}

#[test]
fn months_end_with_what_every_account_holds() {
    let entries = [deposit(1, ("1.234", "KWD"), "2026-02-28")];
    let hledger = text(Format::Hledger, &entries);
    let asserted = "2026-02-28 * Balances after 2026-02-28\n    \
        Assets:1012-Other-monetary-funds-其他货币资金:1012-02-Alipay-支付宝  0 KWD = 1.234 KWD\n    \
        Liabilities:2241-Other-payables-其他应付款:2241-01-Customer-wallets-客户钱包  0 KWD = -1.234 KWD\n";
    assert!(hledger.contains(asserted), "{hledger}");
    let beancount = text(Format::Beancount, &entries);
    let asserted = "2026-03-01 balance Assets:1012-Other-monetary-funds-其他货币资金:1012-02-Alipay-支付宝  \
                    1.234 ~ 0 KWD\n";
    assert!(beancount.contains(asserted), "{beancount}");
}

/// The largest amount, the smallest, and every currency's decimals.
#[test]
fn parquet_has_exact_decimals() {
    let amounts =
        [("1000000000000000.00", "CNY"), ("0.01", "CNY"), ("999999999999999.9999", "CLF"), ("1", "JPY")];
    let entries: Vec<_> =
        (1..).zip(amounts).map(|(position, money)| deposit(position, money, "1969-12-31")).collect();
    let file = SerializedFileReader::new(written(Format::Parquet, &entries).into_file()).unwrap();
    let rows: Vec<_> = file.get_row_iter(None).unwrap().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), amounts.len() * 2);
    for (pair, (units, currency)) in rows.chunks(2).zip(amounts) {
        for row in pair {
            let value = |wanted: &str| {
                let (_, field) = row.get_column_iter().find(|(name, _)| *name == wanted).unwrap();
                field.clone()
            };
            let Field::Decimal(decimal) = value("amount") else { panic!("{row}") };
            let unscaled = decimal.data().iter().fold(0_i128, |number, byte| number << 8 | i128::from(*byte));
            assert_eq!(Decimal::from_i128_with_scale(unscaled, SCALE), amount(units));
            assert_eq!(value("currency"), Field::Str(currency.into()));
            assert_eq!(value("effective_date"), Field::Date(-1));
            assert_eq!(value("recorded_at"), Field::TimestampMicros(1_777_622_400_000_001));
            assert_eq!(value("request_id"), Field::Null);
        }
    }
    assert!(Currency::all().all(|currency| currency.minor_units() <= SCALE));
}
