//! Money that came in as a receipt: it pays bills, and whose it is may still be unknown.

use tallybook_commands::CommandContext;
use tallybook_commands::settlement::{RecordReceipt, record_receipt};
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::receipt::OwnAccount;
use tallybook_event_store::{Book, CommandError};

use super::record::Fate;
use super::row::Incoming;

/// A receipt is known by its account and reference, so it needs no key to be recorded once.
pub(super) async fn ask<'i>(
    book: &Book,
    context: CommandContext,
    incoming: &'i Incoming,
    (account, method): (&OwnAccount, DepositMethod),
) -> Result<Fate<'i>, CommandError> {
    let text = incoming.remark.as_ref().map(|remark| remark.as_str().parse());
    let text = match text.transpose() {
        Ok(text) => text,
        Err(error) => return Ok(Fate::Refused(format!("remark: {error}"))),
    };
    let command = RecordReceipt {
        account: account.clone(),
        reference: incoming.reference.clone(),
        amount: incoming.amount,
        method,
        received_date: Some(incoming.date),
        effective_date: None,
        customer: incoming.customer.clone(),
        payer: incoming.payer.clone(),
        text,
        // A statement that is read again brings nothing back that was reversed.
        again: false,
    };
    let answer = record_receipt(book, context, command).await?;
    if answer.outcome.known {
        return Ok(Fate::AlreadyThere);
    }
    Ok(Fate::New { position: answer.position })
}
