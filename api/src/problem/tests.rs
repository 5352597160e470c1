//! Every problem is listed, documented, and says what it should.

use axum::body::to_bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use tallybook_domain::deposits::{WalletRefusal, WithdrawalRefusal};
use tallybook_domain::{Currency, Money, MoneyError, Refusal};
use tallybook_event_store::CommandError;
use utoipa::PartialSchema;

use super::{FieldError, Problem, ProblemKind};
use crate::operations::{PROBLEMS, section};

#[test]
fn every_kind_is_in_the_list() {
    let schema = serde_json::to_value(ProblemKind::schema()).unwrap();
    let all: Vec<_> = schema["enum"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let listed: Vec<_> = ProblemKind::ALL.iter().map(|kind| kind.slug()).collect();
    assert_eq!(listed, all, "ALL and the addresses follow the variants");
}

#[test]
fn every_kind_is_documented_as_it_is() {
    for kind in ProblemKind::ALL {
        let text = section(kind).unwrap_or_else(|| panic!("docs/problems.md lacks {}", kind.slug()));
        let facts = format!("\n{} · {}\n", kind.status().as_u16(), kind.title());
        assert!(
            text.contains(&facts),
            "docs/problems.md says something else than {facts:?} of {}",
            kind.slug()
        );
        assert!(text.lines().count() > 4, "docs/problems.md does not explain {}", kind.slug());
    }
    assert_eq!(
        PROBLEMS.matches("\n## ").count(),
        ProblemKind::ALL.len(),
        "a section for a type there is not"
    );
}

async fn sent(problem: Problem) -> (StatusCode, Option<String>, Value) {
    let response = problem.into_response();
    let retry_after =
        response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, retry_after, serde_json::from_slice(&body).unwrap())
}

fn yuan(text: &str) -> Money {
    Money::parse(text, Currency::CNY).unwrap()
}

#[tokio::test]
async fn a_refusal_carries_its_facts() {
    let refusal = WalletRefusal::InsufficientFunds { available: yuan("70"), requested: yuan("70.01") };
    let (status, _, body) = sent(CommandError::Refused(refusal.into()).into()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        body,
        json!({
            "type": "/problems/insufficient-funds",
            "title": "More is asked for than is available",
            "status": 422,
            "detail": "70.01 CNY was asked for, 70.00 CNY is available.",
            "available": {"amount": "70.00", "currency": "CNY"},
            "requested": {"amount": "70.01", "currency": "CNY"},
        })
    );
}

#[tokio::test]
async fn approving_ones_own_request_is_forbidden() {
    let refusal = WithdrawalRefusal::SelfApproval { requested_by: "user:lei".parse().unwrap() };
    let (status, _, body) = sent(Problem::from(Refusal::from(refusal))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(body["type"], "/problems/self-approval");
    assert_eq!(body["requested_by"], "user:lei");
    let detail = body["detail"].as_str().unwrap();
    assert!(detail.starts_with("user:lei asked"), "a name is written as it is: {detail}");
}

#[tokio::test]
async fn what_may_be_tried_again_says_when() {
    let (status, retry_after, _) = sent(CommandError::Busy.into()).await;
    assert_eq!((status, retry_after.as_deref()), (StatusCode::SERVICE_UNAVAILABLE, Some("1")));
    let (_, _, body) = sent(CommandError::OutcomeUnknown { command_id: "user:lei:k-1".into() }.into()).await;
    assert_eq!(body["idempotency_key"], "k-1");
}

#[tokio::test]
async fn a_fault_says_nothing_of_its_cause() {
    let problem = Problem::internal("relation \"events\" does not exist in /srv/db");
    assert_eq!(problem.cause(), Some("relation \"events\" does not exist in /srv/db"));
    let (status, _, body) = sent(problem).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.to_string().contains("events"), "{body}");
}

#[tokio::test]
async fn a_sum_beyond_the_bounds_is_not_a_malformed_request() {
    let (_, _, body) = sent(Problem::from(Refusal::from(WalletRefusal::Money(MoneyError::OutOfRange)))).await;
    assert_eq!(body["type"], "/problems/amount-out-of-range");
}

#[test]
fn a_single_fault_is_said_in_the_detail() {
    let fault = |pointer: &str| FieldError {
        pointer: pointer.into(),
        code: "wrong_type",
        detail: "must be an object, not an array".into(),
    };
    let detail = |errors| serde_json::to_value(Problem::validation(errors)).unwrap()["detail"].clone();
    assert_eq!(detail(vec![fault("/amount")]), "/amount: must be an object, not an array");
    assert_eq!(detail(vec![fault("")]), "The body must be an object, not an array.");
    assert_eq!(detail(vec![fault(""), fault("/amount")]), "2 values cannot be used; see errors");
}
