//! `tallybook import usage` on a running book: Excel and CSV in, and the same out again.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::path::{Path, PathBuf};
use std::process::Output;

use running::{Up, place, stderr, stdout};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::Value;
use tallybook_import::{Limits, SourceFile};

fn imported(up: &Up, file: &Path, more: &[&str]) -> Output {
    up.beside(&[&["import", "usage", file.to_str().unwrap()], more].concat())
}

fn import(up: &Up, file: &Path, more: &[&str]) -> (i32, Value) {
    let output = imported(up, file, &[more, &["--json"]].concat());
    let report = serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (output.status.code().unwrap(), report)
}

fn counts(report: &Value) -> [u64; 5] {
    ["rows", "recorded", "corrected", "unchanged", "rejected"].map(|count| report[count].as_u64().unwrap())
}

fn file(up: &Up, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = up.data.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A book with 青松 (code KH-1) and 蓝鹭.
fn customers(place: &Path) -> Up {
    let up = Up::start(place, &[]);
    let list = file(&up, "customers.csv", "客户全称,客户编码\n青松,KH-1\n蓝鹭,\n");
    let registered = up.beside(&["import", "customers", list.to_str().unwrap()]);
    assert_eq!(registered.status.code(), Some(0), "{}", stderr(&registered));
    up
}

/// As people make them: a title, days as Excel keeps them, quantities as numbers, customers by code and by name.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("用量").unwrap();
    let day = Format::new().set_num_format("yyyy/m/d");
    sheet.write_string(0, 0, "三月用量").unwrap();
    for (column, name) in (0_u16..).zip(["客户", "计量项", "日期", "用量", "流水号"]) {
        sheet.write_string(1, column, name).unwrap();
    }
    for (row, (customer, quantity)) in
        (2_u32..).zip([("KH-1", 0.300_000_000_000_000_04), ("蓝鹭", 1_250.5), ("白石", 3.0)])
    {
        sheet.write_string(row, 0, customer).unwrap();
        sheet.write_string(row, 1, "sms").unwrap();
        let date = ExcelDateTime::from_ymd(2026, 3, 9).unwrap();
        sheet.write_datetime_with_format(row, 2, date, &day).unwrap();
        sheet.write_number(row, 3, quantity).unwrap();
        sheet.write_number(row, 4, f64::from(row)).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_imported_marked_and_imported_again() {
    let Some(place) = place() else { return };
    let up = customers(place.path());
    let list = file(&up, "usage.xlsx", workbook());
    let (code, tried) = import(&up, &list, &["--dry-run"]);
    assert_eq!((code, counts(&tried), &tried["position"]), (1, [3, 2, 0, 0, 1], &Value::Null), "{tried}");
    let (code, first) = import(&up, &list, &[]);
    assert_eq!(
        (code, counts(&first), first["header_row"].as_u64()),
        (1, [3, 2, 0, 0, 1], Some(2)),
        "{first}"
    );
    let copy = PathBuf::from(first["errors_file"].as_str().unwrap());
    assert!(copy.ends_with("usage.xlsx.errors.xlsx"));
    let marked = SourceFile::read(std::fs::read(&copy).unwrap(), &Limits::LONG).unwrap();
    let cell = |row: usize, column: usize| marked.rows[row].cells[column].text.clone();
    assert_eq!((cell(1, 5), cell(2, 2)), ("import_error".into(), "2026-03-09".into()));
    assert_eq!(cell(4, 5), "客户: no customer is called \"白石\"");
    let (code, again) = import(&up, &copy, &[]);
    assert_eq!((code, counts(&again)), (1, [3, 0, 0, 2, 1]), "{again}");
    let output = imported(&up, &list, &[]);
    let (said, noted) = (stdout(&output), stderr(&output));
    assert!(said.contains("recorded    0") && said.contains("unchanged   2"), "{said}");
    assert!(noted.contains("row 5: ") && noted.contains("marked in"), "{noted}");
}

#[test]
fn another_quantity_is_taken_where_corrections_are_meant() {
    let Some(place) = place() else { return };
    let up = customers(place.path());
    let list = |quantity: &str| {
        let text = format!("customer,date,quantity\nC00001,2026-03-09,{quantity}\n");
        file(&up, "usage.csv", text)
    };
    let mapped = ["--meter", "sms", "--reference", "daily", "--save-mapping", "daily-sms"];
    let (code, first) = import(&up, &list("3"), &mapped);
    assert_eq!((code, counts(&first)), (0, [1, 1, 0, 0, 0]), "{first}");
    let (code, other) = import(&up, &list("4"), &["--mapping", "daily-sms"]);
    assert_eq!((code, counts(&other)), (1, [1, 0, 0, 0, 1]));
    let detail = other["results"][0]["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("3 of sms is recorded for 2026-03-09"), "{detail}");
    let (code, meant) = import(&up, &list("4"), &["--mapping", "daily-sms", "--corrections"]);
    assert_eq!((code, counts(&meant)), (0, [1, 0, 1, 0, 0]), "{meant}");
    for (more, said) in [
        (&["--mapping", "daily-sms", "--column", "quantity=x"][..], "no row has the names"),
        (&[], "计量项 (meter), 流水号 (reference)"),
        (&["--meter", "two words"], "--meter"),
    ] {
        let refused = imported(&up, &list("4"), more);
        assert_eq!(refused.status.code(), Some(2), "{more:?}: {}", stderr(&refused));
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
    }
    let template = up.data.join("template.xlsx");
    let written = up.beside(&["import", "usage", "--template", template.to_str().unwrap()]);
    assert_eq!(written.status.code(), Some(0), "{}", stderr(&written));
    assert_eq!(counts(&import(&up, &template, &[]).1), [0; 5]);
}
