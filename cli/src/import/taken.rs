//! Deposits whose reference is in the book already: are they the same ones?

use std::collections::{BTreeMap, HashMap};

use sqlx::PgPool;
use tallybook_domain::deposits::WalletEvent;
use tallybook_domain::{BookEvent, WalletId};

use super::row::Deposit;

/// For each deposit `None` when the book has the same one, else how it differs. Reads the journal, not a read model:
/// what another process recorded a moment ago counts.
pub(super) async fn compare(
    pool: &PgPool,
    doubtful: &[(usize, &Deposit)],
) -> Result<Vec<Option<String>>, sqlx::Error> {
    let mut by_wallet: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, deposit) in doubtful {
        let wallet = WalletId::new(&deposit.customer, deposit.amount.currency());
        by_wallet.entry(wallet.as_str().to_owned()).or_default().push(deposit.reference.as_str().to_owned());
    }
    let mut found = HashMap::new();
    for (wallet, references) in by_wallet {
        for event in deposits_of_wallet(pool, &wallet, &references).await? {
            if let BookEvent::Wallet(WalletEvent::DepositRecorded {
                reference, amount, effective_date, ..
            }) = event
            {
                found.insert((wallet.clone(), reference.as_str().to_owned()), (amount, effective_date));
            }
        }
    }
    Ok(doubtful.iter().map(|(_, deposit)| difference(deposit, &found)).collect())
}

type Found = HashMap<(String, String), (tallybook_domain::Money, chrono::NaiveDate)>;

fn difference(deposit: &Deposit, found: &Found) -> Option<String> {
    let wallet = WalletId::new(&deposit.customer, deposit.amount.currency());
    let key = (wallet.as_str().to_owned(), deposit.reference.as_str().to_owned());
    match found.get(&key) {
        Some((amount, date)) if *amount == deposit.amount && *date == deposit.date => None,
        Some((amount, date)) => Some(format!(
            "reference {} is recorded already, with {amount} on {date}; here it is {} on {}",
            deposit.reference, deposit.amount, deposit.date
        )),
        None => Some(format!(
            "reference {} is recorded already, for another customer or in another currency",
            deposit.reference
        )),
    }
}

/// The deposits with these references in a wallet's stream, in order: where one was reversed and recorded again, the
/// later one is the one that counts.
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
