//! Money that came in as a deposit: it goes to a customer's wallet.

use sha2::{Digest, Sha256};
use tallybook_commands::CommandContext;
use tallybook_commands::deposits::{RecordDeposit, record_deposit};
use tallybook_domain::deposits::{DepositMethod, WalletRefusal};
use tallybook_domain::{CustomerId, Refusal, WalletId};
use tallybook_event_store::{Book, CommandError};

use super::record::Fate;
use super::row::Incoming;

/// Money whose customer is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deposit<'i> {
    pub(super) customer: &'i CustomerId,
    pub(super) incoming: &'i Incoming,
}

impl Deposit<'_> {
    pub(super) fn wallet(&self) -> WalletId {
        WalletId::new(self.customer, self.incoming.amount.currency())
    }

    /// The same for the same deposit in whichever file, row and form it comes: importing again changes nothing, also
    /// after the deposit was reversed.
    fn idempotency_key(&self) -> String {
        let Incoming { amount, reference, date, .. } = self.incoming;
        let mut hasher = Sha256::new();
        let wallet = self.wallet();
        for part in [wallet.as_str(), reference.as_str(), &amount.to_string(), &date.to_string()] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("import/deposit/{digest}")
    }
}

pub(super) async fn ask<'i>(
    book: &Book,
    context: CommandContext,
    incoming: &'i Incoming,
    method: DepositMethod,
) -> Result<Fate<'i>, CommandError> {
    let Some(customer) = &incoming.customer else {
        return Ok(Fate::Refused("customer: is empty".to_owned()));
    };
    let deposit = Deposit { customer, incoming };
    let command = RecordDeposit {
        customer: customer.clone(),
        amount: incoming.amount,
        reference: incoming.reference.clone(),
        method,
        effective_date: Some(incoming.date),
        remark: incoming.remark.clone(),
    };
    let context = CommandContext { idempotency_key: Some(deposit.idempotency_key()), ..context };
    match record_deposit(book, context, command).await {
        Ok(receipt) if receipt.replayed => Ok(Fate::AlreadyThere),
        // A dry run of something that was recorded before would record nothing.
        Ok(receipt) if receipt.dry_run_events.as_ref().is_some_and(Vec::is_empty) => Ok(Fate::AlreadyThere),
        Ok(receipt) => Ok(Fate::New { position: receipt.position }),
        Err(CommandError::KeyReused) => Ok(Fate::KeyUsed(deposit)),
        Err(CommandError::Refused(Refusal::Wallet(WalletRefusal::ReferenceTaken { .. }))) => {
            Ok(Fate::Taken(deposit))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use tallybook_domain::settlement::receipt::Payer;
    use tallybook_domain::{Currency, Money};

    use super::*;

    fn key(incoming: &Incoming) -> String {
        Deposit { customer: incoming.customer.as_ref().unwrap(), incoming }.idempotency_key()
    }

    #[test]
    fn the_key_says_customer_reference_amount_and_date_and_nothing_else() {
        let incoming = Incoming {
            customer: Some(CustomerId::from_number(42)),
            amount: Money::parse("12.30", Currency::CNY).unwrap(),
            reference: "B-1".parse().unwrap(),
            date: NaiveDate::from_ymd_opt(2026, 3, 10).unwrap(),
            remark: None,
            payer: Payer::default(),
        };
        // Stored keys have to stay what they are: another way of computing them would record old files again.
        let expected = "import/deposit/d93db822c913865df42778cddc4f766bbf6b2420010e50003cc53ab6b154ece5";
        assert_eq!(key(&incoming), expected);
        let same = Incoming { remark: Some("x".parse().unwrap()), ..incoming.clone() };
        assert_eq!(key(&same), expected);
        let others = [
            Incoming { customer: Some(CustomerId::from_number(43)), ..incoming.clone() },
            Incoming { amount: Money::parse("12.31", Currency::CNY).unwrap(), ..incoming.clone() },
            Incoming {
                amount: Money::parse("12.30", Currency::parse("USD").unwrap()).unwrap(),
                ..incoming.clone()
            },
            Incoming { reference: "B-2".parse().unwrap(), ..incoming.clone() },
            Incoming { date: NaiveDate::from_ymd_opt(2026, 3, 11).unwrap(), ..incoming.clone() },
        ];
        for other in others {
            assert_ne!(key(&other), expected, "{other:?}");
        }
    }
}
