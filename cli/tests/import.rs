//! `tallybook import deposits` and `tallybook import receipts` on a running book.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::path::PathBuf;
use std::process::Output;

use chrono::NaiveDate;
use running::{Up, in_book, place, stderr, stdout};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tallybook_commands::CommandContext;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{RegisterCustomer, register_customer};
use tallybook_commands::deposits::{RecordDeposit, record_deposit};
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::{Currency, Money};

/// A running book with the demonstration's customers, C00001 and on.
fn book() -> Option<(tempfile::TempDir, Up)> {
    let place = place()?;
    let up = Up::start(place.path(), &["--demo"]);
    Some((place, up))
}

fn file(up: &Up, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = up.data.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn import(up: &Up, file: &std::path::Path, more: &[&str]) -> (i32, Value) {
    summary_of(imported(up, file, &[more, &["--json"]].concat()))
}

fn import_receipts(up: &Up, file: &std::path::Path, more: &[&str]) -> (i32, Value) {
    let arguments = [&["import", "receipts", file.to_str().unwrap(), "--json"], more].concat();
    summary_of(up.beside(&arguments))
}

fn summary_of(output: Output) -> (i32, Value) {
    let summary = serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (output.status.code().unwrap(), summary)
}

fn imported(up: &Up, file: &std::path::Path, more: &[&str]) -> Output {
    up.beside(&[&["import", "deposits", file.to_str().unwrap()], more].concat())
}

const COLUMNS: [&str; 6] =
    ["--column", "date=date", "--column", "amount=amount", "--column", "reference=ref"];

#[test]
fn a_statement_is_recorded_once_however_often_it_is_imported() {
    let Some((_place, up)) = book() else { return };
    let sample = sample();
    let mapped = ["--mapping", "ccb", "--customer", "C00001"];

    let (code, checked) = import(&up, &sample, &[&mapped[..], &["--dry-run"]].concat());
    assert_eq!((code, checked["recorded"].as_u64(), checked["position"].as_u64()), (0, Some(6), None));

    let (code, first) = import(&up, &sample, &mapped);
    assert_eq!(code, 0, "{first}");
    assert_eq!((first["recorded"].as_u64(), first["already_there"].as_u64()), (Some(6), Some(0)));
    assert_eq!(first["encoding"], "GB18030");
    assert_eq!(first["in"]["sums"][0]["amount"], "96299.99");
    assert_eq!(first["out"]["sums"][0]["amount"], "12800.50");

    for more in [&["--dry-run"][..], &[], &["--method", "alipay"]] {
        let (code, again) = import(&up, &sample, &[&mapped[..], more].concat());
        assert_eq!(code, 0, "{again}");
        assert_eq!(
            (again["recorded"].as_u64(), again["already_there"].as_u64()),
            (Some(0), Some(6)),
            "{more:?}"
        );
    }
}

#[test]
fn bad_rows_are_marked_in_a_copy_that_can_be_corrected_and_imported() {
    let Some((_place, up)) = book() else { return };
    let text =
        "date,amount,ref,who\n2026-01-01,10,R1,C00001\n2026-01-02,5,R2,C99999\n2026-01-99,6,R3,C00001\n";
    let statement = file(&up, "mixed.csv", text);
    let mapped = [&COLUMNS[..], &["--column", "customer=who", "--save-mapping", "mixed"]].concat();
    let (code, summary) = import(&up, &statement, &mapped);
    assert_eq!((code, summary["recorded"].as_u64()), (1, Some(1)));
    assert_eq!(summary["bad"][0]["line"], 3);
    assert_eq!(summary["bad"][0]["reasons"][0], "there is no customer C99999");
    assert_eq!(summary["bad"][1]["line"], 4);

    let copy = PathBuf::from(summary["errors_file"].as_str().unwrap());
    let marked = std::fs::read_to_string(&copy).unwrap();
    assert!(marked.starts_with("date,amount,ref,who,import_error\n2026-01-01,10,R1,C00001\n"), "{marked}");
    std::fs::write(&copy, marked.replace("C99999", "C00002").replace("2026-01-99", "2026-01-09")).unwrap();

    let (code, corrected) = import(&up, &copy, &["--mapping", "mixed"]);
    assert_eq!(code, 0, "{corrected}");
    assert_eq!((corrected["recorded"].as_u64(), corrected["already_there"].as_u64()), (Some(2), Some(1)));
}

#[test]
fn the_copy_with_the_bad_rows_goes_where_it_is_told_to() {
    let Some((_place, up)) = book() else { return };
    let statement = file(&up, "some.csv", "date,amount,ref\n2026-01-01,10,R1\n2026-01-99,6,R2\n");
    let elsewhere = up.data.join("elsewhere.csv");
    let named = |errors: &str| {
        let more = ["--customer", "C00001", "--errors", errors];
        [&COLUMNS[..], &more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |errors: &str| {
        let arguments = named(errors);
        imported(&up, &statement, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    for place in [statement.to_str().unwrap(), "/no/such/directory/bad.csv"] {
        let refused = run(place);
        assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
        assert_eq!(stdout(&refused), "", "nothing was recorded");
    }
    let marked = run(elsewhere.to_str().unwrap());
    assert_eq!(marked.status.code(), Some(1), "{}", stderr(&marked));
    assert!(stderr(&marked).contains("elsewhere.csv"), "{}", stderr(&marked));
    assert!(std::fs::read_to_string(&elsewhere).unwrap().contains("import_error"));
    assert!(!up.data.join("some.csv.errors.csv").exists());
}

/// The rows were recorded, and what became of them is said although the copy cannot be written.
#[test]
fn a_copy_that_cannot_be_written_hides_no_summary() {
    let Some((_place, up)) = book() else { return };
    let statement = file(&up, "some.csv", "date,amount,ref\n2026-01-01,10,R1\n2026-01-99,6,R2\n");
    // Also as root nobody writes over a directory.
    std::fs::create_dir(up.data.join("some.csv.errors.csv")).unwrap();
    let (code, summary) = import(&up, &statement, &[&COLUMNS[..], &["--customer", "C00001"]].concat());
    assert_eq!((code, summary["recorded"].as_u64(), &summary["errors_file"]), (3, Some(1), &Value::Null));
}

#[test]
fn gaps_in_the_balances_are_counted_and_stop_nothing() {
    let Some((_place, up)) = book() else { return };
    let text = "date,amount,ref,left\n2026-01-01,10,G1,10\n2026-01-02,5,G2,15\n2026-01-03,1,G3,20\n";
    let statement = file(&up, "gap.csv", text);
    let unmapped = [&COLUMNS[..], &["--customer", "C00001"]].concat();
    let mapped = [&unmapped[..], &["--column", "balance=left"]].concat();
    let (code, summary) = import(&up, &statement, &[&mapped[..], &["--dry-run"]].concat());
    assert_eq!((code, summary["gaps"].as_u64(), summary["recorded"].as_u64()), (0, Some(1), Some(3)));
    assert_eq!(import(&up, &statement, &unmapped).1["gaps"], Value::Null);
    let shown = imported(&up, &statement, &mapped);
    assert!(stdout(&shown).contains("  gaps           1\n"), "{}", stdout(&shown));
    assert!(stderr(&shown).contains("line 4: the balance should be 16.00 CNY"), "{}", stderr(&shown));
}

#[test]
fn a_taken_reference_is_the_same_deposit_or_a_bad_row() {
    let Some((_place, up)) = book() else { return };
    let customer = [&COLUMNS[..], &["--customer", "C00001"]].concat();
    // Recorded by someone at the keyboard, without the importer's keys.
    let recorded = [("R1", "10.00"), ("R2", "20.00"), ("R3", "30.00")];
    in_book(&up, async |book, context| {
        for (reference, amount) in recorded {
            let deposit = RecordDeposit {
                customer: "C00001".parse().unwrap(),
                amount: Money::parse(amount, Currency::CNY).unwrap(),
                reference: reference.parse().unwrap(),
                method: DepositMethod::Cash,
                effective_date: NaiveDate::from_ymd_opt(2026, 1, 1),
                remark: None,
            };
            record_deposit(book, context.clone(), deposit).await.unwrap();
        }
    });
    let texts = [
        ("2026-01-01,10.00,R1", None),
        ("2026-01-01,21,R2", Some("with 20.00 CNY on 2026-01-01")),
        ("2026-01-02,30,R3", Some("here it is 30.00 CNY on 2026-01-02")),
    ];
    for (row, difference) in texts {
        let again = file(&up, "again.csv", format!("date,amount,ref\n{row}\n"));
        let (_, summary) = import(&up, &again, &customer);
        match difference {
            None => assert_eq!(summary["already_there"], 1, "{row}"),
            Some(words) => {
                let reason = summary["bad"][0]["reasons"][0].as_str().unwrap();
                assert!(reason.contains(words), "{reason}");
            }
        }
    }
    let other = file(&up, "other.csv", "date,amount,ref\n2026-01-01,10,R1\n");
    let (_, summary) = import(&up, &other, &[&COLUMNS[..], &["--customer", "C00002"]].concat());
    assert!(summary["bad"][0]["reasons"][0].as_str().unwrap().contains("another customer"), "{summary}");
}

/// A key is predictable: whoever used it for something else must not make money vanish.
#[test]
fn a_key_that_was_used_for_something_else_hides_no_deposit() {
    let Some((_place, up)) = book() else { return };
    let customer = [&COLUMNS[..], &["--customer", "C00001"]].concat();
    in_book(&up, async |book, context| {
        let mut hasher = Sha256::new();
        for part in ["C00001.CNY", "K1", "10.00 CNY", "2026-01-01"] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let idempotency_key = Some(format!("import/deposit/{digest}"));
        let context = CommandContext { idempotency_key, ..context.clone() };
        let register = RegisterCustomer::named("Taker of keys".parse().unwrap());
        register_customer(book, &PersonalKeys::without_master(book), context, register).await.unwrap();
    });
    let statement = file(&up, "burnt.csv", "date,amount,ref\n2026-01-01,10,K1\n2026-01-01,11,K2\n");
    for more in [&["--dry-run"][..], &[]] {
        let (code, summary) = import(&up, &statement, &[&customer[..], more].concat());
        assert_eq!((code, &summary["recorded"], &summary["already_there"]), (1, &1.into(), &0.into()));
        assert!(summary["bad"][0]["reasons"][0].as_str().unwrap().contains("something else"), "{summary}");
    }
}

#[test]
fn many_rows_are_recorded_side_by_side() {
    let Some((_place, up)) = book() else { return };
    let mut text = String::from("date,amount,ref\n");
    for row in 0..2_000 {
        text.push_str(&format!("2026-01-{:02},1.00,N{row}\n", row % 28 + 1));
    }
    let many = file(&up, "many.csv", text);
    let mapped = [&COLUMNS[..], &["--customer", "C00003"]].concat();
    assert_eq!(import(&up, &many, &mapped).1["recorded"], 2_000);
    assert_eq!(import(&up, &many, &mapped).1["already_there"], 2_000);
}

#[test]
fn wrong_usage_says_what_to_add_and_what_there_is() {
    let Some((_place, up)) = book() else { return };
    let statement = file(&up, "x.csv", "date,amount,ref\n2026-01-01,1,a\n");
    for (more, said) in [
        (&["--column", "date=date"][..], "reference=DATE+TIME+BALANCE"),
        (&["--mapping", "ccb", "--customer", "C00001"], "it has date, amount, ref"),
        (&["--mapping", "nobank", "--customer", "C00001"], "boc, bocom, ccb, icbc"),
    ] {
        let refused = imported(&up, &statement, more);
        assert_eq!(refused.status.code(), Some(2), "{more:?}");
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
    }
}

fn sample() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/samples/ccb-corporate.csv")
}

#[test]
fn a_statement_becomes_receipts_once_with_who_paid_and_what_for() {
    let Some((_place, up)) = book() else { return };
    let mapped = ["--mapping", "ccb", "--account", "CCB-0042"];
    let counts = |summary: &Value| (summary["recorded"].as_u64(), summary["already_there"].as_u64());

    let (code, checked) = import_receipts(&up, &sample(), &[&mapped[..], &["--dry-run"]].concat());
    assert_eq!((code, counts(&checked)), (0, (Some(6), Some(0))), "{checked}");
    let (code, first) = import_receipts(&up, &sample(), &[&mapped[..], &["--save-mapping", "mine"]].concat());
    assert_eq!((code, counts(&first)), (0, (Some(6), Some(0))), "{first}");
    for again in [&mapped[..], &["--mapping", "mine"], &["--mapping", "mine", "--dry-run"]] {
        let (code, summary) = import_receipts(&up, &sample(), again);
        assert_eq!((code, counts(&summary)), (0, (Some(0), Some(6))), "{again:?}: {summary}");
    }
    in_book(&up, async |book, _| {
        let texts = "SELECT payload::text FROM events WHERE event_type = 'ReceiptRecorded' ORDER BY position";
        let recorded: Vec<String> = sqlx::query_scalar(texts).fetch_all(book.pool()).await.unwrap();
        assert_eq!(recorded.len(), 6);
        let first = &recorded.iter().find(|text| text.contains("20001-530000000F000000001")).unwrap();
        for told in
            ["甲乙示例客户有限公司", "6200000000000000001", "\"转账存入 货款 C00042.2026-02\"", "CCB-0042"]
        {
            assert!(first.contains(told), "{told} in {first}");
        }
    });
}

#[test]
fn a_receipt_that_says_something_else_now_is_a_bad_row() {
    let Some((_place, up)) = book() else { return };
    let mapped = [&COLUMNS[..], &["--account", "CASH"]].concat();
    let statement = file(&up, "one.csv", "date,amount,ref\n2026-01-01,10,R1\n");
    assert_eq!(import_receipts(&up, &statement, &mapped).1["recorded"], 1);
    let other = file(&up, "other.csv", "date,amount,ref\n2026-01-01,11,R1\n2026-01-01,5,R2\n");
    let (code, summary) = import_receipts(&up, &other, &mapped);
    assert_eq!(
        (code, &summary["recorded"], &summary["bad"][0]["line"]),
        (1, &1.into(), &2.into()),
        "{summary}"
    );

    let nowhere = up.beside(&[&["import", "receipts", statement.to_str().unwrap()], &COLUMNS[..]].concat());
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(stderr(&nowhere).contains("--account ICBC-0123"), "{}", stderr(&nowhere));
}
