//! One row for each posting, as comma-separated values (RFC 4180, UTF-8).

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};
use tallybook_api::formula_safe;

use super::balances::Balances;
use super::entry::{Entry, moment};
use super::format::{JournalFile, Sink};
use super::row::{COLUMNS, Cell, rows};

pub(super) struct Csv {
    writer: Writer<Sink>,
}

impl Csv {
    pub(super) fn begin(sink: Sink) -> anyhow::Result<Self> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(sink);
        writer.write_record(COLUMNS.map(|(name, _)| name))?;
        Ok(Self { writer })
    }
}

impl JournalFile for Csv {
    fn entry(&mut self, entry: &Entry) -> anyhow::Result<()> {
        for row in rows(entry) {
            for cell in row {
                self.writer.write_field(field(cell).as_bytes())?;
            }
            self.writer.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>, _: &Balances) -> anyhow::Result<()> {
        Ok(self.writer.flush()?)
    }
}

fn field(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Number(number) => number.to_string().into(),
        Cell::Date(date) => date.to_string().into(),
        Cell::Moment(at) => moment(at).into(),
        Cell::Text(text) => formula_safe(text),
        Cell::OptionalText(text) => text.map_or(Cow::Borrowed(""), formula_safe),
        Cell::Amount(amount) => amount.to_string().into(),
    }
}
