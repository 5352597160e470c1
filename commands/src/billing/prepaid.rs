//! Prepaid customers: what the wallet has pays the bill as it is issued, in the same decision, and comes back in the
//! decision that voids or credits it.
//!
//! The bill's part of it and the wallet's are recorded together, here alone: what one gives the other has.

use chrono::NaiveDate;
use tallybook_domain::billing::bill::PaymentReturn;
use tallybook_domain::billing::{Bill, BillCommand, BillId, BillRefusal};
use tallybook_domain::customers::{Customer, SettlementMode};
use tallybook_domain::deposits::{Wallet, WalletCommand};
use tallybook_domain::{Money, Refusal, WalletId};
use tallybook_event_store::Decision;

use super::issue_drafted::not_held;

/// Pays as much of a bill just issued as the customer's wallet in its currency has available; `None` if that is nothing.
pub(super) fn pay_from_wallet(
    decision: &mut Decision<'_>,
    bill: &BillId,
    effective_date: NaiveDate,
) -> Result<Option<Money>, Refusal> {
    let Some(open) = decision.state::<Bill>(bill.as_str()).open().map_err(BillRefusal::from)? else {
        return Ok(None);
    };
    let Some(amount) = payable_from_wallet(decision, bill, open)? else { return Ok(None) };
    let wallet = WalletId::new(&bill.customer(), amount.currency());
    let take = WalletCommand::PayBill { wallet: wallet.clone(), bill: bill.clone(), amount, effective_date };
    decision.decide::<Wallet>(wallet.as_str(), take)?;
    let pay = BillCommand::PayFromWallet { bill: bill.clone(), wallet, amount, effective_date };
    decision.decide::<Bill>(bill.as_str(), pay)?;
    Ok(Some(amount))
}

/// What the customer's wallet would pay of a bill of which so much is open; `None` if that is nothing.
pub(super) fn payable_from_wallet(
    decision: &mut Decision<'_>,
    bill: &BillId,
    open: Money,
) -> Result<Option<Money>, Refusal> {
    let customer = bill.customer();
    if !is_prepaid(decision.state::<Customer>(customer.as_str())) {
        return Ok(None);
    }
    let wallet = WalletId::new(&customer, open.currency());
    if !decision.holds::<Wallet>(wallet.as_str()) {
        return Ok(None);
    }
    let available = decision.state::<Wallet>(wallet.as_str()).available(open.currency());
    let amount = if available.covers(open).map_err(BillRefusal::from)? { open } else { available };
    Ok(amount.is_positive().then_some(amount))
}

/// Gives the wallet back what it paid, before the step that makes the bill less: so the bill never owes less than
/// nothing. The wallet takes it whoever it belongs to now, even a closed customer, who is owed it.
pub(super) fn return_to_wallet(
    decision: &mut Decision<'_>,
    bill: &BillId,
    back: Option<PaymentReturn>,
) -> Result<Option<Money>, Refusal> {
    let Some(PaymentReturn { amount, effective_date }) = back else { return Ok(None) };
    let wallet = WalletId::new(&bill.customer(), amount.currency());
    if !decision.holds::<Wallet>(wallet.as_str()) {
        return Err(not_held(bill));
    }
    let (id, of) = (wallet.clone(), bill.clone());
    let give = BillCommand::ReturnPayment { bill: of, wallet: id, amount, effective_date };
    decision.decide::<Bill>(bill.as_str(), give)?;
    let (id, of) = (wallet.clone(), bill.clone());
    let take = WalletCommand::ReturnBillPayment { wallet: id, bill: of, amount, effective_date };
    decision.decide::<Wallet>(wallet.as_str(), take)?;
    Ok(Some(amount))
}

fn is_prepaid(customer: &Customer) -> bool {
    customer.profile().and_then(|profile| profile.settlement_mode) == Some(SettlementMode::Prepaid)
}
