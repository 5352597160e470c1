//! Every route over HTTP, each test on a book of its own. The modules are the URL tree.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own names and read the clock and the environment"
)]

mod any_history;
mod any_settlement;
mod api_keys;
mod approvals;
mod as_of;
mod attacks;
mod auth;
mod bill_notes;
mod bill_runs;
mod billing_journey;
mod bills;
mod channels;
mod contention;
mod credit_limits;
mod customer_files;
mod customer_import;
mod customers;
mod dashboard;
mod deposits;
mod docs;
mod event_stream;
mod events;
mod explain;
mod history;
mod idempotency;
mod journeys;
mod late_usage;
mod ledger;
mod list_forms;
mod lists;
mod matching;
mod mixed_load;
mod odd_values;
mod openapi;
mod operations;
mod order_journeys;
mod order_timers;
mod orders;
mod payment_races;
mod payments;
mod payouts;
mod periods;
mod personal_data;
mod plan_approvals;
mod price_plans;
mod pricing;
mod projections;
mod rebuilds;
mod receipts;
mod receivables;
mod refunds;
mod reminders;
mod reports;
mod risk;
mod roles;
mod seals;
mod statements;
mod usage;
mod usage_folder;
mod usage_import;
mod usage_sources;
mod users;
mod views;
mod wallets;
mod withdrawal_steps;
mod withdrawals;
mod write_offs;
