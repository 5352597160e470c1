//! Who may do what: every route, every role, written out once more and compared with what happens.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::rules::written;
use tallybook_tests::{Role, TestBook, bodies};

use Role::{Admin, Approver, Auditor, Dashboard, Finance, Operator};

const ALL: &[Role] = &[Admin, Finance, Approver, Operator, Auditor, Dashboard];
const FINANCE: &[Role] = &[Finance];
const DESK: &[Role] = &[Finance, Operator];
const DECIDE: &[Role] = &[Finance, Approver];
/// An operator, in another's place.
const DELEGATES: &[Role] = &[Finance, Approver, Operator];
const APPROVER: &[Role] = &[Approver];
const ADMIN: &[Role] = &[Admin];
const LOOK_AT_USERS: &[Role] = &[Admin, Auditor];
const JOURNAL: &[Role] = &[Admin, Finance, Approver, Auditor];
const PROJECTIONS: &[Role] = &[Admin, Finance, Approver, Operator, Auditor];

/// Every route that asks who is there, and whom it lets in.
const GUARDED: &[(&str, &str, &[Role])] = &[
    ("POST", "/v1/auth/logout", ALL),
    ("POST", "/v1/auth/password", ALL),
    ("GET", "/v1/users", LOOK_AT_USERS),
    ("POST", "/v1/users", ADMIN),
    ("PATCH", "/v1/users/{name}", ADMIN),
    ("GET", "/v1/api-keys", LOOK_AT_USERS),
    ("POST", "/v1/api-keys", ADMIN),
    ("POST", "/v1/api-keys/{id}/revoke", ADMIN),
    ("GET", "/v1/customers", ALL),
    ("POST", "/v1/customers", DESK),
    ("GET", "/v1/customers/{id}", ALL),
    ("GET", "/v1/customers/{id}/figures", ALL),
    ("GET", "/v1/customers/{id}/statement", ALL),
    ("PATCH", "/v1/customers/{id}", DESK),
    ("POST", "/v1/customers/{id}/suspend", DESK),
    ("POST", "/v1/customers/{id}/reactivate", DESK),
    ("POST", "/v1/customers/{id}/close", DESK),
    ("POST", "/v1/customers/{id}/erase", ADMIN),
    ("POST", "/v1/customers/account-manager", DESK),
    ("POST", "/v1/customers/import", DESK),
    ("GET", "/v1/customers/import-template", ALL),
    ("GET", "/v1/access/personal-showings", LOOK_AT_USERS),
    ("GET", "/v1/customers/{id}/wallets", ALL),
    ("GET", "/v1/customers/{id}/wallet-statement", ALL),
    ("GET", "/v1/customers/{id}/usage", ALL),
    ("GET", "/v1/usage", ALL),
    ("POST", "/v1/usage", DESK),
    ("POST", "/v1/usage/batch", DESK),
    ("POST", "/v1/usage/import", DESK),
    ("GET", "/v1/usage/import-template", ALL),
    ("GET", "/v1/wallets", ALL),
    ("GET", "/v1/deposits", ALL),
    ("POST", "/v1/deposits", DESK),
    ("GET", "/v1/deposits/{id}", ALL),
    ("POST", "/v1/deposits/{id}/reverse", FINANCE),
    ("GET", "/v1/withdrawals", ALL),
    ("POST", "/v1/withdrawals", FINANCE),
    ("GET", "/v1/withdrawals/{id}", ALL),
    ("POST", "/v1/withdrawals/{id}/approve", DECIDE),
    ("POST", "/v1/withdrawals/{id}/reject", DECIDE),
    ("POST", "/v1/withdrawals/{id}/cancel", FINANCE),
    ("POST", "/v1/withdrawals/{id}/submit", FINANCE),
    ("POST", "/v1/withdrawals/{id}/succeed", FINANCE),
    ("POST", "/v1/withdrawals/{id}/fail", FINANCE),
    ("POST", "/v1/withdrawals/{id}/return", FINANCE),
    ("GET", "/v1/payouts", ALL),
    ("POST", "/v1/payouts", FINANCE),
    ("GET", "/v1/payouts/{id}", ALL),
    ("POST", "/v1/payouts/{id}/query", FINANCE),
    ("POST", "/v1/payouts/{id}/resolve-doubt", FINANCE),
    ("GET", "/v1/payout-batches", ALL),
    ("POST", "/v1/payout-batches", FINANCE),
    ("GET", "/v1/payout-batches/{id}", ALL),
    ("GET", "/v1/payout-batches/{id}/file", JOURNAL),
    ("GET", "/v1/risk/rules", ALL),
    ("POST", "/v1/risk/rules", ADMIN),
    ("GET", "/v1/risk/alerts", ALL),
    ("GET", "/v1/risk/customers", ALL),
    ("GET", "/v1/risk/alerts/{id}", ALL),
    ("POST", "/v1/risk/alerts/{id}/claim", DECIDE),
    ("POST", "/v1/risk/alerts/{id}/resolve", DECIDE),
    ("GET", "/v1/approvals", ALL),
    ("GET", "/v1/approvals/rules", ALL),
    ("POST", "/v1/approvals/rules", ADMIN),
    ("GET", "/v1/approvals/delegations", ALL),
    ("POST", "/v1/approvals/delegations", DECIDE),
    ("POST", "/v1/approvals/delegations/{id}/end", DELEGATES),
    ("GET", "/v1/approvals/{id}", ALL),
    ("POST", "/v1/approvals/{id}/approve", DELEGATES),
    ("POST", "/v1/approvals/{id}/reject", DELEGATES),
    ("GET", "/v1/reports/segregation-of-duties", LOOK_AT_USERS),
    ("POST", "/v1/wallets/{id}/freeze", DECIDE),
    ("POST", "/v1/wallets/{id}/unfreeze", APPROVER),
    ("GET", "/v1/receipts", ALL),
    ("POST", "/v1/receipts", DESK),
    ("GET", "/v1/receipts/{id}", ALL),
    ("POST", "/v1/receipts/{id}/identify", FINANCE),
    ("POST", "/v1/receipts/{id}/reverse", FINANCE),
    ("POST", "/v1/receipts/{id}/move-to-wallet", FINANCE),
    ("POST", "/v1/receipts/{id}/move-back", FINANCE),
    ("POST", "/v1/receipts/{id}/refund", FINANCE),
    ("POST", "/v1/receipts/{id}/refund/approve", DECIDE),
    ("POST", "/v1/receipts/{id}/refund/reject", DECIDE),
    ("POST", "/v1/receipts/{id}/refund/return", FINANCE),
    ("GET", "/v1/credit-notes", ALL),
    ("POST", "/v1/credit-notes", FINANCE),
    ("GET", "/v1/credit-notes/{id}", ALL),
    ("POST", "/v1/credit-notes/{id}/approve", DECIDE),
    ("POST", "/v1/credit-notes/{id}/reject", DECIDE),
    ("POST", "/v1/credit-notes/{id}/reverse", FINANCE),
    ("POST", "/v1/customers/{id}/statements", FINANCE),
    ("GET", "/v1/statements", ALL),
    ("GET", "/v1/statements/{id}", ALL),
    ("GET", "/v1/statements/{id}/document", ALL),
    ("POST", "/v1/statements/{id}/withdraw", FINANCE),
    ("GET", "/v1/write-offs", ALL),
    ("POST", "/v1/write-offs/auto", FINANCE),
    ("GET", "/v1/receipts/{id}/proposals", ALL),
    ("GET", "/v1/matching-rules", ALL),
    ("POST", "/v1/matching-rules", FINANCE),
    ("POST", "/v1/write-offs", FINANCE),
    ("GET", "/v1/write-offs/{id}", ALL),
    ("POST", "/v1/write-offs/{id}/approve", DECIDE),
    ("POST", "/v1/write-offs/{id}/reject", DECIDE),
    ("POST", "/v1/write-offs/{id}/reverse", FINANCE),
    ("GET", "/v1/price-plans", ALL),
    ("POST", "/v1/price-plans", FINANCE),
    ("GET", "/v1/price-plans/{code}", ALL),
    ("POST", "/v1/price-plans/{code}/versions", FINANCE),
    ("GET", "/v1/customers/{id}/price-plan", ALL),
    ("POST", "/v1/customers/{id}/price-plan", DESK),
    ("POST", "/v1/customers/price-plan", DESK),
    ("POST", "/v1/pricing/quote", ALL),
    ("GET", "/v1/usage/quarantine", ALL),
    ("POST", "/v1/usage/quarantine/{id}/accept", DESK),
    ("POST", "/v1/usage/quarantine/{id}/dismiss", DESK),
    ("GET", "/v1/usage/sources", ALL),
    ("POST", "/v1/usage/sources/{name}/runs", DESK),
    ("GET", "/v1/usage/runs", ALL),
    ("GET", "/v1/usage/runs/{id}", ALL),
    ("GET", "/v1/bill-runs", ALL),
    ("POST", "/v1/bill-runs", FINANCE),
    ("GET", "/v1/bill-runs/{month}", ALL),
    ("GET", "/v1/bill-runs/{month}/parked", ALL),
    ("GET", "/v1/bill-runs/{month}/stream", ALL),
    ("GET", "/v1/bills", ALL),
    ("GET", "/v1/bills/{id}", ALL),
    ("GET", "/v1/bills/{id}/document", ALL),
    ("POST", "/v1/bills/{id}/void", FINANCE),
    ("GET", "/v1/credit-alerts", ALL),
    ("POST", "/v1/credit-alerts/{id}/acknowledge", FINANCE),
    ("GET", "/v1/reminders", ALL),
    ("GET", "/v1/channels/notifications", ALL),
    ("GET", "/v1/channels/notifications/{id}", ALL),
    ("GET", "/v1/orders", ALL),
    ("POST", "/v1/orders", DESK),
    ("GET", "/v1/orders/{id}", ALL),
    ("POST", "/v1/orders/{id}/pay", FINANCE),
    ("POST", "/v1/orders/{id}/ship", DESK),
    ("POST", "/v1/orders/{id}/receive", DESK),
    ("POST", "/v1/orders/{id}/cancel", DESK),
    ("POST", "/v1/orders/{id}/payments", DESK),
    ("GET", "/v1/payments", ALL),
    ("GET", "/v1/payments/{id}", ALL),
    ("POST", "/v1/payments/{id}/confirm", FINANCE),
    ("POST", "/v1/payments/{id}/fee", FINANCE),
    ("POST", "/v1/payments/{id}/close", DESK),
    ("POST", "/v1/payments/{id}/resolve", FINANCE),
    ("POST", "/v1/orders/{id}/refunds", DESK),
    ("GET", "/v1/refunds", ALL),
    ("GET", "/v1/refunds/{id}", ALL),
    ("POST", "/v1/refunds/{id}/approve", DECIDE),
    ("POST", "/v1/refunds/{id}/reject", DECIDE),
    ("POST", "/v1/refunds/{id}/submit", FINANCE),
    ("POST", "/v1/refunds/{id}/succeed", FINANCE),
    ("POST", "/v1/refunds/{id}/fail", FINANCE),
    ("GET", "/v1/reports/revenue", ALL),
    ("GET", "/v1/reports/receivables-summary", ALL),
    ("GET", "/v1/receivables", ALL),
    ("GET", "/v1/receivables/ageing", ALL),
    ("POST", "/v1/bills/{id}/regenerate", FINANCE),
    ("GET", "/v1/bills/{id}/late-usage", ALL),
    ("POST", "/v1/bills/{id}/late-usage/settle", FINANCE),
    ("POST", "/v1/bills/{id}/credit-notes", FINANCE),
    ("POST", "/v1/bills/{id}/debit-notes", FINANCE),
    ("POST", "/v1/bills/{id}/disputes", FINANCE),
    ("POST", "/v1/bills/{id}/dispute/won", FINANCE),
    ("POST", "/v1/bills/{id}/dispute/lost", FINANCE),
    ("POST", "/v1/bills/{id}/bad-debt", FINANCE),
    ("POST", "/v1/bills/{id}/bad-debt/approve", DECIDE),
    ("POST", "/v1/bills/{id}/bad-debt/reject", DECIDE),
    ("GET", "/v1/ledger/accounts", ALL),
    ("GET", "/v1/ledger/accounts/{code}/lines", ALL),
    ("GET", "/v1/ledger/trial-balance", ALL),
    ("GET", "/v1/ledger/restatement", ALL),
    ("GET", "/v1/ledger/periods", ALL),
    ("GET", "/v1/ledger/periods/{month}", ALL),
    ("POST", "/v1/ledger/periods/{month}/close", FINANCE),
    ("POST", "/v1/ledger/periods/{month}/reopen", FINANCE),
    ("POST", "/v1/ledger/periods/{month}/approve-reopening", DECIDE),
    ("POST", "/v1/ledger/periods/{month}/reject-reopening", DECIDE),
    ("GET", "/v1/dashboard", ALL),
    ("GET", "/v1/events", JOURNAL),
    ("GET", "/v1/events/stream", JOURNAL),
    ("GET", "/v1/events/{position}", JOURNAL),
    ("GET", "/v1/explain", JOURNAL),
    ("GET", "/v1/aggregates/{type}/{id}/history", JOURNAL),
    ("GET", "/v1/seals", JOURNAL),
    ("GET", "/v1/seals/{size}", JOURNAL),
    ("GET", "/v1/projections", PROJECTIONS),
    ("GET", "/v1/views", ALL),
    ("POST", "/v1/projections/{name}/resume", ADMIN),
    ("POST", "/v1/projections/{name}/rebuild", ADMIN),
    ("GET", "/v1/projections/rebuilds", PROJECTIONS),
    ("GET", "/v1/projections/rebuilds/{id}", PROJECTIONS),
    ("GET", "/v1/projections/rebuilds/{id}/stream", PROJECTIONS),
    ("POST", "/v1/projections/rebuilds/{id}/cancel", ADMIN),
];

/// Every route that is open to anyone.
const OPEN: &[(&str, &str)] = &[
    ("POST", "/v1/auth/login"),
    ("POST", "/v1/auth/refresh"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
    ("GET", "/problems/{type}"),
    ("POST", "/v1/channels/{channel}/notifications"),
];

/// A request that is turned away for another reason, if not for who sends it.
fn harmless(path: &str) -> String {
    let path = path
        .replace("{type}", "nothing")
        .replace("{id}", "none")
        .replace("{name}", "nobody")
        .replace("{code}", "9999")
        .replace("{month}", "none")
        .replace("{size}", "0");
    if path == "/v1/events/stream" { format!("{path}?after=none") } else { path.replace("{position}", "0") }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_exactly_those_it_should() {
    let book = TestBook::start().await;
    let before = written(&book).await;
    for (method, path, allowed) in GUARDED {
        let method: Method = method.parse().unwrap();
        let send = |client: tallybook_tests::Client| {
            let path = harmless(path);
            let nonsense = json!({ "nonsense": true });
            if method == Method::GET {
                client.get(&path)
            } else {
                client.send(method.clone(), &path, &nonsense)
            }
        };
        send(book.anyone()).await.problem(401, "not-signed-in");
        for role in ALL.iter().filter(|role| !allowed.contains(role)) {
            let refused = send(book.as_role(*role)).await;
            refused.problem(403, "forbidden");
            assert_eq!(refused.body["role"], role.as_str(), "{method} {path}");
            assert_eq!(refused.body["allowed"].as_array().map(Vec::len), Some(allowed.len()));
        }
        for role in *allowed {
            let status = send(book.as_role(*role)).await.status;
            // 415: let in, and told that nonsense is no form.
            assert!(matches!(status, 200 | 404 | 415 | 422), "{method} {path} as {role}: {status}");
        }
    }
    assert_eq!(written(&book).await, before);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_in_the_table() {
    let book = TestBook::start().await;
    let description = book.anyone().get("/openapi.json").await;
    let mut described = BTreeSet::new();
    for (path, operations) in description.ok()["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let open = operation["security"] == json!([{}]) || operation["security"] == json!([]);
            described.insert((method.to_uppercase(), path.clone(), open));
        }
    }
    let guarded = GUARDED.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned(), false));
    let open = OPEN.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned(), true));
    assert_eq!(described, guarded.chain(open).collect());
    book.finish().await;
}

/// Reasons are told by events alone, so a list that everybody may read shows them only to those who may read events.
#[tokio::test(flavor = "multi_thread")]
async fn reasons_of_a_restated_month_are_for_those_who_may_read_events() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let body = bodies::with(bodies::deposit(&acme, "5.00", "A"), "effective_date", Some(json!("2026-03-10")));
    let deposit = book.operator().post("/v1/deposits", &body).await.created().clone();
    let reversal = json!({ "reason": "paid twice", "effective_date": "2026-03-25" });
    let path = format!("/v1/deposits/{}/reverse", text(&deposit, "id"));
    book.finance().post(&path, &reversal).await.ok();

    let path = "/v1/ledger/restatement?period=2026-03&known_at_1=0&wait_ms=30000";
    for role in ALL {
        let expected = if JOURNAL.contains(role) { json!("paid twice") } else { json!(null) };
        let answer = book.as_role(*role).get(path).await;
        let reversed = &answer.data()["events"][1];
        assert_eq!((text(reversed, "event_type"), &reversed["reason"]), ("DepositReversed", &expected));
        let csv = book.as_role(*role).get(path).header("Accept", "text/csv").await;
        assert_eq!(csv.text.contains("paid twice"), JOURNAL.contains(role), "{role}: {}", csv.text);
    }
    book.finish().await;
}
