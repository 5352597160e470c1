//! `tallybook import deposits` with bank statements: what is in the file is in the statement, the trial balance and
//! the dashboard, once, however often it is imported.

use std::io::Write;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde_json::Value;
use tallybook_tests::answer::{number, text};
use tallybook_tests::program::done;
use tallybook_tests::truths::journal::events_after;
use tallybook_tests::{Client, bodies, truths};

use crate::book::{People, Processes};

/// What a statement must come to: money in, row by row and in sum.
struct Expected {
    file: PathBuf,
    mapping: &'static str,
    /// Where it is said.
    encoding: Option<String>,
    rows: u64,
    sum: Decimal,
}

/// UTF-8, UTF-8 with BOM and GB18030.
#[tokio::test(flavor = "multi_thread")]
async fn the_samples_that_come_with_the_program_are_imported_once() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples");
    let statements = [
        ("boc", "boc-debit.csv"),
        ("bocom", "bocom-debit.csv"),
        ("ccb", "ccb-corporate.csv"),
        ("icbc", "icbc-debit.csv"),
    ];
    import_all(&expected(&samples, &statements)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_of_five_banks_are_imported_once() {
    let Some(samples) = others_samples() else { return };
    let statements = [
        ("boc", "bank/boc-debit-signed.csv"),
        ("ccb", "bank/ccb-corporate-two-columns.csv"),
        ("icbc", "bank/icbc-debit-two-columns.csv"),
        ("bocom", "bank/bocom-debit-flag.csv"),
        ("bocom", "bank/bocom-flag-chained.csv"),
    ];
    import_all(&expected(&samples, &statements)).await;
}

/// What `expected.json` beside the statements says of them.
fn expected(samples: &Path, statements: &[(&'static str, &str)]) -> Vec<Expected> {
    let facts = std::fs::read_to_string(samples.join("expected.json")).unwrap();
    let facts: Value = serde_json::from_str(&facts).unwrap();
    let expected = statements.iter().map(|(mapping, file)| {
        let facts = &facts[file]["facts"];
        let encoding = facts["encoding"].as_str().map(str::to_owned);
        let (rows, sum) = (number(facts, "in_rows"), text(facts, "sum_in").parse().unwrap());
        Expected { file: samples.join(file), mapping, encoding, rows, sum }
    });
    expected.collect()
}

/// They are not ours to publish: TALLYBOOK_SAMPLES names their directory.
fn others_samples() -> Option<PathBuf> {
    let named = std::env::var_os("TALLYBOOK_SAMPLES").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    let directory = named.as_ref().unwrap_or(&beside);
    if directory.join("bank").is_dir() {
        return Some(directory.clone());
    }
    assert!(named.is_none(), "TALLYBOOK_SAMPLES is {directory:?}, and in it is no directory `bank`");
    // Not `eprintln!`: what a test prints that passes is not shown.
    let skipped = b"skipped: statements that are not part of this repository; set TALLYBOOK_SAMPLES to their directory\n";
    std::io::stderr().write_all(skipped).unwrap();
    None
}

async fn import_all(statements: &[Expected]) {
    let book = Processes::on_the_server();
    let up = book.up();
    let people = book.people(&up.address).await;
    let mut customers = Vec::new();
    for statement in statements {
        let name = statement.file.file_name().unwrap().to_str().unwrap();
        let customer = people.operator.post("/v1/customers", &bodies::customer(name)).await;
        customers.push(text(customer.created(), "id").to_owned());
    }
    let run = |more: &[&str]| -> Vec<Value> {
        let imports = statements.iter().zip(&customers).map(|(statement, customer)| {
            let file = statement.file.to_str().unwrap();
            let arguments = [
                "import",
                "deposits",
                file,
                "--mapping",
                statement.mapping,
                "--customer",
                customer,
                "--json",
            ];
            serde_json::from_str(&done(book.command(&[&arguments, more].concat()))).unwrap()
        });
        imports.collect()
    };
    for (summary, statement) in run(&["--dry-run"]).iter().zip(statements) {
        assert_eq!(number(summary, "recorded"), statement.rows, "{summary}");
        if let Some(encoding) = &statement.encoding {
            assert_eq!(text(summary, "encoding"), encoding);
        }
    }
    assert_eq!(events_after(&people.auditor, 0).await.len(), customers.len(), "a dry run records nothing");
    for (summary, statement) in run(&[]).iter().zip(statements) {
        assert_eq!(
            (number(summary, "recorded"), number(summary, "already_there")),
            (statement.rows, 0),
            "{summary}"
        );
    }
    let told = everything_agrees(&people, statements, &customers).await;
    for (summary, statement) in run(&[]).iter().zip(statements) {
        assert_eq!(
            (number(summary, "recorded"), number(summary, "already_there")),
            (0, statement.rows),
            "{summary}"
        );
    }
    assert_eq!(
        everything_agrees(&people, statements, &customers).await,
        told,
        "importing again changes nothing"
    );
    truths::hold(&book.witness(people.auditor.clone())).await;
}

/// Statements, trial balance and dashboard say what the files say. Answers with the last position.
async fn everything_agrees(people: &People, statements: &[Expected], customers: &[String]) -> u64 {
    let reader = &people.auditor;
    let position = events_after(reader, 0).await.last().unwrap().position;
    let fresh = format!("min_position={position}&wait_ms=30000");
    let (mut rows, mut sum) = (0, Decimal::ZERO);
    for (expected, customer) in statements.iter().zip(customers) {
        let path = format!("/v1/customers/{customer}/wallet-statement?currency=CNY&{fresh}");
        let statement = reader.get(&path).await;
        let statement = statement.data();
        assert_eq!(number(statement, "line_count"), expected.rows, "{}", expected.file.display());
        assert_eq!(amount(&statement["credits"]), expected.sum);
        assert_eq!(amount(&statement["closing"]), expected.sum);
        rows += expected.rows;
        sum = sum.checked_add(expected.sum).unwrap();
    }
    let trial = reader.get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let currency = &trial.data()["currencies"][0];
    assert_eq!((amount(&currency["debit"]), amount(&currency["closing"])), (sum, Decimal::ZERO));
    let closing = |code: &str| {
        let accounts = currency["accounts"].as_array().unwrap();
        amount(&accounts.iter().find(|account| account["code"] == code).unwrap()["closing"])
    };
    assert_eq!((closing("1002"), closing("2241.01")), (sum, -sum));
    assert_eq!(dashboard(reader, &fresh).await, (rows, sum));
    position
}

/// The years the statements are from.
async fn dashboard(reader: &Client, fresh: &str) -> (u64, Decimal) {
    let answer = reader.get(&format!("/v1/dashboard?from=2020-01-01&to=2029-12-31&{fresh}")).await;
    let totals = &answer.data()["currencies"][0]["totals"];
    (number(totals, "deposit_count"), amount(&totals["deposits"]))
}

fn amount(money: &Value) -> Decimal {
    text(money, "amount").parse().unwrap()
}
