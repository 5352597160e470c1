use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook as Written};

use super::*;
use crate::errors_file::COLUMN;
use crate::source::{Oddity, SourceFile};

const LIMITS: Limits = Limits { bytes: 1 << 20, rows: 100, columns: 20, unpacked_bytes: 1 << 20 };

fn texts(row: &SourceRow) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.text.as_str()).collect()
}

fn read(written: &mut Written) -> Result<SourceFile, Unreadable> {
    SourceFile::read(written.save_to_buffer().unwrap(), &LIMITS)
}

#[test]
fn cells_are_texts_as_people_see_them() {
    let mut written = Written::new();
    let sheet = written.add_worksheet();
    let zeros = CellFormat::new().set_num_format("000000");
    let day = CellFormat::new().set_num_format("yyyy-mm-dd");
    sheet.write_string(2, 0, " 青松 ").unwrap();
    sheet.write_number(2, 1, 13_800_138_000.0).unwrap();
    sheet.write_number_with_format(2, 2, 42.0, &zeros).unwrap();
    sheet.write_number(2, 3, 0.1).unwrap();
    sheet.write_number(2, 4, 6_222_021_234_567_890_123.0).unwrap();
    sheet.write_datetime_with_format(2, 5, ExcelDateTime::from_ymd(2026, 3, 1).unwrap(), &day).unwrap();
    sheet.write_boolean(2, 6, true).unwrap();
    sheet.write_formula(2, 7, rust_xlsxwriter::Formula::new("=1+1").set_result("2")).unwrap();
    let file = read(&mut written).unwrap();
    let [row] = &file.rows[..] else { panic!("{:?}", file.rows) };
    assert_eq!(row.number, 3, "as the sheet counts");
    assert_eq!(texts(row)[..4], ["青松", "13800138000", "000042", "0.1"]);
    assert_eq!(texts(row)[6..], ["TRUE", "2"]);
    let oddities: Vec<Option<Oddity>> = row.cells.iter().map(|cell| cell.oddity).collect();
    assert_eq!(oddities[..4], [None; 4]);
    assert_eq!((oddities[4], oddities[5]), (Some(Oddity::Rounded), Some(Oddity::Date)));
}

#[test]
fn cells_under_a_merged_one_say_so() {
    let mut written = Written::new();
    let sheet = written.add_worksheet();
    sheet.write_string(0, 0, "name").unwrap();
    sheet.write_string(1, 0, "A").unwrap();
    sheet.write_string(2, 0, "B").unwrap();
    sheet.merge_range(1, 1, 2, 1, "IT", &CellFormat::new()).unwrap();
    let file = read(&mut written).unwrap();
    assert_eq!(file.rows[1].cells[1].oddity, None);
    assert_eq!(file.rows[2].cells[1].oddity, Some(Oddity::Merged));
}

#[test]
fn a_marked_workbook_is_the_workbook_with_one_column_more_however_often() {
    let mut written = Written::new();
    let list = written.add_worksheet().set_name("客户").unwrap();
    let zeros = CellFormat::new().set_num_format("00000");
    list.write_string(0, 0, "title").unwrap();
    list.write_string(1, 0, "name").unwrap();
    list.write_string(1, 1, "code").unwrap();
    list.write_string(2, 0, "=cmd|' /C calc'!A0").unwrap();
    list.write_number_with_format(2, 1, 7.0, &zeros).unwrap();
    list.write_string(3, 0, "B").unwrap();
    written.add_worksheet().set_name("notes").unwrap().write_string(0, 0, "kept").unwrap();
    let file = read(&mut written).unwrap();
    let first = file.marked(2, &BTreeMap::from([(3, "=1+1 is no code".to_owned())])).unwrap();
    let again = SourceFile::read(first.clone(), &LIMITS).unwrap();
    assert_eq!(texts(&again.rows[1]), ["name", "code", COLUMN]);
    assert_eq!(texts(&again.rows[2]), ["=cmd|' /C calc'!A0", "00007", "=1+1 is no code"]);
    assert_eq!(texts(&again.rows[3]), ["B"]);
    let second = again.marked(2, &BTreeMap::from([(4, "bad".to_owned())])).unwrap();
    let third = SourceFile::read(second, &LIMITS).unwrap();
    assert_eq!(texts(&third.rows[1]), ["name", "code", COLUMN]);
    assert_eq!(texts(&third.rows[2]), ["=cmd|' /C calc'!A0", "00007"]);
    assert_eq!(texts(&third.rows[3]), ["B", "", "bad"]);
    let mut archive = open(&first, &LIMITS).unwrap();
    assert_eq!(sheets(&archive), ["客户", "notes"]);
    let formulas = archive.worksheet_formula("客户").unwrap();
    assert!(formulas.is_empty(), "a text stays a text: {formulas:?}");
}

#[test]
fn what_is_too_much_is_refused() {
    let mut tall = Written::new();
    let sheet = tall.add_worksheet();
    for row in 0..101 {
        sheet.write_string(row, 0, "x").unwrap();
    }
    assert!(matches!(read(&mut tall), Err(Unreadable::TooManyRows(100))));
    let mut wide = Written::new();
    wide.add_worksheet().write_string(0, 20, "x").unwrap();
    assert!(matches!(read(&mut wide), Err(Unreadable::TooManyColumns { row: 1, columns: 21, limit: 20 })));
    let mut far = Written::new();
    let sheet = far.add_worksheet();
    sheet.write_string(0, 0, "name").unwrap();
    sheet.write_string(1_048_575, 0, "x").unwrap();
    assert_eq!(read(&mut far).unwrap().rows.len(), 2, "what is not there takes no memory");
}

#[test]
fn an_archive_that_unpacks_to_more_is_refused_before_it_is_read() {
    let mut written = Written::new();
    let sheet = written.add_worksheet();
    for row in 0..90 {
        sheet.write_string(row, 0, format!("{row}{}", "a".repeat(30_000))).unwrap();
    }
    let bytes = written.save_to_buffer().unwrap();
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    assert!(matches!(SourceFile::read(bytes, &LIMITS), Err(Unreadable::UnpacksTooLarge(_))));
}

#[test]
fn a_text_that_many_cells_share_counts_in_each() {
    let (mut written, text) = (Written::new(), "a".repeat(30_000));
    let sheet = written.add_worksheet();
    for row in 0..90 {
        sheet.write_string(row, 0, &text).unwrap();
    }
    assert!(matches!(read(&mut written), Err(Unreadable::UnpacksTooLarge(_))));
    let (mut few, format) = (Written::new(), CellFormat::new().set_num_format("0".repeat(200)));
    few.add_worksheet().write_number_with_format(0, 0, 7, &format).unwrap();
    assert_eq!(texts(&read(&mut few).unwrap().rows[0]), [format!("{:0>64}", 7)]);
}

/// A workbook of which some parts were changed at random, the same on each run.
fn damaged(original: &[u8], seed: u32) -> Vec<u8> {
    const ODD: [&str; 8] = ["99999999999", "ZZZZZZZ1", "A4294967296", "", "<", "-1", "1e999", "s"];
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(original)).unwrap();
    let mut copy = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (mut text, name) = (String::new(), part.name().unwrap().into_owned());
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        let places: Vec<usize> = text.match_indices('"').map(|(place, _)| place).collect();
        if name.contains("sheet") && places.len() > 3 {
            let from = next(places.len() - 1);
            text.replace_range(places[from] + 1..places[from + 1], ODD[next(ODD.len())]);
        }
        copy.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut copy, text.as_bytes()).unwrap();
    }
    copy.finish().unwrap().into_inner()
}

#[test]
fn a_damaged_workbook_is_read_or_refused_and_nothing_else() {
    let mut written = Written::new();
    let sheet = written.add_worksheet().set_name("list").unwrap();
    for row in 0..4 {
        sheet.write_string(row, 0, "name").unwrap();
        sheet.write_number(row, 1, 46_000.0).unwrap();
    }
    sheet.merge_range(1, 2, 2, 2, "IT", &CellFormat::new()).unwrap();
    let original = written.save_to_buffer().unwrap();
    let (mut whole, mut refused) = (0, 0);
    for seed in 0..400 {
        match SourceFile::read(damaged(&original, seed), &LIMITS) {
            Ok(file) => {
                whole += 1;
                file.marked(1, &BTreeMap::from([(2, "bad".to_owned())])).unwrap();
            }
            Err(_) => refused += 1,
        }
    }
    assert!(whole > 20 && refused > 20, "{whole} were read, {refused} refused");
}

#[test]
fn what_is_no_workbook_is_said() {
    let refused = |bytes: &[u8]| SourceFile::read(bytes.to_vec(), &LIMITS).unwrap_err();
    assert!(matches!(refused(b"PK\x03\x04 and nothing more"), Unreadable::Excel(_)));
    assert!(matches!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Unreadable::OldExcel));
    assert!(matches!(read(&mut Written::new()), Err(Unreadable::Excel(_))));
}
