//! Lists as people send them: a form with a file, and workbooks.

use rust_xlsxwriter::Workbook;
use tallybook_tests::client::Request;
use tallybook_tests::{Answer, Client};

pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const BOUNDARY: &str = "a-list";

/// A form with these parts.
fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, content) in parts {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"list\"\r\n\r\n"
        );
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    form
}

pub(crate) fn send(client: &Client, path: &str, parts: &[(&str, &[u8])]) -> Request {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    client.request(reqwest::Method::POST, path).raw(&content_type, form(parts))
}

pub(crate) async fn import(client: &Client, path: &str, list: &[u8]) -> Answer {
    send(client, path, &[("file", list)]).await
}

/// A sheet of these rows.
pub(crate) fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}
