//! What receipts are matched with, read at one moment: rules, open bills, payers, and receipts that are free.
//!
//! Whom somebody has paid for before is what the receipts themselves say: once a person has identified one, the name and
//! account it came from are known for the customer. What rules have said teaches nothing. What waits for an approver is
//! taken already.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder, Row};
use tallybook_domain::deposits::AccountNumber;
use tallybook_domain::settlement::ReceiptId;
use tallybook_domain::settlement::matching::{
    FreeReceipt, KnownPayer, Matcher, OpenBill, OpenBills, RuleSet, TakenOfBill,
};
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::{Currency, CustomerId, Money, MoneyError};

use super::matching_rules::{MatchingRules, rules_in_force};
use super::{LegRow, Receipts, WriteOffs};
use crate::billing::Bills;
use crate::customers::Customers;
use crate::fold::Projection;
use crate::query::{Answer, ReadError, Snapshot, count, money, optional, spelled, spelled_all, tables_of};

/// Which receipts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchingScope {
    All,
    /// Identified ones of a customer.
    Customer(CustomerId),
    Receipt(ReceiptId),
}

/// As it was read. An index of it is made by [`MatchingBook::matcher`], which takes seconds where there are a million rows.
#[derive(Debug)]
pub struct MatchingBook {
    rules: RuleSet,
    rules_version: u32,
    receipts: Vec<FreeReceipt>,
    bills: Vec<OpenBill>,
    payers: Vec<KnownPayer>,
    /// Customers in whose files it is said that what is left pays their oldest bills.
    oldest_first: BTreeSet<CustomerId>,
    /// By rules, since the first of the receipts came in.
    taken: Vec<TakenOfBill>,
    /// What waits for an approver.
    waiting: Vec<LegRow>,
}

impl MatchingBook {
    /// The matcher, and the receipts of the scope of which something is free, in the order in which they came in.
    pub fn matcher(self) -> Result<(Matcher, Vec<FreeReceipt>), MoneyError> {
        let Self { rules, rules_version, mut receipts, bills, payers, oldest_first, taken, waiting } = self;
        let mut bills: OpenBills = bills.into_iter().collect();
        for LegRow { leg, .. } in &waiting {
            bills.take(&leg.bill, leg.amount)?;
            hold(&mut receipts, leg)?;
        }
        receipts.retain(|receipt| receipt.free.is_positive());
        let (payers, taken) = (payers.into_iter().collect(), taken.into_iter().collect());
        Ok((Matcher { rules, rules_version, bills, payers, oldest_first, taken }, receipts))
    }
}

impl MatchingBook {
    /// Bills that count though nothing may be owed of them: what rules have taken of, and what the receipts pay already.
    fn named_again(&self) -> Vec<String> {
        let taken = self.taken.iter().map(|taken| &taken.bill);
        let bills = self.receipts.iter().flat_map(|receipt| &receipt.pays).chain(taken);
        bills.map(ToString::to_string).collect()
    }
}

/// All of them have to be as fresh as the reader wants.
pub fn matching_projections() -> [&'static str; 5] {
    [Receipts::NAME, Bills::NAME, WriteOffs::NAME, Customers::NAME, MatchingRules::NAME]
}

pub async fn matching_book(pool: &PgPool, scope: &MatchingScope) -> Result<Answer<MatchingBook>, ReadError> {
    let tables = [
        tables_of::<Receipts>(),
        tables_of::<Bills>(),
        tables_of::<WriteOffs>(),
        tables_of::<Customers>(),
        tables_of::<MatchingRules>(),
    ]
    .concat();
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot
        .position_of::<Receipts>()
        .await?
        .min(snapshot.position_of::<Bills>().await?)
        .min(snapshot.position_of::<WriteOffs>().await?);
    let connection = snapshot.connection();
    let (version, rules) = rules_in_force(connection).await?;
    let receipts = receipts(connection, scope).await?;
    let rules_version = u32::try_from(version).map_err(|error| ReadError::Corrupt(error.to_string()))?;
    let mut book = MatchingBook {
        rules,
        rules_version,
        receipts,
        bills: Vec::new(),
        payers: Vec::new(),
        oldest_first: BTreeSet::new(),
        taken: Vec::new(),
        waiting: Vec::new(),
    };
    if !book.receipts.is_empty() {
        let of = only_customer(scope, &book.receipts);
        // Where rules have said whose it is, who else it may be counts as it did then.
        let by_person = !book.receipts.iter().any(|receipt| receipt.by_rules);
        book.taken = taken_by_rules(connection, of.as_ref(), &book.receipts).await?;
        book.bills = bills_of(connection, of.as_ref(), &book.named_again()).await?;
        book.payers = payers_of(connection, of.as_ref().filter(|_| by_person)).await?;
        book.oldest_first = oldest_first_of(connection, of.as_ref()).await?;
        book.waiting = waiting_legs(connection).await?;
    }
    Ok(Answer { data: book, position })
}

/// Whose bills alone can be paid.
fn only_customer(scope: &MatchingScope, receipts: &[FreeReceipt]) -> Option<CustomerId> {
    match scope {
        MatchingScope::All => None,
        MatchingScope::Customer(customer) => Some(customer.clone()),
        MatchingScope::Receipt(_) => receipts.first().and_then(|receipt| receipt.customer.clone()),
    }
}

async fn receipts(
    connection: &mut PgConnection,
    scope: &MatchingScope,
) -> Result<Vec<FreeReceipt>, ReadError> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT id, customer, identified_by IS NOT NULL AS by_rules, currency, unapplied, reference, payer_name, \
                payer_account, remittance, \
                undone OR EXISTS (SELECT FROM write_off_legs AS legs \
                                    JOIN write_offs AS papers ON papers.id = legs.write_off \
                                   WHERE legs.source = receipts.id AND papers.state = 'rejected' \
                                     AND papers.matched <> 'null') AS undone, \
                created_position, \
                ARRAY (SELECT DISTINCT legs.bill FROM write_off_legs AS legs \
                         JOIN write_offs AS papers ON papers.id = legs.write_off \
                        WHERE legs.source = receipts.id AND legs.reversal = 'null' \
                          AND papers.state <> 'rejected') AS pays \
           FROM receipts WHERE unapplied > 0 AND state IN ('open', 'unidentified')",
    );
    match scope {
        MatchingScope::All => {}
        MatchingScope::Customer(customer) => {
            query.push(" AND customer = ").push_bind(customer.as_str());
        }
        MatchingScope::Receipt(receipt) => {
            query.push(" AND id = ").push_bind(receipt.as_str());
        }
    }
    query.push(" ORDER BY received_date, created_position");
    let rows = query.build().fetch_all(connection).await?;
    Ok(rows.iter().map(free_receipt).collect::<Result<_, _>>()?)
}

fn free_receipt(row: &PgRow) -> Result<FreeReceipt, sqlx::Error> {
    let currency: Currency = spelled(row, "currency")?;
    Ok(FreeReceipt {
        receipt: spelled(row, "id")?,
        customer: optional(row, "customer")?,
        by_rules: row.try_get("by_rules")?,
        undone: row.try_get("undone")?,
        position: count(row, "created_position")?,
        pays: spelled_all(row, "pays")?,
        free: money(row, "unapplied", currency)?,
        reference: spelled(row, "reference")?,
        payer: Payer { name: optional(row, "payer_name")?, account: optional(row, "payer_account")? },
        text: optional(row, "remittance")?,
    })
}

async fn bills_of(
    connection: &mut PgConnection,
    of: Option<&CustomerId>,
    others: &[String],
) -> Result<Vec<OpenBill>, ReadError> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT id, number, due_date, currency, open FROM bills WHERE due_date IS NOT NULL AND (open > 0 OR id = ANY(",
    );
    query.push_bind(others).push("))");
    if let Some(customer) = of {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    let rows = query.build().fetch_all(connection).await?;
    let bill = |row: &PgRow| {
        Ok::<_, sqlx::Error>(OpenBill {
            bill: spelled(row, "id")?,
            number: optional(row, "number")?,
            due_date: row.try_get("due_date")?,
            open: money(row, "open", spelled(row, "currency")?)?,
        })
    };
    Ok(rows.iter().map(bill).collect::<Result<_, _>>()?)
}

/// What write-offs found by rules have taken of bills since the first of the receipts came in, and has not been undone.
async fn taken_by_rules(
    connection: &mut PgConnection,
    of: Option<&CustomerId>,
    receipts: &[FreeReceipt],
) -> Result<Vec<TakenOfBill>, ReadError> {
    let first = receipts.iter().map(|receipt| receipt.position).min().unwrap_or(u64::MAX);
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT legs.bill, legs.currency, sum(legs.amount) AS amount, papers.created_position \
           FROM write_offs AS papers JOIN write_off_legs AS legs ON legs.write_off = papers.id \
          WHERE papers.matched <> 'null' AND papers.state <> 'rejected' AND legs.reversal = 'null' \
            AND papers.created_position > ",
    );
    query.push_bind(i64::try_from(first).unwrap_or(i64::MAX));
    if let Some(customer) = of {
        query.push(" AND papers.customer = ").push_bind(customer.as_str());
    }
    query.push(" GROUP BY papers.id, legs.bill, legs.currency, papers.created_position");
    let rows = query.build().fetch_all(connection).await?;
    let taken = |row: &PgRow| {
        Ok::<_, sqlx::Error>(TakenOfBill {
            bill: spelled(row, "bill")?,
            amount: money(row, "amount", spelled(row, "currency")?)?,
            position: count(row, "created_position")?,
        })
    };
    Ok(rows.iter().map(taken).collect::<Result<_, _>>()?)
}

/// Legs of write-offs that wait for an approver.
async fn waiting_legs(connection: &mut PgConnection) -> Result<Vec<LegRow>, ReadError> {
    let legs = sqlx::query_as(
        "SELECT legs.* FROM write_off_legs AS legs JOIN write_offs AS papers ON papers.id = legs.write_off \
          WHERE papers.state = 'proposed'",
    );
    Ok(legs.fetch_all(connection).await?)
}

fn hold(receipts: &mut [FreeReceipt], leg: &Leg) -> Result<(), MoneyError> {
    let LegSource::Receipt(receipt) = &leg.source else { return Ok(()) };
    let Some(held) = receipts.iter_mut().find(|known| known.receipt == *receipt) else { return Ok(()) };
    held.free = if held.free.covers(leg.amount)? {
        held.free.checked_sub(leg.amount)?
    } else {
        Money::zero(held.free.currency())
    };
    Ok(())
}

/// Each customer's own names, and those and the accounts of receipts a person has said to be its.
async fn payers_of(
    connection: &mut PgConnection,
    of: Option<&CustomerId>,
) -> Result<Vec<KnownPayer>, ReadError> {
    let mut known: BTreeMap<CustomerId, (Vec<String>, Vec<AccountNumber>)> = BTreeMap::new();
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT id AS customer, name, short_name AS other, NULL AS account FROM customers WHERE ",
    );
    only(&mut query, "id", of);
    query.push(
        " UNION SELECT customer, payer_name, NULL, payer_account FROM receipts \
           WHERE customer IS NOT NULL AND identified_by IS NULL AND state <> 'reversed' AND ",
    );
    only(&mut query, "customer", of);
    for row in query.build().fetch_all(connection).await? {
        let (names, accounts) = known.entry(spelled(&row, "customer")?).or_default();
        let of_row: [Option<String>; 2] = [row.try_get("name")?, row.try_get("other")?];
        names.extend(of_row.into_iter().flatten());
        accounts.extend(optional::<AccountNumber>(&row, "account")?);
    }
    let payer = |(customer, (names, accounts))| KnownPayer { customer, names, accounts };
    Ok(known.into_iter().map(payer).collect())
}

/// Customers in whose files it is said that what is left pays their oldest bills.
async fn oldest_first_of(
    connection: &mut PgConnection,
    of: Option<&CustomerId>,
) -> Result<BTreeSet<CustomerId>, ReadError> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT id FROM customers WHERE oldest_first AND ");
    only(&mut query, "id", of);
    let rows = query.build().fetch_all(connection).await?;
    Ok(rows.iter().map(|row| spelled(row, "id")).collect::<Result<_, _>>()?)
}

fn only<'a>(query: &mut QueryBuilder<'a, Postgres>, column: &str, of: Option<&'a CustomerId>) {
    match of {
        Some(customer) => query.push(column).push(" = ").push_bind(customer.as_str()),
        None => query.push("true"),
    };
}
