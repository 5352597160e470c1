//! Deposits whose reference or key is in the book already: are they the same ones?

use std::collections::{BTreeMap, HashMap};

use sqlx::PgPool;
use tallybook_domain::BookEvent;
use tallybook_domain::deposits::WalletEvent;

use super::as_deposit::Deposit;

/// A deposit that may be in the book.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doubtful<'d> {
    /// Its row of the sheet.
    pub(super) record: usize,
    pub(super) deposit: Deposit<'d>,
    /// Its key is taken, else its reference.
    pub(super) key_used: bool,
}

/// For each deposit `None` when the book has the same one, else how it differs. Reads the journal, not a read model:
/// what another process recorded a moment ago counts.
pub(super) async fn compare(
    pool: &PgPool,
    doubtful: &[Doubtful<'_>],
) -> Result<Vec<Option<String>>, sqlx::Error> {
    let mut by_wallet: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Doubtful { deposit, .. } in doubtful {
        let reference = deposit.incoming.reference.as_str().to_owned();
        by_wallet.entry(deposit.wallet().as_str().to_owned()).or_default().push(reference);
    }
    let mut found = Found::new();
    for (wallet, references) in by_wallet {
        for event in deposits_of_wallet(pool, &wallet, &references).await? {
            if let BookEvent::Wallet(WalletEvent::DepositRecorded {
                reference, amount, effective_date, ..
            }) = event
            {
                let of_reference = found.entry((wallet.clone(), reference.as_str().to_owned())).or_default();
                of_reference.push((amount, effective_date));
            }
        }
    }
    Ok(doubtful.iter().map(|doubtful| difference(doubtful, &found)).collect())
}

/// By wallet and reference, what was recorded, in order.
type Found = HashMap<(String, String), Vec<(tallybook_domain::Money, chrono::NaiveDate)>>;

fn difference(doubtful: &Doubtful<'_>, found: &Found) -> Option<String> {
    let Doubtful { deposit, key_used, .. } = doubtful;
    let here = deposit.incoming;
    let key = (deposit.wallet().as_str().to_owned(), here.reference.as_str().to_owned());
    let recorded = found.get(&key).map(Vec::as_slice).unwrap_or_default();
    if *key_used {
        // Its own key's deposit stays the same one, also after it was reversed and its reference used again.
        return (!recorded.contains(&(here.amount, here.date))).then(|| {
            format!(
                "reference {}: the importer's key of this deposit was used for something else, so the book does not \
                 have it; find out who did that, and record it by hand",
                here.reference
            )
        });
    }
    // Where one was reversed and recorded again, the later one is the one that counts.
    match recorded.last() {
        Some((amount, date)) if *amount == here.amount && *date == here.date => None,
        Some((amount, date)) => Some(format!(
            "reference {} is recorded already, with {amount} on {date}; here it is {} on {}",
            here.reference, here.amount, here.date
        )),
        None => Some(format!(
            "reference {} is recorded already, for another customer or in another currency",
            here.reference
        )),
    }
}

/// The deposits with these references in a wallet's stream, in order.
async fn deposits_of_wallet(
    pool: &PgPool,
    wallet: &str,
    references: &[String],
) -> Result<Vec<BookEvent>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT event_version, payload::text AS "payload!" FROM events
            WHERE aggregate_type = 'wallet' AND aggregate_id = $1 AND event_type = 'DepositRecorded'
              AND payload -> 'DepositRecorded' ->> 'reference' = ANY($2)
            ORDER BY sequence"#,
        wallet,
        references
    )
    .fetch_all(pool)
    .await?;
    let upcasters = tallybook_domain::upcasters();
    rows.into_iter()
        .map(|row| {
            BookEvent::decode("wallet", "DepositRecorded", &row.event_version, &row.payload, &upcasters)
                .map_err(|error| sqlx::Error::Decode(error.into()))
        })
        .collect()
}
