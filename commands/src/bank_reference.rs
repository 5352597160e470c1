//! Whose a bank's reference is: that of one deposit, or of receipts, one per account. The same money must not come in as
//! both.
//!
//! The first receipt of a reference takes the claim a deposit would take, which goes with the last one; each has a claim
//! of its own.

use tallybook_domain::deposits::{BankReference, WalletRefusal};
use tallybook_domain::settlement::receipt::OwnAccount;
use tallybook_domain::settlement::{ReceiptId, ReceiptRefusal};
use tallybook_event_store::{Book, Decision, StoreError};

/// Scope of the claims on a reference, of whatever came in under it.
const HELD: &str = "deposit_reference";

/// Scope of the claims of receipts, each on its reference and account.
const OF_RECEIPTS: &str = "receipt_reference";

/// Between a reference and an account; in neither of them.
const BETWEEN: char = '\u{1f}';

/// What a receipt finds under its reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing: it is the first.
    First,
    /// Receipts of other accounts.
    Beside,
    /// A deposit, which is other money.
    None,
}

/// Refused if a deposit or a receipt has it.
pub(crate) fn claim_for_deposit(decision: &mut Decision<'_>, reference: &BankReference) {
    let taken = WalletRefusal::ReferenceTaken { reference: reference.clone() };
    decision.claim(HELD, reference.as_str(), taken.into());
}

pub(crate) fn release_of_deposit(decision: &mut Decision<'_>, reference: &BankReference) {
    decision.release(HELD, reference.as_str());
}

/// As the first, refused if a deposit has it, or a receipt of another account: which of them, [`is_of_receipts`] tells.
pub(crate) fn claim_for_receipt(
    decision: &mut Decision<'_>,
    (reference, account): (&BankReference, &OwnAccount),
    place: Place,
) {
    let taken = ReceiptRefusal::EnteredAsDeposit { reference: reference.clone() };
    match place {
        Place::First => decision.claim(HELD, reference.as_str(), taken.clone().into()),
        Place::Beside => {}
        Place::None => return,
    }
    decision.claim(OF_RECEIPTS, of_account(reference, account), taken.into());
}

/// Unless it stands `beside` others, the reference is free again.
pub(crate) fn release_of_receipt(
    decision: &mut Decision<'_>,
    (reference, account): (&BankReference, &OwnAccount),
    beside: bool,
) {
    decision.release(OF_RECEIPTS, of_account(reference, account));
    if !beside {
        decision.release(HELD, reference.as_str());
    }
}

fn of_account(reference: &BankReference, account: &OwnAccount) -> String {
    format!("{reference}{BETWEEN}{}", account.key())
}

pub(crate) async fn is_of_receipts(book: &Book, reference: &BankReference) -> Result<bool, StoreError> {
    Ok(count_of_receipts(book, reference.as_str()).await? > 0)
}

/// Whether receipts of other accounts have this one's reference.
pub(crate) async fn is_beside_others(book: &Book, receipt: &ReceiptId) -> Result<bool, StoreError> {
    let reference = sqlx::query_scalar!(
        "SELECT payload -> 'ReceiptRecorded' ->> 'reference' FROM events
          WHERE aggregate_type = 'receipt' AND aggregate_id = $1 AND sequence = 1",
        receipt.as_str()
    );
    match reference.fetch_optional(book.pool()).await?.flatten() {
        Some(reference) => Ok(count_of_receipts(book, &reference).await? > 1),
        None => Ok(false),
    }
}

async fn count_of_receipts(book: &Book, reference: &str) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM claims WHERE scope = $1 AND key > $2 AND key < $3"#,
        OF_RECEIPTS,
        format!("{reference}{BETWEEN}"),
        format!("{reference} ")
    );
    Ok(count.fetch_one(book.pool()).await?)
}
