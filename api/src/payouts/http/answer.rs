//! What an answer says, if it can be read. What of it is believed is decided in the domain.

use chrono::NaiveDate;
use hyper::StatusCode;
use serde::Deserialize;
use tallybook_domain::deposits::ChannelReference;
use tallybook_domain::payouts::{AnsweredStatus, Heard, PayoutAnswer, PayoutId, UnknownCause};
use tallybook_domain::text::Reason;
use tallybook_domain::{Currency, Money};

use super::client::Answered;

/// Members that are not known are left out of account; one that comes twice makes it unreadable.
#[derive(Debug, Deserialize)]
struct Body {
    payout_id: String,
    status: String,
    amount: Option<String>,
    currency: Option<String>,
    bank_reference: Option<String>,
    reason: Option<String>,
    paid_date: Option<NaiveDate>,
}

/// The most of a reason that is kept.
const REASON: usize = 500;

/// What an endpoint says when it is given an order. Only 2xx, and a 4xx that names the payout and says `failed`, are
/// answers; all else leaves it unknown.
pub(super) fn to_order(answered: &Answered) -> Heard {
    let body = read(answered);
    if answered.status.is_success() {
        return body.and_then(whole).map_or(Heard::Nothing(UnknownCause::Unreadable), Heard::Answer);
    }
    let refused = body.filter(|_| refuses(answered.status)).and_then(answer);
    match refused {
        Some(refused) if refused.payout.is_some() && refused.status == AnsweredStatus::Failed => {
            Heard::Answer(refused)
        }
        Some(_) | None => Heard::Nothing(UnknownCause::NotAnswered),
    }
}

/// What an endpoint says when it is asked. `None`: nothing that can be used.
pub(super) fn to_question(answered: &Answered, payout: &PayoutId) -> Option<Heard> {
    let body = read(answered)?;
    if answered.status.is_success() {
        return whole(body).map(Heard::Answer);
    }
    let unknown = answered.status == StatusCode::NOT_FOUND
        && body.status == "not_found"
        && body.payout_id == payout.as_str();
    unknown.then_some(Heard::NotFound)
}

/// Of these it is not said that the order was looked at, or will not be.
fn refuses(status: StatusCode) -> bool {
    const LATER: [StatusCode; 4] = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::CONFLICT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    status.is_client_error() && !LATER.contains(&status)
}

fn read(answered: &Answered) -> Option<Body> {
    serde_json::from_slice(&answered.body).ok()
}

/// With its amount, which only a refusal may leave out.
fn whole(body: Body) -> Option<PayoutAnswer> {
    answer(body).filter(|answer| answer.amount.is_some())
}

fn answer(body: Body) -> Option<PayoutAnswer> {
    let amount = match (body.amount, body.currency) {
        (Some(amount), Some(currency)) => Some(Money::parse(&amount, Currency::parse(&currency).ok()?).ok()?),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return None,
    };
    let bank_reference = match body.bank_reference {
        Some(reference) => Some(reference.parse::<ChannelReference>().ok()?),
        None => None,
    };
    Some(PayoutAnswer {
        payout: body.payout_id.parse().ok(),
        amount,
        status: body.status.parse().ok()?,
        bank_reference,
        reason: body.reason.as_deref().and_then(reason),
        paid_date: body.paid_date,
    })
}

/// A reason is for people: shortened and cleaned rather than refused.
fn reason(text: &str) -> Option<Reason> {
    let clean = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
    clean.take(REASON).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const PAYOUT: &str = "Y01K7RA8ZAYFGXSMRSF9FMC3M00";

    fn payout() -> PayoutId {
        PAYOUT.parse().unwrap()
    }

    fn says(status: &str) -> Value {
        json!({ "payout_id": PAYOUT, "amount": "30.00", "currency": "CNY", "status": status })
    }

    fn answered(status: u16, body: &str) -> Answered {
        let status = StatusCode::from_u16(status).unwrap();
        Answered { status, body: body.as_bytes().to_vec().into() }
    }

    fn ordered(status: u16, body: &Value) -> Heard {
        to_order(&answered(status, &body.to_string()))
    }

    fn asked(status: u16, body: &Value) -> Option<Heard> {
        to_question(&answered(status, &body.to_string()), &payout())
    }

    fn with(name: &str, value: Value) -> Value {
        let mut body = says("succeeded");
        body[name] = value;
        body
    }

    #[test]
    fn an_answer_is_read_with_all_it_says() {
        let mut body = with("paid_date", json!("2026-03-10"));
        body["bank_reference"] = json!("B-1");
        body["reason"] = json!(" line\nbreak ");
        body["more"] = json!({ "not": "known" });
        let Heard::Answer(read) = ordered(200, &body) else { panic!("it can be read") };
        assert_eq!((read.payout.clone(), read.status), (Some(payout()), AnsweredStatus::Succeeded));
        assert_eq!(read.amount.unwrap().to_string(), "30.00 CNY");
        assert_eq!(read.reason.as_ref().unwrap().as_str(), "line break");
        assert_eq!(read.paid_date.unwrap().to_string(), "2026-03-10");
        assert_eq!(asked(200, &body), Some(Heard::Answer(read)));
    }

    #[test]
    fn what_cannot_be_read_leaves_it_unknown() {
        let unreadable = [
            json!("accepted"),
            json!({}),
            with("amount", json!(30)),
            with("amount", json!("30.001")),
            with("amount", Value::Null),
            with("currency", json!("XYZ")),
            with("status", json!("SUCCEEDED")),
            with("status", json!("not_found")),
            with("paid_date", json!("yesterday")),
            with("bank_reference", json!("")),
        ];
        for body in unreadable {
            assert_eq!(ordered(200, &body), Heard::Nothing(UnknownCause::Unreadable), "{body}");
            assert_eq!(asked(200, &body), None, "{body}");
        }
        let twice = r#"{"payout_id":"Y","status":"accepted","status":"failed"}"#;
        assert_eq!(to_order(&answered(200, twice)), Heard::Nothing(UnknownCause::Unreadable));
    }

    #[test]
    fn only_a_refusal_that_names_the_payout_is_one() {
        let refusal = json!({ "payout_id": PAYOUT, "status": "failed", "reason": "no such account" });
        for status in [400, 401, 403, 404, 410, 422] {
            assert!(matches!(ordered(status, &refusal), Heard::Answer(_)), "{status}");
        }
        for status in [301, 307, 408, 409, 425, 429, 500, 502, 503] {
            assert_eq!(ordered(status, &refusal), Heard::Nothing(UnknownCause::NotAnswered), "{status}");
            assert_eq!(asked(status, &says("succeeded")), None, "{status}");
        }
        for body in [
            json!({ "error": "bad request" }),
            json!({ "payout_id": "another", "status": "failed" }),
            says("succeeded"),
            says("accepted"),
        ] {
            assert_eq!(ordered(422, &body), Heard::Nothing(UnknownCause::NotAnswered), "{body}");
        }
    }

    #[test]
    fn only_who_names_the_payout_does_not_know_it() {
        let unknown = json!({ "payout_id": PAYOUT, "status": "not_found" });
        assert_eq!(asked(404, &unknown), Some(Heard::NotFound));
        assert_eq!(asked(404, &json!({ "error": "no route" })), None);
        assert_eq!(asked(404, &json!({ "payout_id": "Y1", "status": "not_found" })), None);
        assert_eq!(asked(410, &unknown), None);
    }
}
