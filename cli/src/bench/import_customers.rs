//! `bench import-customers`: a workbook of customers with whole files, imported into a new book and then once more.

use std::ffi::OsStr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use rust_xlsxwriter::Workbook;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_commands::customers::personal::{MasterKey, PersonalKeys};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};
use tallybook_import::customers::{CustomerList, CustomerMapping, ImportReport, Loader};
use tallybook_import::{Limits, SourceFile};
use tokio_util::sync::CancellationToken;

use super::deposits::context as asked;
use super::sizes::{Figures, Sizes};
use crate::environment;
use crate::output::note;

/// Rows per second of an import of customers
///
/// Writes an Excel workbook of customers with whole files, five personal fields each, and imports it into a book of its
/// own: first they are all registered, then nothing changes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench import-customers
  tallybook bench import-customers --rows 10000,100000 --json")]
pub struct BenchImportCustomers {
    /// Rows of the workbook; several sizes, separated by commas, are measured one after the other
    #[arg(long, value_delimiter = ',', default_value = "100000")]
    rows: Vec<u32>,
    /// Figures as one JSON array
    #[arg(long)]
    json: bool,
}

const SCHEMA: &str = "bench_import_customers";
const COLUMNS: [&str; 18] = [
    "客户编码",
    "客户全称",
    "客户简称",
    "行业",
    "客户等级",
    "客户经理",
    "联系人",
    "联系电话",
    "邮箱",
    "地址",
    "开户行",
    "银行账号",
    "结算方式",
    "计费周期",
    "账期(天)",
    "信用额度",
    "币种",
    "标签",
];

#[derive(Debug, Serialize)]
struct ImportMeasured {
    rows: usize,
    cores: usize,
    bytes: usize,
    /// The workbook to rows, each time.
    reading_seconds: f64,
    /// Reading and registering.
    first_seconds: f64,
    /// Reading, and seeing that nothing changes.
    again_seconds: f64,
    rows_per_second: f64,
}

impl Figures for ImportMeasured {
    fn heads() -> String {
        format!("{:>10} {:>9} {:>9} {:>9} {:>10}", "rows", "reading", "first", "again", "rows/s")
    }

    fn line(&self) -> String {
        let Self { rows, reading_seconds, first_seconds, again_seconds, rows_per_second, .. } = self;
        format!(
            "{rows:>10} {reading_seconds:>8.2}s {first_seconds:>8.2}s {again_seconds:>8.2}s {rows_per_second:>10.0}"
        )
    }
}

impl BenchImportCustomers {
    pub(super) async fn run(&self, database_url: Option<&str>, search_path: &OsStr) -> anyhow::Result<()> {
        let sizes = Sizes { option: "--rows", sizes: &self.rows, json: self.json };
        sizes.measure(database_url, search_path, measure).await
    }
}

async fn measure(connect: &PgConnectOptions, rows: u32) -> anyhow::Result<ImportMeasured> {
    let mut owner = PgConnection::connect_with(connect).await?;
    let drop_schema = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
    owner.execute(drop_schema.as_str()).await?;
    provision(connect, SCHEMA, &NewBook::default()).await?;
    note(format!("writing a workbook of {rows} customers"));
    let workbook = workbook(rows)?;
    let book = Book::open(connect, BookSettings::new(SCHEMA)).await?;
    let master = MasterKey::new(environment::fresh_seed());
    let keys = PersonalKeys::new(book.pool().clone(), Some(Arc::new(master)));
    let first = import(&book, &keys, &workbook).await;
    let again = import(&book, &keys, &workbook).await;
    book.shutdown().await;
    owner.execute(drop_schema.as_str()).await?;
    let ((reading, first_seconds, first), (_, again_seconds, again)) = (first?, again?);
    let rows = first.rows;
    anyhow::ensure!(first.registered == rows, "{} of {rows} customers were registered", first.registered);
    anyhow::ensure!(again.unchanged == rows, "{} of {rows} customers were unchanged", again.unchanged);
    Ok(ImportMeasured {
        rows,
        cores: available_parallelism()?.get(),
        bytes: workbook.len(),
        reading_seconds: reading,
        first_seconds,
        again_seconds,
        rows_per_second: rows as f64 / first_seconds,
    })
}

/// Seconds to read, seconds in all, and what became of the rows.
async fn import(
    book: &Book,
    keys: &PersonalKeys,
    workbook: &[u8],
) -> anyhow::Result<(f64, f64, ImportReport)> {
    let begun = Instant::now();
    let file = SourceFile::read(workbook.to_vec(), &Limits::LONG)?;
    let list = CustomerList::read(&file, &CustomerMapping::default()).map_err(anyhow::Error::msg)?;
    let reading = begun.elapsed().as_secs_f64();
    let loader = Loader { book, keys, context: asked(None)?, patience: Duration::from_secs(60) };
    let loaded = loader.load(&list, &CancellationToken::new(), |_| {}).await;
    let report = ImportReport::of(&file, &list, &loaded, false);
    if let Some(failure) = loaded.failure {
        return Err(failure.into());
    }
    Ok((reading, begun.elapsed().as_secs_f64(), report))
}

fn workbook(rows: u32) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (column, name) in (0_u16..).zip(COLUMNS) {
        sheet.write_string(0, column, name)?;
    }
    for row in 1..=rows {
        for (column, cell) in (0_u16..).zip(cells(row)) {
            sheet.write_string(row, column, cell)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn cells(number: u32) -> [String; 18] {
    let one_of = |words: [&str; 4]| words[number as usize % 4].to_owned();
    [
        format!("KH-{number:07}"),
        format!("测试客户{number}有限公司"),
        format!("客户{number}"),
        one_of(["零售", "物流", "教育", "信息技术"]),
        one_of(["A", "B", "C", "D"]),
        one_of(["李雷", "韩梅梅", "王芳", "张伟"]),
        one_of(["赵一", "钱二", "孙三", "周四"]),
        format!("138{number:08}"),
        format!("contact{number}@example.com"),
        format!("上海市闵行区示例路{number}号"),
        "示例银行上海分行".into(),
        format!("62220210{number:011}"),
        one_of(["预付", "后付", "套餐", "后付"]),
        "按月".into(),
        (number % 90).to_string(),
        format!("{}.00", number % 90_000),
        "人民币".into(),
        one_of(["vip", "北方", "南方;新", "老客户"]),
    ]
}
