//! `tallybook export journal`: other people's programs do the book's arithmetic again, and come to the same figures.
//!
//! `make test` installs hledger and beancount where it may; without them these tests say so and check nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use rust_decimal::Decimal;
use tallybook_tests::program::done;

use crate::book::Processes;
use crate::busy_book::{Balances, BusyBook, add};

#[tokio::test(flavor = "multi_thread")]
async fn hledger_comes_to_the_same_balances() {
    let Some(hledger) = program("hledger") else { return };
    let check =
        |file: &Path| Command::new(&hledger).arg("-f").arg(file).args(["check", "-s"]).output().unwrap();
    let book = BusyBook::start().await;
    for period in book.periods() {
        let file = book.export("hledger", period);
        let checked = check(&file);
        assert!(checked.status.success(), "{period:?}: {}", String::from_utf8_lossy(&checked.stderr));
        let mut balance = Command::new(&hledger);
        balance.arg("-f").arg(&file).args(["balance", "--flat", "--no-total", "--empty"]);
        balance.args(["--layout", "bare", "-O", "csv"]);
        let found = balances(&done(balance));
        assert_eq!(found, book.trial_balance(period.1).await, "{period:?}");
        // One entry less, and some month does not end as it must.
        let entries: Vec<_> =
            std::fs::read_to_string(&file).unwrap().split("\n\n").map(str::to_owned).collect();
        let less = entries.iter().position(|entry| entry.contains(") DepositRecorded")).unwrap();
        let less = [&entries[..less], &entries[less + 1..]].concat().join("\n\n");
        std::fs::write(&file, less).unwrap();
        let refused = check(&file);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("balance assertion"), "{refused:?}");
    }
    book.finish().await;
}

/// Reads the file with beancount's own library and prints what each account holds.
const BEANCOUNT_BALANCES: &str = "
import collections, sys
from beancount import loader
from beancount.core import data
entries, errors, options = loader.load_file(sys.argv[1])
assert not errors, errors
sums = collections.defaultdict(int)
for entry in data.filter_txns(entries):
    for posting in entry.postings:
        sums[posting.account, posting.units.currency] += posting.units.number
print('account,commodity,balance')
for (account, currency), sum in sums.items():
    print(account, currency, sum, sep=',')
";

#[tokio::test(flavor = "multi_thread")]
async fn beancount_comes_to_the_same_balances() {
    let Some(bean_check) = program("bean-check") else { return };
    let check = |file: &Path| Command::new(&bean_check).arg(file).output().unwrap();
    let book = BusyBook::start().await;
    for period in book.periods() {
        let file = book.export("beancount", period);
        let checked = check(&file);
        assert!(checked.status.success(), "{period:?}: {}", String::from_utf8_lossy(&checked.stderr));
        let python = bean_check.with_file_name("python3");
        let mut balance = Command::new(if python.exists() { python } else { "python3".into() });
        balance.args(["-c", BEANCOUNT_BALANCES]).arg(&file);
        let found = balances(&done(balance));
        assert_eq!(found, book.trial_balance(period.1).await, "{period:?}");
        let text = std::fs::read_to_string(&file).unwrap();
        let line = text.lines().find(|line| line.contains(" ~ 0 CNY")).unwrap();
        let (before, amount) = line.trim_end_matches(" ~ 0 CNY").rsplit_once("  ").unwrap();
        let cent: Decimal = "0.01".parse().unwrap();
        let other = amount.parse::<Decimal>().unwrap().checked_add(cent).unwrap();
        std::fs::write(&file, text.replace(line, &format!("{before}  {other} ~ 0 CNY"))).unwrap();
        let refused = check(&file);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("Balance failed"), "{refused:?}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_posting_is_a_row_and_every_event_is_told_from_whom() {
    let book = BusyBook::start().await;
    let file = book.export("csv", (None, None));
    let mut found = Balances::new();
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let head = reader.headers().unwrap().clone();
    for row in reader.records() {
        let row = row.unwrap();
        let cell = |name: &str| row[head.iter().position(|column| column == name).unwrap()].to_owned();
        let amount: Decimal = cell("amount").parse().unwrap();
        let amount = if cell("side") == "credit" { -amount } else { amount };
        add(&mut found, (cell("account"), cell("currency")), amount);
        assert_eq!(cell("request_id"), "'=\"a,b\"%", "{row:?}");
        assert!(["user:operator", "user:finance"].contains(&cell("actor").as_str()), "{row:?}");
        if cell("event_type") == "DepositReversed" {
            assert_eq!(cell("reason"), "recalled; \"by\" C:\\bank, twice");
        }
    }
    assert_eq!(found, book.trial_balance(None).await);
    let parquet = std::fs::read(book.export("parquet", (None, None))).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    for format in ["hledger", "beancount", "csv", "parquet"] {
        let [one, two] = [(), ()].map(|()| std::fs::read(book.export(format, (None, None))).unwrap());
        assert!(one == two, "the same book is the same file: {format}");
        let piped = book.book.command(&["export", "journal", "--format", format]).output().unwrap();
        assert!(piped.stdout == one, "standard output is the same file: {format}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_leaves_the_file_that_is_there() {
    let book = Processes::on_the_server();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("there");
    std::fs::write(&file, "as it was").unwrap();
    let export = |more: &[&str]| {
        let arguments = [&["export", "journal", "--output", file.to_str().unwrap()], more].concat();
        book.command(&arguments).output().unwrap()
    };
    for (more, said) in [
        (&["--format", "csv", "--from", "2026-03-02", "--to", "2026-03-01"][..], "is before --from"),
        (&["--format", "xlsx"], "possible values"),
    ] {
        let refused = export(more);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(said), "{refused:?}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "as it was");
    assert!(export(&["--format", "hledger"]).status.success(), "a book without events has no postings");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "nothing is left beside the file");
}

/// Rows of account, currency and balance. The last part of an account's name begins with its code.
fn balances(csv: &str) -> Balances {
    let mut balances = Balances::new();
    for line in csv.lines().skip(1) {
        let [account, currency, balance] =
            line.split(',').map(|cell| cell.trim_matches('"')).collect::<Vec<_>>()[..]
        else {
            panic!("not three cells: {line}");
        };
        let name = account.rsplit(':').next().unwrap();
        let code = name.splitn(3, '-').take(2).filter(|part| part.bytes().all(|sign| sign.is_ascii_digit()));
        let code = code.collect::<Vec<_>>().join(".");
        add(&mut balances, (code, currency.to_owned()), balance.parse().unwrap());
    }
    balances
}

/// Where `scripts/install-missing checkers` or someone else has put it.
fn program(name: &str) -> Option<PathBuf> {
    let test = std::env::current_exe().unwrap();
    let ours = test.ancestors().nth(3).unwrap().join("beancount/bin");
    let path = std::env::var_os("PATH").unwrap();
    let found =
        std::iter::once(ours).chain(std::env::split_paths(&path)).map(|directory| directory.join(name));
    let found = found.into_iter().find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: there is no {name}; scripts/install-missing checkers installs it");
    }
    found
}
