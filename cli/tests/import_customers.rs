//! `tallybook import customers` on a running book: Excel and CSV in, and the same out again.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::path::{Path, PathBuf};
use std::process::Output;

use running::{Up, place, stderr, stdout};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;
use tallybook_import::{Limits, SourceFile};

fn imported(up: &Up, file: &Path, more: &[&str]) -> Output {
    up.beside(&[&["import", "customers", file.to_str().unwrap()], more].concat())
}

fn import(up: &Up, file: &Path, more: &[&str]) -> (i32, Value) {
    let output = imported(up, file, &[more, &["--json"]].concat());
    let report = serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (output.status.code().unwrap(), report)
}

fn counts(report: &Value) -> [u64; 5] {
    ["rows", "registered", "changed", "unchanged", "rejected"].map(|count| report[count].as_u64().unwrap())
}

fn file(up: &Up, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = up.data.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// As people make them: a title, a header in two rows, codes with zeros in front, a phone as a number, a sum of a formula.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("客户名单").unwrap();
    let zeros = Format::new().set_num_format("00000");
    sheet.merge_range(0, 0, 0, 5, "2026 年客户名单", &Format::new()).unwrap();
    sheet.merge_range(1, 0, 2, 0, "客户名称", &Format::new()).unwrap();
    sheet.merge_range(1, 1, 1, 2, "基本信息", &Format::new()).unwrap();
    for (column, name) in [(1, "客户代码"), (2, "所属行业"), (3, "手机"), (4, "银行账号"), (5, "税号")]
    {
        sheet.write_string(2, column, name).unwrap();
    }
    let rows = [
        ("青松贸易", 42.0, 13_800_131_234.0, "6222020000000000001"),
        ("蓝鹭科技", 43.0, 13_800_135_678.0, ""),
    ];
    for (row, (name, code, phone, account)) in (3_u32..).zip(rows) {
        sheet.write_string(row, 0, name).unwrap();
        sheet.write_number_with_format(row, 1, code, &zeros).unwrap();
        sheet.write_number(row, 3, phone).unwrap();
        sheet.write_string(row, 4, account).unwrap();
    }
    sheet.write_string(6, 0, "坏账号").unwrap();
    sheet.write_number(6, 4, 6_222_020_000_000_000_001.0).unwrap();
    workbook.add_worksheet().set_name("说明").unwrap().write_string(0, 0, "=HYPERLINK(\"x\")").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_imported_marked_corrected_and_imported_again() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let list = file(&up, "customers.xlsx", workbook());
    let (code, tried) = import(&up, &list, &["--dry-run"]);
    assert_eq!((code, counts(&tried), &tried["position"]), (1, [3, 2, 0, 0, 1], &Value::Null));
    let (code, first) = import(&up, &list, &[]);
    assert_eq!(
        (code, counts(&first), first["header_row"].as_u64()),
        (1, [3, 2, 0, 0, 1], Some(3)),
        "{first}"
    );
    assert_eq!(first["results"][2]["row"], 7);
    let copy = PathBuf::from(first["errors_file"].as_str().unwrap());
    assert!(copy.ends_with("customers.xlsx.errors.xlsx"));

    let marked = SourceFile::read(std::fs::read(&copy).unwrap(), &Limits::LONG).unwrap();
    let cell = |row: usize, column: usize| marked.rows[row].cells[column].text.clone();
    assert_eq!((cell(2, 6), cell(3, 1)), ("import_error".into(), "00042".into()));
    assert!(cell(5, 6).contains("银行账号") && cell(5, 6).contains("rounded"), "{}", cell(5, 6));

    let (code, again) = import(&up, &copy, &[]);
    assert_eq!((code, counts(&again)), (1, [3, 0, 0, 2, 1]), "{again}");
    assert_eq!(again["errors_file"], copy.to_str().unwrap(), "a copy is written anew");

    let output = imported(&up, &list, &[]);
    let (said, noted) = (stdout(&output), stderr(&output));
    assert!(said.contains("unchanged   2") && said.contains("rejected    1"), "{said}");
    assert!(noted.contains("row 7: ") && noted.contains("marked in"), "{noted}");
}

#[test]
fn a_csv_list_comes_back_in_its_own_encoding() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    // GBK: 名称,税号 / 青松,1
    let list = file(&up, "list.csv", b"\xc3\xfb\xb3\xc6,\xcb\xb0\xba\xc5\r\n\xc7\xe0\xcb\xc9,1\r\n");
    let elsewhere = up.data.join("bad.csv");
    let (code, report) = import(&up, &list, &["--errors", elsewhere.to_str().unwrap()]);
    assert_eq!((code, report["encoding"].as_str()), (1, Some("GB18030")));
    let copy = std::fs::read(&elsewhere).unwrap();
    assert!(copy.starts_with(b"\xc3\xfb\xb3\xc6,\xcb\xb0\xba\xc5,import_error\r\n"), "{copy:?}");
}

#[test]
fn a_mapping_is_saved_in_the_book_and_used_again() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let list = file(&up, "list.csv", "户名,内部号,行业\n青松,7,IT\n");
    let mapped = ["--column", "name=户名", "--column", "code=内部号", "--word", "industry:IT=信息技术"];
    let (code, first) = import(&up, &list, &[&mapped[..], &["--save-mapping", "crm"]].concat());
    assert_eq!((code, counts(&first)), (0, [1, 1, 0, 0, 0]), "{first}");
    let (code, again) = import(&up, &list, &["--mapping", "crm"]);
    assert_eq!((code, counts(&again)), (0, [1, 0, 0, 1, 0]), "{again}");
    for (more, said) in [
        (&["--mapping", "none"][..], "none"),
        (&["--column", "nam=x"], "there is no field"),
        (&["--column", "name=x"], "no row has the names"),
        (&["--mapping", "crm", "--save-mapping", "a b"], "no name for a mapping"),
    ] {
        let refused = imported(&up, &list, more);
        assert_eq!(refused.status.code(), Some(2), "{more:?}: {}", stderr(&refused));
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
    }
}

#[test]
fn the_template_is_written_and_what_is_no_list_is_refused() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let template = up.data.join("template.xlsx");
    let written = up.beside(&["import", "customers", "--template", template.to_str().unwrap()]);
    assert_eq!(written.status.code(), Some(0), "{}", stderr(&written));
    let (code, report) = import(&up, &template, &[]);
    assert_eq!((code, counts(&report)), (0, [0; 5]));
    let no_list = file(&up, "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    let refused = imported(&up, &no_list, &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains(".xlsx"), "{}", stderr(&refused));
}
