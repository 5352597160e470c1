//! A book to try things with: users, customers and six weeks of deposits and withdrawals.
//!
//! Owns made-up data and goes through the same use cases as everyone. Every step has a fixed idempotency key, so
//! filling a book again adds only what is missing. It never touches a book that has anything else in it.

mod files;
mod story;
mod tell;
mod users;
mod wechat_pay;

pub use tell::fill;
pub use users::{DemoUser, USERS};
pub use wechat_pay::play_wechat_pay;
