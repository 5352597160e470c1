//! The risk of withdrawals: judged in the decision, looked at by one, approved by another.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use futures::future::join_all;
use support::settlement::received;
use support::{a_request, book, by, deposit, events, fresh, nothing, refusal, register, request, text, yuan};
use tallybook_commands::deposits::{
    ApproveWithdrawal, CancelWithdrawal, RejectWithdrawal, SubmitWithdrawal, SucceedWithdrawal,
    WithdrawalOutcome, approve_withdrawal, cancel_withdrawal, reject_withdrawal, request_withdrawal,
    submit_withdrawal, succeed_withdrawal,
};
use tallybook_commands::risk::{
    AlertOutcome, ChangeRiskRules, ClaimAlert, FreezeWallet, ResolveAlert, UnfreezeWallet, change_risk_rules,
    claim_alert, freeze_wallet, resolve_alert, unfreeze_wallet,
};
use tallybook_commands::settlement::{MoveAdvance, MoveBack, move_advance, move_back};
use tallybook_domain::deposits::WithdrawalState;
use tallybook_domain::risk::{
    AlertState, Resolution, RiskAlertRefusal, RiskOutcome, RiskRule, RiskRuleSet, RiskRulesRefusal,
    WalletFreezeRefusal, Window,
};
use tallybook_domain::{Currency, CustomerId, WalletId, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Receipt};

/// Money may be asked for once a day; what is more counts so many points.
fn once_a_day(points: u32) -> RiskRuleSet {
    let often = RiskRule::CountVelocity { on: true, points, window: Window::Day, most: 1 };
    RiskRuleSet { review_from: 60, block_from: 100, rules: vec![often] }
}

async fn set(book: &Book, rules: RiskRuleSet) -> u32 {
    let change = ChangeRiskRules { rules, expected_version: None };
    change_risk_rules(book, by("admin"), change).await.unwrap().outcome.version
}

/// A customer with 100.00 of whom two withdrawals of 30.00 were asked for: the second is under review.
async fn under_review(book: &Book, points: u32) -> (CustomerId, WithdrawalId) {
    set(book, once_a_day(points)).await;
    let acme = register(book, "Acme").await;
    deposit(book, &acme, "100.00", "R1").await.unwrap();
    let first = request(book, &acme, "30.00", "W1").await.unwrap().outcome;
    assert_eq!(first.alert, None);
    let second = request(book, &acme, "30.00", "W2").await.unwrap().outcome;
    assert_eq!((second.state, second.alert), (WithdrawalState::Requested, Some(AlertState::Open)));
    (acme, second.id)
}

async fn claim(book: &Book, who: &str, alert: &WithdrawalId) -> Result<Receipt<AlertOutcome>, CommandError> {
    claim_alert(book, by(who), ClaimAlert { alert: alert.clone() }).await
}

async fn resolve(
    book: &Book,
    who: &str,
    alert: &WithdrawalId,
    resolution: Resolution,
) -> Result<Receipt<AlertOutcome>, CommandError> {
    let resolve = ResolveAlert { alert: alert.clone(), resolution, reason: text("phoned") };
    resolve_alert(book, by(who), resolve).await
}

async fn approve(
    book: &Book,
    who: &str,
    id: &WithdrawalId,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    approve_withdrawal(book, by(who), ApproveWithdrawal { withdrawal: id.clone() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_withdrawal_is_released_by_one_and_approved_by_another() {
    let book = &book().await;
    let (_, id) = under_review(book, 100).await;
    let open = RiskAlertRefusal::ReviewOpen { alert: id.clone(), outcome: RiskOutcome::Block };
    assert_eq!(refusal(approve(book, "mei", &id).await), open.into());
    let claimed = claim(book, "mei", &id).await.unwrap().outcome;
    assert_eq!((claimed.state, claimed.claimed_by), (AlertState::Claimed, Some(text("user:mei"))));
    let released = resolve(book, "mei", &id, Resolution::Released).await.unwrap().outcome;
    assert_eq!(released.state, AlertState::Released);
    let same = RiskAlertRefusal::ReleasedBySame { alert: id.clone(), released_by: text("user:mei") };
    assert_eq!(refusal(approve(book, "mei", &id).await), same.into());
    approve(book, "wang", &id).await.unwrap();
    let submit = SubmitWithdrawal { withdrawal: id.clone(), channel_reference: None, effective_date: None };
    submit_withdrawal(book, by("han"), submit).await.unwrap();
    let succeed = SucceedWithdrawal { withdrawal: id.clone(), effective_date: None };
    let paid = succeed_withdrawal(book, by("han"), succeed).await.unwrap().outcome;
    assert_eq!((paid.balance, paid.held, paid.available), (yuan("70.00"), yuan("30.00"), yuan("40.00")));
    assert_eq!(paid.alert, Some(AlertState::Released));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_released_a_reviewed_withdrawal_may_approve_it() {
    let book = &book().await;
    let (_, id) = under_review(book, 60).await;
    resolve(book, "mei", &id, Resolution::Released).await.unwrap();
    approve(book, "mei", &id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_alert_rejects_the_withdrawal_and_frees_its_money() {
    let book = &book().await;
    let (_, id) = under_review(book, 60).await;
    let before = events(book).await.len();
    resolve(book, "mei", &id, Resolution::Rejected).await.unwrap();
    let told = ["RiskAlertResolved", "ApprovalClosed", "WithdrawalRejected", "HoldReleased"];
    assert_eq!(events(book).await[before..], told, "in one decision");
    resolve(book, "mei", &id, Resolution::Rejected).await.unwrap();
    assert_eq!(events(book).await.len(), before + 4, "again records nothing");
    let over = RiskAlertRefusal::NotOpen { alert: id.clone(), state: AlertState::Rejected };
    assert_eq!(refusal(resolve(book, "mei", &id, Resolution::Released).await), over.into());
    let reject = RejectWithdrawal { withdrawal: id, reason: text("again") };
    let rejected = reject_withdrawal(book, by("mei"), reject).await.unwrap().outcome;
    assert_eq!((rejected.held, rejected.available), (yuan("30.00"), yuan("70.00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_ends_takes_its_alert_along() {
    for reject in [false, true] {
        let book = book().await;
        let (_, id) = under_review(&book, 60).await;
        let ended = if reject {
            let step = RejectWithdrawal { withdrawal: id.clone(), reason: text("no contract") };
            reject_withdrawal(&book, by("mei"), step).await
        } else {
            let step = CancelWithdrawal { withdrawal: id.clone(), reason: None };
            cancel_withdrawal(&book, by("han"), step).await
        };
        let ended = ended.unwrap().outcome;
        assert_eq!((ended.alert, ended.held), (Some(AlertState::Closed), yuan("30.00")));
        let over = RiskAlertRefusal::NotOpen { alert: id.clone(), state: AlertState::Closed };
        assert_eq!(refusal(claim(&book, "mei", &id).await), over.into());
        book.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_does_not_look_and_one_looks_at_a_time() {
    let book = &book().await;
    let (_, id) = under_review(book, 60).await;
    let own = RiskAlertRefusal::OwnRequest { alert: id.clone(), requested_by: text("user:han") };
    assert_eq!(refusal(claim(book, "han", &id).await), own.clone().into());
    assert_eq!(refusal(resolve(book, "han", &id, Resolution::Released).await), own.into());
    claim(book, "mei", &id).await.unwrap();
    let another = RiskAlertRefusal::ClaimedByAnother { alert: id.clone(), claimed_by: text("user:mei") };
    assert_eq!(refusal(claim(book, "wang", &id).await), another.clone().into());
    assert_eq!(refusal(resolve(book, "wang", &id, Resolution::Rejected).await), another.into());
    let nobody = fresh();
    let none = RiskAlertRefusal::NotFound { alert: nobody.clone() };
    assert_eq!(refusal(claim(book, "mei", &nobody).await), none.clone().into());
    assert_eq!(refusal(resolve(book, "mei", &nobody, Resolution::Released).await), none.into());
}

/// Each is decided on the book after the one before, so that a limit is passed once, however many come at once.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_at_once_one_passes_under_the_limit() {
    let book = &book().await;
    set(book, once_a_day(60)).await;
    let acme = &register(book, "Acme").await;
    deposit(book, acme, "100.00", "R1").await.unwrap();
    let asked = (0..20)
        .map(|n| async move { request(book, acme, "1.00", &format!("W{n}")).await.unwrap().outcome.alert });
    let passed = join_all(asked).await.into_iter().filter(Option::is_none).count();
    assert_eq!(passed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_known_in_time_is_looked_at() {
    let book = &book().await;
    let acme = register(book, "Acme").await;
    deposit(book, &acme, "100.00", "R1").await.unwrap();
    let asked = request_withdrawal(book, by("han"), fresh(), a_request(&acme, "1.00", "W1"), None).await;
    assert_eq!(asked.unwrap().outcome.alert, Some(AlertState::Open));
    let known = request_withdrawal(book, by("han"), fresh(), a_request(&acme, "1.00", "W2"), nothing(book));
    assert_eq!(known.await.unwrap().outcome.alert, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_shared_once_another_customer_has_used_it() {
    let book = &book().await;
    let shared = RiskRule::SharedDestination { on: true, points: 60, from: Vec::new() };
    set(book, RiskRuleSet { review_from: 60, block_from: 100, rules: vec![shared] }).await;
    let mut alerts = Vec::new();
    for (name, reference) in [("Acme", "1"), ("Best", "2"), ("Acme again", "3")] {
        let customer = register(book, name).await;
        deposit(book, &customer, "10.00", reference).await.unwrap();
        alerts.push(request(book, &customer, "1.00", reference).await.unwrap().outcome.alert);
    }
    assert_eq!(alerts, [None, Some(AlertState::Open), Some(AlertState::Open)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_count_from_when_they_were_set() {
    let book = &book().await;
    assert_eq!(set(book, once_a_day(60)).await, 1);
    assert_eq!(set(book, once_a_day(60)).await, 1, "the same again");
    assert_eq!(set(book, once_a_day(0)).await, 2);
    let stale = ChangeRiskRules { rules: once_a_day(60), expected_version: Some(1) };
    let changed = RiskRulesRefusal::ChangedSince { expected: 1, version: 2 };
    assert_eq!(refusal(change_risk_rules(book, by("admin"), stale).await), changed.into());
    let acme = register(book, "Acme").await;
    deposit(book, &acme, "100.00", "R1").await.unwrap();
    for reference in ["W1", "W2"] {
        assert_eq!(request(book, &acme, "1.00", reference).await.unwrap().outcome.alert, None);
    }
    set(book, once_a_day(60)).await;
    let third = request(book, &acme, "1.00", "W3").await.unwrap();
    assert_eq!(third.outcome.alert, Some(AlertState::Open));
}

/// From the receipt the money could be paid back, so it does not go there either.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_a_frozen_wallet_by_way_of_a_receipt() {
    let book = &book().await;
    let acme = register(book, "Acme").await;
    let receipt = received(book, &acme, "50.00", "R1").await;
    let advance = MoveAdvance { receipt: receipt.clone(), amount: None, effective_date: None };
    move_advance(book, by("li"), advance).await.unwrap();
    let wallet = WalletId::new(&acme, Currency::CNY);
    let freeze = FreezeWallet { wallet: wallet.clone(), reason: text("a court order") };
    let frozen = freeze_wallet(book, by("mei"), freeze.clone()).await.unwrap().outcome;
    assert_eq!(frozen.frozen, Some(text("a court order")));
    let back = MoveBack { receipt, amount: None, effective_date: None };
    let refused = WalletFreezeRefusal::Frozen { wallet: wallet.clone(), reason: text("a court order") };
    assert_eq!(refusal(move_back(book, by("li"), back.clone()).await), refused.clone().into());
    assert_eq!(refusal(request(book, &acme, "1.00", "W1").await), refused.into());
    let unfreeze = UnfreezeWallet { wallet, reason: text("lifted") };
    unfreeze_wallet(book, by("mei"), unfreeze).await.unwrap();
    move_back(book, by("li"), back).await.unwrap();
    let nobody = FreezeWallet { wallet: text("C00099.CNY"), ..freeze };
    let none = WalletFreezeRefusal::NotFound { wallet: nobody.wallet.clone() };
    assert_eq!(refusal(freeze_wallet(book, by("mei"), nobody).await), none.into());
}
