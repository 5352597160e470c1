use super::*;
use crate::list::{ListField, folded_name};
use crate::{Limits, SourceFile};

fn read(bytes: impl Into<Vec<u8>>, mapping: &UsageMapping) -> Result<UsageList, String> {
    UsageList::read(&SourceFile::read(bytes.into(), &Limits::SHORT).unwrap(), mapping)
}

fn list(text: &str) -> UsageList {
    read(text, &UsageMapping::default()).unwrap()
}

const HEADER: &str = "客户,计量项,日期,用量,流水号,更正\n";

/// The row with this date and quantity, read.
fn row(date: &str, quantity: &str) -> Result<UsageRow, String> {
    let read = list(&format!("{HEADER}C00001,sms,{date},{quantity},r-1,\n")).rows.remove(0).read;
    read.map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

/// Row and what is wrong with it.
fn wrong(list: &UsageList) -> Vec<(usize, String)> {
    let bad = list.rows.iter().filter_map(|row| Some((row.number, row.read.as_ref().err()?)));
    bad.map(|(number, errors)| {
        (number, errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })
    .collect()
}

#[test]
fn no_name_of_a_column_means_two_fields() {
    for field in Field::ALL {
        let names = [field.as_str(), field.chinese(), field.english()];
        for name in names.iter().chain(field.others()) {
            let others = Field::ALL.iter().filter(|other| other.is_called(&folded_name(name)));
            assert_eq!(others.collect::<Vec<_>>(), [field], "{name}");
        }
        assert_eq!(field.as_str().parse(), Ok(*field));
        assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
    }
}

#[test]
fn columns_are_found_in_chinese_and_english_wherever_the_header_is() {
    for (text, header) in [
        ("客户编号,计量项,日期,用量,流水号\nC00001,sms,2026-10-05,3,r-1\n", 1),
        ("Customer,METER,date,Quantity,reference\nC00001,sms,2026-10-05,3,r-1\n", 1),
        ("十月用量\n\n*客户（必填）,计费项,使用日期,数量,记录号\nC00001,sms,2026-10-05,3,r-1\n", 3),
    ] {
        let list = list(text);
        assert_eq!(list.columns.header, header, "{text}");
        let record = list.rows[0].read.as_ref().unwrap().record().unwrap();
        assert_eq!((record.meter.as_str(), record.quantity.to_string().as_str()), ("sms", "3"), "{text}");
    }
}

#[test]
fn a_list_without_a_needed_column_is_refused_until_something_else_says_it() {
    let text = "客户,日期,用量\nC00001,2026-10-05,3\n";
    let refused = read(text, &UsageMapping::default()).unwrap_err();
    assert!(refused.contains("计量项 (meter), 流水号 (reference)"), "{refused}");
    let mapping = UsageMapping::parse("meter = \"sms\"\nreference = \"daily\"\n").unwrap();
    assert_eq!(UsageMapping::parse(&mapping.to_toml().unwrap()).unwrap(), mapping);
    let list = read(text, &mapping).unwrap();
    let record = list.rows[0].read.as_ref().unwrap().record().unwrap();
    assert_eq!((record.meter.as_str(), record.reference.as_str()), ("sms", "daily"));
    assert!(UsageMapping::parse("meters = \"sms\"\n").is_err(), "what is unknown is refused");
    let chosen = UsageMapping::parse("meter = \"mms\"\n").unwrap();
    let both = mapping.overridden_by(chosen).given;
    assert_eq!((both.meter.unwrap().as_str(), both.reference.unwrap().as_str()), ("mms", "daily"));
}

#[test]
fn quantities_are_the_digits_that_stand_there() {
    for (written, meant) in [
        ("123456789012345.123456789012", "123456789012345.123456789012"),
        ("0.000000000001", "0.000000000001"),
        ("\"1,234,567.50\"", "1234567.5"),
        ("１２．５", "12.5"),
        (".5", "0.5"),
        ("0", "0"),
    ] {
        assert_eq!(
            row("2026-10-05", written).unwrap().record().unwrap().quantity.to_string(),
            meant,
            "{written}"
        );
    }
    for (bad, why) in [
        ("-3", "lie between 0"),
        ("1.1234567890123", "at most 12 decimals"),
        ("1e3", "written like"),
        ("\"12,34\"", "thousands separators"),
        ("1.5E+10", "rounded"),
        ("3 GB", "written like"),
        ("", "must not be empty"),
    ] {
        let read = row("2026-10-05", bad);
        let refused = read.and_then(|row| row.record().map_err(|why| format!("用量: {why}"))).unwrap_err();
        assert!(refused.starts_with("用量: ") && refused.contains(why), "{bad}: {refused}");
    }
}

#[test]
fn dates_are_days_of_the_book() {
    let day = "2026-10-05".parse().unwrap();
    for written in ["2026-10-05", "2026/10/5", "20261005", "2026年10月5日", "2026-10-05 23:59:59"] {
        assert_eq!(row(written, "1").unwrap().date, day, "{written}");
    }
    for (bad, why) in [
        ("46300", "is no date"),
        ("05/10/2026", "is no date"),
        ("2026-10-05T20:00:00Z", "time zone"),
        ("2026-10-05T20:00:00+08:00", "time zone"),
        ("", "must not be empty"),
    ] {
        let refused = row(bad, "1").unwrap_err();
        assert!(refused.starts_with("日期: ") && refused.contains(why), "{bad}: {refused}");
    }
}

/// Days as spreadsheets keep them, and numbers that are no exact decimals there.
#[test]
fn cells_of_a_sheet_are_read_as_exactly_as_it_has_them() {
    let mut written = rust_xlsxwriter::Workbook::new();
    let sheet = written.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
    let money = rust_xlsxwriter::Format::new().set_num_format("0.00");
    for (column, name) in (0_u16..).zip(["客户", "计量项", "日期", "用量", "流水号"]) {
        sheet.write_string(0, column, name).unwrap();
    }
    let quantities = [0.300_000_000_000_000_04, 1_234.567_891, 1e-7, 999_999_999_999_999.0];
    for (row, quantity) in (1_u32..).zip(quantities) {
        sheet.write_string(row, 0, "C00001").unwrap();
        sheet.write_string(row, 1, "sms").unwrap();
        let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 10, 5).unwrap();
        sheet.write_datetime_with_format(row, 2, date, &day).unwrap();
        sheet.write_number_with_format(row, 3, quantity, &money).unwrap();
        sheet.write_number(row, 4, 42.0).unwrap();
    }
    sheet.write_number(5, 3, 6_222_021_234_567_890_123.0).unwrap();
    let list = read(written.save_to_buffer().unwrap(), &UsageMapping::default()).unwrap();
    let records: Vec<_> = list
        .rows
        .iter()
        .filter_map(|row| row.read.as_ref().ok())
        .filter_map(|row| row.record().ok())
        .collect();
    let said: Vec<String> = records.iter().map(|record| record.quantity.to_string()).collect();
    assert_eq!(said, ["0.3", "1234.567891", "0.0000001", "999999999999999"]);
    assert_eq!(records[0].date.to_string(), "2026-10-05");
    assert_eq!(records[0].reference.as_str(), "42");
    assert!(wrong(&list)[0].1.contains("rounded"), "{:?}", wrong(&list));
}

#[test]
fn everything_that_is_wrong_with_a_row_is_told_at_once() {
    let list = list(&format!("{HEADER},a b,x,-1,,perhaps\nC00001,sms,2026-10-05,1,r-1,是\n"));
    assert_eq!(list.rows[1].read.as_ref().map(|row| row.correction), Ok(true));
    let wrong = wrong(&list);
    let [(2, told)] = &wrong[..] else { panic!("{wrong:?}") };
    for column in ["客户: ", "计量项: ", "日期: ", "用量: ", "流水号: must not be empty", "更正: "]
    {
        assert!(told.contains(column), "{column} is not in {told}");
    }
    assert_eq!(told.matches("must not be empty").count(), 2, "{told}");
}

#[test]
fn a_customer_may_be_called_by_its_id_code_or_name() {
    for header in ["客户", "客户编码", "客户全称"] {
        let list = list(&format!(
            "{header},计量项,日期,用量,流水号\n青松,sms,2026-10-05,1,r-1\n,sms,2026-10-05,1,r-2\n"
        ));
        assert!(list.rows[0].read.is_ok(), "{header}");
        assert_eq!(wrong(&list), [(3, format!("{header}: must not be empty"))]);
    }
}

#[test]
fn words_are_kept_as_the_mapping_says() {
    let mapping = UsageMapping::parse("[words.meter]\n\"短信\" = \"sms\"\n").unwrap();
    let list =
        read("客户,计量项,日期,用量,流水号\nA,短信,2026-10-05,1,r-1\nA,彩信,2026-10-05,1,r-2\n", &mapping)
            .unwrap();
    assert_eq!(list.rows[0].read.as_ref().unwrap().meter.as_str(), "sms");
    assert!(wrong(&list)[0].1.contains("彩信"), "{:?}", wrong(&list));
}

#[test]
fn the_template_is_a_list_without_rows() {
    let list = read(template().unwrap(), &UsageMapping::default()).unwrap();
    assert_eq!((list.rows.len(), list.columns.ignored), (0, vec![]));
    assert_eq!(list.columns.places.len(), Field::ALL.len() - 2, "all but code and name");
}
