//! `bench match`: receipts matched with open bills, in memory, as the automatic write-off does it.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::Context;
use chrono::{Days, NaiveDate};
use serde::Serialize;
use tallybook_domain::billing::{BillId, BillNumber};
use tallybook_domain::deposits::BankReference;
use tallybook_domain::settlement::ReceiptId;
use tallybook_domain::settlement::matching::{
    FreeReceipt, KnownPayer, KnownPayers, Matcher, MatchingRule, OpenBill, OpenBills, RuleSet, TakenByRules,
};
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::settlement::write_off::DifferenceReason;
use tallybook_domain::{Currency, CustomerId, Money, Month};

use super::sizes::Figures;
use crate::failure::Failure;
use crate::output::{say, say_json};

/// Receipts per second that are matched with open bills
///
/// Makes customers with twenty open bills each, and for every hundred bills twenty receipts of every kind: that name
/// their bill, are equal to one bill or to several, nearly equal, without a customer and with a name that is written
/// otherwise, and such that nothing fits. Then builds the index and asks every rule for every receipt.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench match
  tallybook bench match --bills 10000,100000,1000000 --json")]
pub struct BenchMatch {
    /// Open bills; several sizes, separated by commas, are measured one after the other
    #[arg(long, value_delimiter = ',', default_value = "25000,50000,100000,200000")]
    bills: Vec<usize>,
    /// Figures as one JSON array
    #[arg(long)]
    json: bool,
}

const BILLS_EACH: usize = 20;

#[derive(Debug, Serialize)]
struct MatchingMeasured {
    bills: usize,
    receipts: usize,
    proposals: usize,
    given_up: usize,
    index_seconds: f64,
    /// Every rule for every receipt, as a person is shown it.
    proposals_seconds: f64,
    /// Rule by rule over all receipts, as the automatic write-off does it.
    run_seconds: f64,
}

impl Figures for MatchingMeasured {
    fn heads() -> String {
        let heads = ["bills", "receipts", "proposals", "given up", "index s", "proposals s", "run s"];
        heads.map(|head| format!("{head:>11}")).join(" ")
    }

    fn line(&self) -> String {
        let Self { bills, receipts, proposals, given_up, index_seconds, proposals_seconds, run_seconds } =
            self;
        format!(
            "{bills:>11} {receipts:>11} {proposals:>11} {given_up:>11} {index_seconds:>11.2} {proposals_seconds:>11.2} \
             {run_seconds:>11.2}"
        )
    }
}

impl BenchMatch {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let measured: Vec<MatchingMeasured> =
            self.bills.iter().map(|bills| measure(*bills)).collect::<anyhow::Result<_>>()?;
        if self.json {
            return Ok(say_json(&measured).context("the figures")?);
        }
        say(MatchingMeasured::heads());
        measured.iter().for_each(|figures| say(figures.line()));
        Ok(())
    }
}

fn measure(bills: usize) -> anyhow::Result<MatchingMeasured> {
    let customers = bills.div_ceil(BILLS_EACH);
    let all: Vec<OpenBill> = (0..bills).map(|at| bill(at, customers)).collect::<anyhow::Result<_>>()?;
    let payers: Vec<KnownPayer> = (0..customers).map(payer).collect();
    let receipts: Vec<FreeReceipt> =
        (0..bills / 5).map(|at| receipt(at, &all, customers)).collect::<anyhow::Result<_>>()?;
    let begun = Instant::now();
    let (bills_index, payers): (OpenBills, KnownPayers) =
        (all.into_iter().collect(), payers.into_iter().collect());
    let index_seconds = begun.elapsed().as_secs_f64();
    let matcher = Matcher {
        rules: rules()?,
        rules_version: 1,
        bills: bills_index,
        payers,
        oldest_first: BTreeSet::new(),
        taken: TakenByRules::default(),
    };

    let begun = Instant::now();
    let mut given_up = 0;
    for receipt in &receipts {
        given_up += matcher.proposals(receipt)?.given_up.len();
    }
    let proposals_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let proposals = matcher.run(&receipts)?.proposals.len();
    let run_seconds = begun.elapsed().as_secs_f64();
    let receipts = receipts.len();
    Ok(MatchingMeasured {
        bills,
        receipts,
        proposals,
        given_up,
        index_seconds,
        proposals_seconds,
        run_seconds,
    })
}

fn rules() -> anyhow::Result<RuleSet> {
    let mut rules = RuleSet::beginning();
    rules.automatic_from = Some("0.80".parse()?);
    rules.rules.pop();
    rules.rules.push(MatchingRule::WithinTolerance {
        on: true,
        absolute: vec![yuan(2_500)?],
        rate: Some("0.01".parse()?),
        reason: DifferenceReason::BankFee,
    });
    rules.rules.push(MatchingRule::OldestFirst { on: true, customers: None });
    Ok(rules)
}

fn yuan(cents: u64) -> anyhow::Result<Money> {
    Ok(Money::parse(&format!("{}.{:02}", cents / 100, cents % 100), Currency::CNY)?)
}

/// Scattered, and the same every time.
fn scattered(number: usize, below: u64) -> u64 {
    let mixed = (number as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) % below
}

fn customer_of(at: usize, customers: usize) -> anyhow::Result<CustomerId> {
    Ok(CustomerId::from_number(u64::try_from(at % customers + 1)?))
}

/// From 10 to 5,000 yuan; the month says which of the customer's bills it is.
fn bill(at: usize, customers: usize) -> anyhow::Result<OpenBill> {
    let months = i32::try_from(at / customers)?;
    let month = Month::new(2024 + months / 12, u32::try_from(months % 12 + 1)?).context("a month")?;
    let due = NaiveDate::from_ymd_opt(2024, 1, 31)
        .and_then(|day| day.checked_add_days(Days::new(30 * months as u64)));
    Ok(OpenBill {
        bill: BillId::new(&customer_of(at, customers)?, month),
        number: Some(BillNumber::new(2024, u64::try_from(at)? + 1)),
        due_date: due.context("a date")?,
        open: yuan(1_000 + scattered(at, 499_000))?,
    })
}

const PLACES: [&str; 8] = ["上海", "北京", "深圳市", "广州", "杭州", "成都", "苏州", "南京"];
const WORDS: [&str; 16] = [
    "青松", "白云", "红星", "金桥", "银河", "东方", "远航", "宏图", "华美", "天成", "瑞祥", "恒通", "嘉禾",
    "明德", "永安", "新元",
];
const TRADES: [&str; 5] = ["贸易", "科技", "信息技术", "电子商务", "供应链管理"];

fn name(customer: usize) -> String {
    let of =
        |words: &[&'static str], salt| words[scattered(customer * 7 + salt, words.len() as u64) as usize];
    let (first, second) = (of(&WORDS, 1), of(&WORDS, 2));
    format!("{}{first}{second}{}{}有限公司", of(&PLACES, 0), customer % 97, of(&TRADES, 3))
}

fn payer(customer: usize) -> KnownPayer {
    KnownPayer {
        customer: CustomerId::from_number(customer as u64 + 1),
        names: vec![name(customer)],
        accounts: Vec::new(),
    }
}

/// One of ten kinds, in turn.
fn receipt(at: usize, bills: &[OpenBill], customers: usize) -> anyhow::Result<FreeReceipt> {
    let pays = usize::try_from(scattered(at * 3 + 1, bills.len() as u64))?;
    let of = pays % customers;
    let known = Some(customer_of(pays, customers)?);
    let cents = |amount: Money| u64::try_from(amount.amount().mantissa()).unwrap_or(0);
    let open = cents(bills[pays].open);
    let three: u64 =
        (0..3).filter_map(|more| bills.get(of + more * 2 * customers)).map(|bill| cents(bill.open)).sum();
    let written = name(of).replace("有限公司", "公司");
    let (customer, amount, text, payer) = match at % 10 {
        0 | 1 => (known, open, Some(format!("付{}账单款", bills[pays].bill)), None),
        2 => (None, open, bills[pays].number.as_ref().map(|number| format!("NO.{number}")), Some(written)),
        3 | 4 => (known, open, None, None),
        5 => (None, open, None, Some(written)),
        6 | 7 => (known, three, None, None),
        8 => (known, open.saturating_sub(500).max(1), None, None),
        // An amount no set comes to, as often as not.
        _ => (known, open * 3 + 7, None, None),
    };
    let reference: BankReference = format!("BENCH-{at}").parse()?;
    let name = payer.map(|name| name.parse()).transpose()?;
    Ok(FreeReceipt {
        receipt: ReceiptId::of(&"BENCH-0001".parse()?, &reference),
        customer,
        by_rules: false,
        undone: false,
        position: 0,
        pays: Vec::new(),
        free: yuan(amount)?,
        reference,
        payer: Payer { name, account: None },
        text: text.map(|text| text.parse()).transpose()?,
    })
}
