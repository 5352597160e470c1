//! One row for each posting, as Parquet: typed columns, compressed, amounts as decimals.
//!
//! Written in groups of rows; a group is what memory holds at most.

use std::sync::Arc;

use anyhow::{Context, bail};
use chrono::{Datelike, NaiveDate};
use parquet::basic::Compression;
use parquet::data_type::{
    ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use rust_decimal::Decimal;

use super::balances::Balances;
use super::entry::Entry;
use super::format::{JournalFile, Sink, Title};
use super::row::{COLUMNS, Cell, Kind, rows};

const ROWS_IN_A_GROUP: usize = 32_768;

/// The most decimals a currency has.
pub(super) const SCALE: u32 = 4;

/// 10^15 with its decimals has 20 digits, which fill 67 bits.
const AMOUNT_BYTES: usize = 9;

pub(super) struct Parquet {
    writer: SerializedFileWriter<Sink>,
    columns: Vec<Column>,
    rows: usize,
}

/// The values of a column in this group.
enum Column {
    Days(Vec<i32>),
    Numbers(Vec<i64>),
    Texts(Vec<ByteArray>),
    /// The texts there are, and for each row whether there is one.
    OptionalTexts(Vec<ByteArray>, Vec<i16>),
    Amounts(Vec<FixedLenByteArray>),
}

impl Parquet {
    pub(super) fn begin(sink: Sink, title: &Title) -> anyhow::Result<Self> {
        let schema = parse_message_type(&schema()).context("the schema")?;
        let about = [
            ("tallybook.book", title.book.clone()),
            ("tallybook.position", title.position.to_string()),
            ("tallybook.root", title.root.clone()),
        ];
        let about = about.map(|(name, value)| KeyValue::new(name.to_owned(), value)).to_vec();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(about))
            .build();
        let writer = SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { writer, columns: columns(), rows: 0 })
    }

    fn write_group(&mut self) -> anyhow::Result<()> {
        let mut group = self.writer.next_row_group()?;
        for column in std::mem::replace(&mut self.columns, columns()) {
            let mut writer = group.next_column()?.context("a column more than the schema has")?;
            column.write(&mut writer)?;
            writer.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl JournalFile for Parquet {
    fn entry(&mut self, entry: &Entry) -> anyhow::Result<()> {
        for row in rows(entry) {
            for (column, cell) in self.columns.iter_mut().zip(row) {
                column.push(cell)?;
            }
            self.rows += 1;
        }
        if self.rows >= ROWS_IN_A_GROUP { self.write_group() } else { Ok(()) }
    }

    fn end(mut self: Box<Self>, _: &Balances) -> anyhow::Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.close()?;
        Ok(())
    }
}

impl Column {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Date => Self::Days(Vec::new()),
            Kind::Number | Kind::Moment => Self::Numbers(Vec::new()),
            Kind::Text => Self::Texts(Vec::new()),
            Kind::OptionalText => Self::OptionalTexts(Vec::new(), Vec::new()),
            Kind::Amount => Self::Amounts(Vec::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) -> anyhow::Result<()> {
        match (self, cell) {
            (Self::Days(days), Cell::Date(date)) => days.push(days_since_1970(date)),
            (Self::Numbers(numbers), Cell::Number(number)) => numbers.push(i64::try_from(number)?),
            (Self::Numbers(numbers), Cell::Moment(at)) => numbers.push(at.timestamp_micros()),
            (Self::Texts(texts), Cell::Text(text)) => texts.push(text.into()),
            (Self::OptionalTexts(texts, there), Cell::OptionalText(text)) => {
                there.push(i16::from(text.is_some()));
                texts.extend(text.map(ByteArray::from));
            }
            (Self::Amounts(amounts), Cell::Amount(amount)) => amounts.push(decimal(amount)?),
            (
                Self::Days(_)
                | Self::Numbers(_)
                | Self::Texts(_)
                | Self::OptionalTexts(..)
                | Self::Amounts(_),
                cell,
            ) => bail!("{cell:?} is not what its column holds"),
        }
        Ok(())
    }

    fn write(self, writer: &mut SerializedColumnWriter<'_>) -> anyhow::Result<()> {
        match self {
            Self::Days(days) => writer.typed::<Int32Type>().write_batch(&days, None, None)?,
            Self::Numbers(numbers) => writer.typed::<Int64Type>().write_batch(&numbers, None, None)?,
            Self::Texts(texts) => writer.typed::<ByteArrayType>().write_batch(&texts, None, None)?,
            Self::OptionalTexts(texts, there) => {
                writer.typed::<ByteArrayType>().write_batch(&texts, Some(&there), None)?
            }
            Self::Amounts(amounts) => {
                writer.typed::<FixedLenByteArrayType>().write_batch(&amounts, None, None)?
            }
        };
        Ok(())
    }
}

fn columns() -> Vec<Column> {
    COLUMNS.iter().map(|(_, kind)| Column::of(*kind)).collect()
}

fn schema() -> String {
    let fields = COLUMNS.map(|(name, kind)| match kind {
        Kind::Number => format!("REQUIRED INT64 {name};"),
        Kind::Date => format!("REQUIRED INT32 {name} (DATE);"),
        Kind::Moment => format!("REQUIRED INT64 {name} (TIMESTAMP(MICROS,true));"),
        Kind::Text => format!("REQUIRED BYTE_ARRAY {name} (STRING);"),
        Kind::OptionalText => format!("OPTIONAL BYTE_ARRAY {name} (STRING);"),
        Kind::Amount => {
            format!("REQUIRED FIXED_LEN_BYTE_ARRAY({AMOUNT_BYTES}) {name} (DECIMAL(20,{SCALE}));")
        }
    });
    format!("message postings {{ {} }}", fields.join(" "))
}

fn days_since_1970(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - NaiveDate::default().num_days_from_ce()
}

/// Big-endian two's complement of the amount in ten-thousandths.
fn decimal(mut amount: Decimal) -> anyhow::Result<FixedLenByteArray> {
    let exact = amount;
    amount.rescale(SCALE);
    let bytes = amount.mantissa().to_be_bytes();
    let (above, kept) = bytes.split_at(bytes.len() - AMOUNT_BYTES);
    if amount != exact || above.iter().any(|byte| *byte != 0) {
        bail!("{exact} does not fit into a column of amounts");
    }
    Ok(ByteArray::from(kept.to_vec()).into())
}
