//! Recording the deposits of a statement, many at a time, each once.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};
use tallybook_commands::CommandContext;
use tallybook_commands::deposits::{RecordDeposit, record_deposit};
use tallybook_domain::deposits::{DepositMethod, WalletRefusal};
use tallybook_domain::{Actor, Refusal, WalletId};
use tallybook_event_store::{Book, CommandError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::row::Deposit;
use super::statement::Line;
use super::taken::{self, Doubtful};
use crate::progress::Progress;

/// Commands on their way at the same time: they share the lane's commits.
const IN_FLIGHT: usize = 64;

/// How long a book that is busy or away is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who records, and how.
#[derive(Debug, Clone)]
pub(super) struct Recorder<'b> {
    pub(super) book: &'b Book,
    pub(super) actor: Actor,
    pub(super) method: DepositMethod,
    pub(super) dry_run: bool,
}

/// What became of the deposits.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    pub(super) new: usize,
    pub(super) already_there: usize,
    /// Record of the sheet, and why the book refused it.
    pub(super) refused: BTreeMap<usize, String>,
    /// The last position recorded.
    pub(super) position: Option<u64>,
    /// Deposits nobody asked about, because the import was stopped.
    pub(super) left: usize,
    /// Why it was stopped, unless a signal did it.
    pub(super) failure: Option<CommandError>,
}

/// What became of one.
enum Fate {
    New {
        position: u64,
    },
    AlreadyThere,
    /// The reference is in the book: by the same deposit, recorded some other way, or by another one.
    Taken,
    /// The key is in the book: by the same deposit with another method, remark or person, or by something else.
    KeyUsed,
    Refused(String),
}

impl Recorder<'_> {
    /// Records all, oldest first. Stops early when asked to, or when the book stays away.
    pub(super) async fn record(
        &self,
        lines: &[Line],
        stop: &CancellationToken,
        progress: &Progress,
    ) -> Recorded {
        let deposits: Vec<(usize, &Deposit)> =
            lines.iter().filter_map(|line| Some((line.record, line.entry.deposit.as_ref()?))).collect();
        let mut recorded = Recorded { left: deposits.len(), ..Recorded::default() };
        let mut doubtful = Vec::new();
        let failed = CancellationToken::new();
        let stopped = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = failed.cancelled() => {}
            }
        };
        let mut fates = stream::iter(&deposits)
            .take_until(Box::pin(stopped))
            .map(|(record, deposit)| async move { (*record, *deposit, self.one(deposit).await) })
            .buffer_unordered(IN_FLIGHT);
        while let Some((record, deposit, fate)) = fates.next().await {
            progress.advance(1);
            match fate {
                Ok(Fate::New { position }) => {
                    recorded.new += 1;
                    recorded.position = recorded.position.max(Some(position));
                }
                Ok(Fate::AlreadyThere) => recorded.already_there += 1,
                Ok(Fate::Taken) => doubtful.push(Doubtful { record, deposit, key_used: false }),
                Ok(Fate::KeyUsed) => doubtful.push(Doubtful { record, deposit, key_used: true }),
                Ok(Fate::Refused(reason)) => {
                    recorded.refused.insert(record, reason);
                }
                Err(error) => {
                    failed.cancel();
                    recorded.failure.get_or_insert(error);
                    continue;
                }
            }
            recorded.left -= 1;
        }
        drop(fates);
        self.settle(doubtful, &mut recorded).await;
        recorded
    }

    /// Compares deposits whose reference or key was taken with those that took it.
    async fn settle(&self, doubtful: Vec<Doubtful<'_>>, recorded: &mut Recorded) {
        match taken::compare(self.book.pool(), &doubtful).await {
            Ok(differences) => {
                for (Doubtful { record, .. }, difference) in doubtful.into_iter().zip(differences) {
                    match difference {
                        None => recorded.already_there += 1,
                        Some(reason) => {
                            recorded.refused.insert(record, reason);
                        }
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "deposits with references that are taken could not be compared");
                recorded.left += doubtful.len();
                recorded.failure.get_or_insert(CommandError::Unavailable);
            }
        }
    }

    async fn one(&self, deposit: &Deposit) -> Result<Fate, CommandError> {
        let command = RecordDeposit {
            customer: deposit.customer.clone(),
            amount: deposit.amount,
            reference: deposit.reference.clone(),
            method: self.method,
            effective_date: Some(deposit.date),
            remark: deposit.remark.clone(),
        };
        let key = idempotency_key(deposit);
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Duration::from_millis(20);
        loop {
            let context = CommandContext {
                actor: self.actor.clone(),
                idempotency_key: Some(key.clone()),
                request_id: None,
                client_address: None,
                dry_run: self.dry_run,
            };
            match record_deposit(self.book, context, command.clone()).await {
                Ok(receipt) if receipt.replayed => return Ok(Fate::AlreadyThere),
                // A dry run of something that was recorded before would record nothing.
                Ok(receipt) if receipt.dry_run_events.as_ref().is_some_and(Vec::is_empty) => {
                    return Ok(Fate::AlreadyThere);
                }
                Ok(receipt) => return Ok(Fate::New { position: receipt.position }),
                Err(CommandError::KeyReused) => return Ok(Fate::KeyUsed),
                Err(CommandError::Refused(Refusal::Wallet(WalletRefusal::ReferenceTaken { .. }))) => {
                    return Ok(Fate::Taken);
                }
                Err(CommandError::Refused(refusal)) => return Ok(Fate::Refused(refusal.to_string())),
                Err(error @ CommandError::Corrupt(_)) => return Err(error),
                Err(error) if Instant::now() + pause > deadline => return Err(error),
                // Nothing was done, or the same key will tell.
                Err(CommandError::Busy | CommandError::Unavailable | CommandError::OutcomeUnknown { .. }) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
            }
        }
    }
}

/// The same for the same deposit in whichever file, row and form it comes: importing again changes nothing, also
/// after the deposit was reversed.
fn idempotency_key(deposit: &Deposit) -> String {
    let mut hasher = Sha256::new();
    let wallet = WalletId::new(&deposit.customer, deposit.amount.currency());
    for part in
        [wallet.as_str(), deposit.reference.as_str(), &deposit.amount.to_string(), &deposit.date.to_string()]
    {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("import/deposit/{digest}")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use tallybook_domain::{Currency, CustomerId, Money};

    use super::*;

    #[test]
    fn the_key_says_customer_reference_amount_and_date_and_nothing_else() {
        let deposit = Deposit {
            customer: CustomerId::from_number(42),
            amount: Money::parse("12.30", Currency::CNY).unwrap(),
            reference: "B-1".parse().unwrap(),
            date: NaiveDate::from_ymd_opt(2026, 3, 10).unwrap(),
            remark: None,
        };
        let key = idempotency_key(&deposit);
        // Stored keys have to stay what they are: another way of computing them would record old files again.
        assert_eq!(key, "import/deposit/d93db822c913865df42778cddc4f766bbf6b2420010e50003cc53ab6b154ece5");
        let same = Deposit { remark: Some("x".parse().unwrap()), ..deposit.clone() };
        assert_eq!(idempotency_key(&same), key);
        let others = [
            Deposit { customer: CustomerId::from_number(43), ..deposit.clone() },
            Deposit { amount: Money::parse("12.31", Currency::CNY).unwrap(), ..deposit.clone() },
            Deposit {
                amount: Money::parse("12.30", Currency::parse("USD").unwrap()).unwrap(),
                ..deposit.clone()
            },
            Deposit { reference: "B-2".parse().unwrap(), ..deposit.clone() },
            Deposit { date: NaiveDate::from_ymd_opt(2026, 3, 11).unwrap(), ..deposit.clone() },
        ];
        for other in others {
            assert_ne!(idempotency_key(&other), key, "{other:?}");
        }
    }
}
