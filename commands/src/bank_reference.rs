//! Whose a bank's reference is: that of one deposit, or of receipts, one per account. The same money must not come in as
//! both.
//!
//! The first receipt of a reference holds it; those of other accounts stand beside it.

use tallybook_domain::deposits::{BankReference, WalletRefusal};
use tallybook_domain::settlement::ReceiptRefusal;
use tallybook_event_store::{Book, Decision, StoreError};

/// Scope of the claims on a reference, of whatever came in under it.
const HELD: &str = "deposit_reference";

/// Scope of the claims that tell those of receipts.
const OF_RECEIPTS: &str = "receipt_reference";

/// Refused if a deposit or a receipt has it.
pub(crate) fn claim_for_deposit(decision: &mut Decision<'_>, reference: &BankReference) {
    let taken = WalletRefusal::ReferenceTaken { reference: reference.clone() };
    decision.claim(HELD, reference.as_str(), taken.into());
}

pub(crate) fn release_of_deposit(decision: &mut Decision<'_>, reference: &BankReference) {
    decision.release(HELD, reference.as_str());
}

/// Refused if a deposit has it, or a receipt of another account: which of them, [`is_of_receipts`] tells.
pub(crate) fn claim_for_receipt(decision: &mut Decision<'_>, reference: &BankReference) {
    let taken = ReceiptRefusal::EnteredAsDeposit { reference: reference.clone() };
    decision.claim(HELD, reference.as_str(), taken.clone().into());
    decision.claim(OF_RECEIPTS, reference.as_str(), taken.into());
}

pub(crate) fn release_of_receipt(decision: &mut Decision<'_>, reference: &BankReference) {
    decision.release(HELD, reference.as_str());
    decision.release(OF_RECEIPTS, reference.as_str());
}

pub(crate) async fn is_of_receipts(book: &Book, reference: &BankReference) -> Result<bool, StoreError> {
    let held = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM claims WHERE scope = $1 AND key = $2) AS "held!""#,
        OF_RECEIPTS,
        reference.as_str()
    );
    Ok(held.fetch_one(book.pool()).await?)
}
