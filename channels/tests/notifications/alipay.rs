//! Alipay's notifications, from signature to meaning.

use crate::support::alipay::{APP, Fields, PRIVATE_KEY, SELLER, merchant, now, read, trade};
use crate::support::{STRANGER, sign};
use chrono::{DateTime, TimeDelta, Utc};
use tallybook_channels::{Alipay, AlipayApp, NotificationRefusal};
use tallybook_domain::channels::{Channel, Notification, RefundedAmount, Said};
use tallybook_domain::{Currency, Money};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The trade after a part of it was refunded.
fn refunded() -> Fields {
    trade()
        .with("refund_fee", "8.88")
        .with("gmt_refund", "2015-04-28 15:45:57.320")
        .with("out_biz_no", "HZRF001")
}

#[test]
fn a_payment_says_what_was_paid_for_what() {
    let expected = Notification {
        channel: Channel::Alipay,
        event_id: "ac05099524730693a8b330c5ecf72da9786".parse().unwrap(),
        merchant: SELLER.parse().unwrap(),
        reference: "6823789339978248".parse().unwrap(),
        transaction: "2013112011001004330000121536".parse().unwrap(),
        said: Said::Paid { amount: yuan("20.00") },
        happened_at: at("2015-04-27T15:45:58+08:00"),
    };
    assert_eq!(trade().read(), Ok(expected.clone()));
    assert_eq!(trade().with("trade_status", "TRADE_FINISHED").read(), Ok(expected));
}

#[test]
fn a_trade_that_is_not_paid_is_pending_or_closed() {
    let unpaid = trade().without("gmt_payment");
    let pending = unpaid.clone().with("trade_status", "WAIT_BUYER_PAY").read().unwrap();
    assert_eq!((pending.said, pending.happened_at), (Said::Pending, at("2015-04-27T15:45:57+08:00")));
    let closed = unpaid.clone().with("trade_status", "TRADE_CLOSED");
    let dated = closed.clone().with("gmt_close", "2015-04-28 15:40:00").read().unwrap();
    assert_eq!((dated.said, dated.happened_at), (Said::Closed, at("2015-04-28T15:40:00+08:00")));
    assert_eq!(closed.read().unwrap().happened_at, at("2015-04-28T15:45:57+08:00"));
}

#[test]
fn a_refund_counts_all_refunds_so_far_whatever_the_status() {
    for (status, fee) in [("TRADE_SUCCESS", "8.88"), ("TRADE_CLOSED", "20.00"), ("TRADE_FINISHED", "8.88")] {
        let notification = refunded().with("trade_status", status).with("refund_fee", fee).read().unwrap();
        let amount = RefundedAmount::SoFar(yuan(fee));
        assert_eq!(
            notification.said,
            Said::Refunded { refund: "HZRF001".parse().unwrap(), amount },
            "{status}"
        );
        assert_eq!(notification.happened_at, at("2015-04-28T15:45:57.320+08:00"));
    }
    let unnumbered = refunded().without("out_biz_no").read().unwrap();
    let amount = RefundedAmount::SoFar(yuan("8.88"));
    assert_eq!(unnumbered.said, Said::Refunded { refund: "6823789339978248".parse().unwrap(), amount });
    let none = trade().with("refund_fee", "0.00").read().unwrap();
    assert_eq!(none.said, Said::Paid { amount: yuan("20.00") });
}

#[test]
fn a_notification_without_an_rsa2_signature_is_unsigned() {
    let unsigned = |missing| Err(NotificationRefusal::Unsigned { missing });
    assert_eq!(read(&trade().unsigned()), unsigned("sign"));
    assert_eq!(read(&trade().with("sign", "").with("sign_type", "RSA2").unsigned()), unsigned("sign"));
    let body = String::from_utf8(trade().signed_by(PRIVATE_KEY)).unwrap();
    for sign_type in ["sign_type=RSA", "sign_type=MD5", ""] {
        let body = body.replace("sign_type=RSA2", sign_type);
        assert_eq!(read(body.as_bytes()), unsigned("sign_type RSA2"));
    }
}

#[test]
fn no_field_of_a_notification_can_be_changed_added_or_left_out() {
    let body = String::from_utf8(trade().signed_by(PRIVATE_KEY)).unwrap();
    let signed = |field: &&str| !field.starts_with("sign=") && !field.starts_with("sign_type=");
    for field in body.split('&').filter(signed) {
        if !field.starts_with("app_id=") && !field.starts_with("charset=") {
            let changed = body.replace(field, &format!("{field}1"));
            assert_eq!(read(changed.as_bytes()), Err(NotificationRefusal::BadSignature), "{field}");
        }
        let fields: Vec<_> = body.split('&').filter(|other| *other != field).collect();
        let refused = read(fields.join("&").as_bytes());
        let expected = if field.starts_with("app_id=") {
            NotificationRefusal::Malformed { what: "app_id" }
        } else {
            NotificationRefusal::BadSignature
        };
        assert_eq!(refused, Err(expected), "without {field}");
    }
    let added = format!("{body}&refund_fee=20.00");
    assert_eq!(read(added.as_bytes()), Err(NotificationRefusal::BadSignature));
    let twice = format!("{body}&total_amount=20.00");
    assert_eq!(read(twice.as_bytes()), Err(NotificationRefusal::Malformed { what: "the form" }));
    // The order in which fields come means nothing.
    let fields: Vec<_> = body.split('&').rev().collect();
    assert!(read(fields.join("&").as_bytes()).is_ok());
}

/// The signature holds: `receipt_amount=15.00&refund_fee=8.88` is the text of two fields and of one.
#[test]
fn no_field_can_be_hidden_in_another() {
    let body = String::from_utf8(refunded().signed_by(PRIVATE_KEY)).unwrap();
    let hidden = body
        .replace("&refund_fee=8.88", "")
        .replace("receipt_amount=15.00", "receipt_amount=15.00%26refund_fee%3D8.88");
    assert_ne!(hidden, body);
    assert_eq!(read(hidden.as_bytes()), Err(NotificationRefusal::Malformed { what: "refund_fee" }));
}

#[test]
fn nobody_elses_signature_is_believed() {
    assert_eq!(read(&trade().signed_by(STRANGER)), Err(NotificationRefusal::BadSignature));
}

#[test]
fn an_app_is_known_by_either_of_its_keys_while_they_change() {
    let app = |key| AlipayApp::new(APP.into(), key).unwrap();
    let (old, new) = (include_str!("../keys/wechat-pay.crt.pem"), include_str!("../keys/alipay.pub.pem"));
    let body = trade().signed_by(PRIVATE_KEY);
    assert!(Alipay::new(SELLER.into(), vec![app(old), app(new)]).read(&body, now()).is_ok());
    let only_old = Alipay::new(SELLER.into(), vec![app(old)]);
    assert_eq!(only_old.read(&body, now()), Err(NotificationRefusal::BadSignature));
}

#[test]
fn a_notification_in_gbk_is_read_as_it_was_signed() {
    // `subject` is 好 in GBK, signed as those two bytes.
    let signed = b"app_id=2014072300007148&charset=GBK&notify_id=n1&notify_time=2015-04-28 15:45:57&\
        notify_type=trade_status_sync&out_biz_no=\xBA\xC3&out_trade_no=o1&refund_fee=1.00&total_amount=20.00&trade_no=t1&\
        trade_status=TRADE_SUCCESS";
    let signature = sign(PRIVATE_KEY, signed);
    let text = |bytes: &[u8]| bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs = signed.split(|byte| *byte == b'&').map(|pair| {
        let (name, value) = pair.split_at(pair.iter().position(|byte| *byte == b'=').unwrap());
        format!("{}={}", String::from_utf8_lossy(name), text(&value[1..]))
    });
    let body = pairs.chain([format!("sign={}", text(signature.as_bytes())), "sign_type=RSA2".into()]);
    let notification = read(body.collect::<Vec<_>>().join("&").as_bytes()).unwrap();
    let amount = RefundedAmount::SoFar(yuan("1.00"));
    assert_eq!(notification.said, Said::Refunded { refund: "好".parse().unwrap(), amount });
    assert_eq!(notification.happened_at, at("2015-04-28T15:45:57+08:00"));
}

#[test]
fn a_notification_for_someone_else_is_refused() {
    let app = trade().with("app_id", "2014072300000000").read();
    assert_eq!(app, Err(NotificationRefusal::WrongApp { given: "2014072300000000".into() }));
    let seller = trade().with("seller_id", "2088000000000000").read();
    assert_eq!(seller, Err(NotificationRefusal::WrongMerchant { given: "2088000000000000".into() }));
    assert_eq!(trade().without("seller_id").read().unwrap().merchant.as_str(), SELLER);
}

#[test]
fn a_notification_is_believed_for_two_days() {
    let body = trade().signed_by(PRIVATE_KEY);
    let told_at = at("2015-04-28T15:45:57+08:00");
    for believed in [told_at + TimeDelta::hours(48), told_at - TimeDelta::minutes(5)] {
        assert!(merchant().read(&body, believed).is_ok(), "{believed}");
    }
    let second = TimeDelta::seconds(1);
    for stale in [told_at + TimeDelta::hours(48) + second, told_at - TimeDelta::minutes(5) - second] {
        let refused = merchant().read(&body, stale);
        assert_eq!(refused, Err(NotificationRefusal::Stale { signed_at: told_at }));
    }
}

#[test]
fn amounts_are_written_in_yuan_and_above_nothing() {
    for (text, amount) in [("0.01", "0.01"), ("20", "20.00"), ("100000000.00", "100000000.00")] {
        let paid = trade().with("total_amount", text).read().unwrap();
        assert_eq!(paid.said, Said::Paid { amount: yuan(amount) });
    }
    for text in ["", "0.00", "-20.00", "20.001", "2e1", "20,00", " 20.00", "1000000000000001"] {
        let refused = trade().with("total_amount", text).read();
        assert_eq!(refused, Err(NotificationRefusal::Malformed { what: "total_amount" }), "{text:?}");
    }
    for text in ["-1.00", "one"] {
        let refused = refunded().with("refund_fee", text).read();
        assert_eq!(refused, Err(NotificationRefusal::Malformed { what: "refund_fee" }));
    }
    let dollars = trade().with("trans_currency", "USD").read();
    assert_eq!(dollars, Err(NotificationRefusal::WrongCurrency { given: "USD".into() }));
    assert!(trade().with("trans_currency", "CNY").read().is_ok());
}

#[test]
fn what_is_not_known_or_left_out_is_refused() {
    let kind = trade().with("notify_type", "dut_user_sign").read();
    assert_eq!(kind, Err(NotificationRefusal::Unsupported { event: "dut_user_sign".into() }));
    let status = trade().with("trade_status", "TRADE_PAUSED").read();
    assert_eq!(status, Err(NotificationRefusal::Unsupported { event: "TRADE_PAUSED".into() }));
    for what in [
        "notify_id",
        "notify_type",
        "trade_no",
        "out_trade_no",
        "trade_status",
        "total_amount",
        "notify_time",
    ] {
        assert_eq!(trade().without(what).read(), Err(NotificationRefusal::Malformed { what }));
    }
    for what in ["notify_time", "gmt_payment"] {
        let refused = trade().with(what, "yesterday").read();
        assert_eq!(refused, Err(NotificationRefusal::Malformed { what }));
    }
    let number = refunded().with("out_biz_no", "line\nbreak").read();
    assert_eq!(number, Err(NotificationRefusal::Malformed { what: "out_biz_no" }));
}
