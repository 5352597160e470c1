//! How many notifications one core reads a second: `cargo run --release -p tallybook-channels --example speed`.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]
#![allow(clippy::unwrap_used, reason = "it stops where its own material is wrong")]

#[path = "../tests/notifications/support/mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod support;

use std::time::{Duration, Instant};

use support::{alipay, wechat_pay};

const ENOUGH: Duration = Duration::from_secs(2);

fn main() {
    let request =
        wechat_pay::Request::of(&wechat_pay::body("TRANSACTION.SUCCESS", &wechat_pay::transaction()));
    let merchant = wechat_pay::merchant();
    measure("WeChat Pay", || {
        merchant.read(&request.headers(), &request.body, wechat_pay::now()).unwrap();
    });
    let body = alipay::trade().signed_by(alipay::PRIVATE_KEY);
    let merchant = alipay::merchant();
    measure("Alipay", || {
        merchant.read(&body, alipay::now()).unwrap();
    });
}

fn measure(channel: &str, read: impl Fn()) {
    let begun = Instant::now();
    let mut count = 0_u128;
    while begun.elapsed() < ENOUGH {
        read();
        count += 1;
    }
    println!("{channel}: {} notifications a second", count * 1_000_000 / begun.elapsed().as_micros());
}
