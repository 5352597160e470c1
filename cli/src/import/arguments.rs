//! The command lines of `tallybook import deposits` and `tallybook import receipts`.

use std::path::PathBuf;

use clap::Args;
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::receipt::OwnAccount;
use tallybook_domain::{Currency, CustomerId};

use super::mapping::{ColumnChoice, Mapping, NegativeOut};

/// Record the money that came in, from a bank's CSV statement
///
/// Finds the header row wherever it stands, by the names of the mapped columns. Rows of money out are counted and
/// left. A row that cannot be read or is refused is reported with its line and reason, and in a copy of the file
/// with one column more (FILE.errors.csv, or what --errors names); the other rows are recorded. Importing a file
/// again, or a corrected copy of it, records nothing twice.
///
/// Fields for --column: date, time, amount (signed, or with flag), amount_in, amount_out, flag, currency, balance,
/// reference, remark, customer. Several columns joined with + make one reference or remark.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook import deposits statement.csv --mapping ccb --customer C00001
  tallybook import deposits statement.csv --column date=交易日期 --column amount=收入 \\
      --column reference=流水号 --customer C00001 --save-mapping mybank
  tallybook import deposits many.csv --mapping mybank --column customer=客户号 --dry-run
  tallybook import deposits /mnt/bank/march.csv --mapping mybank --errors march-errors.csv

A file without a column that is unique needs several that are, together:
  --column reference=交易日期+交易时间+余额 --reference-prefix ICBC-0042")]
pub(super) struct ImportDeposits {
    #[command(flatten)]
    pub(super) statement: StatementArguments,
}

/// Record the money that came in as receipts, which pay bills, from a bank's CSV statement
///
/// Reads a statement as `import deposits` does. A receipt is known by the account it came into and its reference, so
/// importing a file again, or a corrected copy of it, records nothing twice. Without a customer it waits until somebody
/// says whose it is.
///
/// Fields for --column: date, time, amount (signed, or with flag), amount_in, amount_out, flag, currency, balance,
/// reference, remark (what the payer wrote), customer, payer_name, payer_account. Several columns joined with + make
/// one reference or remark.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook import receipts statement.csv --mapping ccb --account CCB-0042
  tallybook import receipts march.csv --account ICBC-0007 --column date=交易日期 --column amount=收入 \\
      --column reference=流水号 --column payer_name=对方户名 --column remark=附言 --save-mapping mybank
  tallybook import receipts april.csv --mapping mybank --dry-run")]
pub(super) struct ImportReceipts {
    #[command(flatten)]
    pub(super) statement: StatementArguments,
    /// Which of your own accounts the money came into, as receipts name it
    #[arg(long, value_name = "ICBC-0123")]
    pub(super) account: Option<OwnAccount>,
}

/// A statement, and how to read it.
#[derive(Debug, Args)]
pub(super) struct StatementArguments {
    /// The statement: CSV in UTF-8 (with or without BOM) or GB18030 (GBK)
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// What a column means; may be given many times
    #[arg(long = "column", value_name = "FIELD=NAME")]
    pub(super) columns: Vec<ColumnChoice>,
    /// A mapping to begin with: boc, bocom, ccb, icbc, one that was saved, or a file
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) mapping: Option<String>,
    /// Saves the mapping under a name, or as a file when it ends in .toml or contains a slash
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) save_mapping: Option<String>,
    /// Whose money it is, where the whole file is one customer's
    #[arg(long, value_name = "C00042")]
    pub(super) customer: Option<CustomerId>,
    /// Currency of every row, where no column says it [default: CNY]
    #[arg(long, value_name = "CNY")]
    pub(super) currency: Option<Currency>,
    /// How the money came in: bank_transfer, wechat_pay, alipay or cash [default: bank_transfer]
    #[arg(long, value_name = "METHOD")]
    pub(super) method: Option<DepositMethod>,
    /// A word of the flag column that means money in (贷, Cr, 收入 … are known); may be given many times
    #[arg(long, value_name = "WORD")]
    pub(super) flag_in: Vec<String>,
    /// A word of the flag column that means money out
    #[arg(long, value_name = "WORD")]
    pub(super) flag_out: Vec<String>,
    /// What a negative amount of money out means, where the balances do not tell: money out, or a reversal (冲正),
    /// which is money in
    #[arg(long, value_name = "money-out|reversal")]
    pub(super) negative_out: Option<NegativeOut>,
    /// Stands before every reference: the account, where references are only unique within one
    #[arg(long, value_name = "TEXT")]
    pub(super) reference_prefix: Option<String>,
    /// Where the copy with the bad rows marked goes [default: FILE.errors.csv]
    #[arg(long, value_name = "FILE")]
    pub(super) errors: Option<PathBuf>,
    /// Check everything, record and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The summary as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

impl StatementArguments {
    /// What the command line itself says, without the mapping it begins with.
    pub(super) fn chosen(&self) -> Result<Mapping, String> {
        let mut columns = std::collections::BTreeMap::new();
        for choice in &self.columns {
            if columns.insert(choice.field, choice.name.clone()).is_some() {
                return Err(format!(
                    "--column {} is given twice; to join columns write {}=A+B",
                    choice.field, choice.field
                ));
            }
        }
        Ok(Mapping {
            flag_in: self.flag_in.clone(),
            flag_out: self.flag_out.clone(),
            customer: self.customer.clone(),
            currency: self.currency,
            method: self.method,
            negative_out: self.negative_out,
            reference_prefix: self.reference_prefix.clone(),
            account: None,
            columns,
        })
    }
}
