//! Reminders of bills, raised and delivered on a real book, to small mail servers and receivers that drop, delay, refuse
//! and are met again. The clock is driven by each test.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]
#![allow(clippy::disallowed_methods, reason = "tests make their own names and read DATABASE_URL")]

mod outside;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use outside::{MailServer, Receiver, Reply};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor};
use tallybook::reminders::{Channels, Mail, Reminding, Webhook, WebhookSecret, look};
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{
    AssignPricePlan, BillableCustomer, CreatePricePlan, RunBills, VoidBill, assign_price_plan,
    create_price_plan, run_bills, void_bill,
};
use tallybook_commands::customers::personal::{MasterKey, PersonalEdits, PersonalKeys, PersonalText};
use tallybook_commands::customers::{
    ChangeCustomer, EraseCustomer, RegisterCustomer, change_customer, erase_customer, register_customer,
};
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::customers::{Edit, PersonalField};
use tallybook_domain::{CustomerId, Month};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings, CommandMetadata, CommandRequest, StreamKey};
use tallybook_projector::{ProjectorSettings, wait_for};
use tokio_util::sync::CancellationToken;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The bills of these tests are due on this day, at nine in the morning.
const DUE: &str = "2026-12-01";

struct Shop {
    book: Book,
    connect: PgConnectOptions,
    stop: CancellationToken,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn by() -> CommandContext {
    CommandContext {
        actor: "user:tester".parse().unwrap(),
        idempotency_key: None,
        request_id: None,
        client_address: None,
        dry_run: false,
    }
}

/// Nine o'clock, so many days after the bills are due, and some seconds.
fn nine(days: i64, seconds: i64) -> DateTime<Utc> {
    let due: DateTime<Utc> = format!("{DUE}T01:00:00Z").parse().unwrap();
    due + TimeDelta::days(days) + TimeDelta::seconds(seconds)
}

impl Shop {
    async fn open() -> Self {
        let url = std::env::var("DATABASE_URL").expect("put `scripts/with-postgres` before the command");
        let connect = PgConnectOptions::from_str(&url).unwrap();
        let schema = format!("book_t{}", uuid::Uuid::now_v7().simple());
        provision(&connect, &schema, &NewBook::default()).await.unwrap();
        let settings = BookSettings { pool_connections: 6, ..BookSettings::new(&schema) };
        let book = Book::open(&connect, settings).await.unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(tallybook_projector::run(
            book.pool().clone(),
            schema,
            tallybook_projector::every(),
            ProjectorSettings::default(),
            stop.clone(),
        ));
        Self { book, connect, stop }
    }

    fn keys(&self) -> PersonalKeys {
        PersonalKeys::new(self.book.pool().clone(), Some(Arc::new(MasterKey::new([7; 32]))))
    }

    /// A customer with this address, and a bill of 106.00 that is due on `DUE`.
    async fn bill(&self, name: &str, email: Option<&str>) -> BillId {
        let mut personal = PersonalEdits::default();
        if let Some(email) = email {
            let field = PersonalField::Email;
            personal.set(field, Edit::Set(PersonalText::new(field, email).unwrap()));
        }
        let register = RegisterCustomer { personal, ..RegisterCustomer::named(name.parse().unwrap()) };
        let customer = register_customer(&self.book, &self.keys(), by(), register).await.unwrap().outcome.id;
        self.billed(customer).await
    }

    async fn enter_address(&self, customer: &CustomerId, email: &str) {
        let mut personal = PersonalEdits::default();
        let field = PersonalField::Email;
        personal.set(field, Edit::Set(PersonalText::new(field, email).unwrap()));
        let (customer, profile) = (customer.clone(), Box::default());
        let change = ChangeCustomer { customer, name: None, account_manager: Edit::Keep, profile, personal };
        change_customer(&self.book, &self.keys(), by(), change).await.unwrap();
    }

    async fn billed(&self, customer: CustomerId) -> BillId {
        let terms = serde_json::from_str(
            r#"{"currency":"CNY","tax_rate":"0.06","items":[{"code":"base","name":"Base","model":"flat","fee":"100"}]}"#,
        )
        .unwrap();
        let plan: tallybook_domain::billing::PlanCode = format!("plan-{customer}").parse().unwrap();
        let (name, effective_from) = ("Standard".parse().unwrap(), Some("2000-01-01".parse().unwrap()));
        let creation = CreatePricePlan { plan: plan.clone(), name, effective_from, terms };
        create_price_plan(&self.book, by(), creation).await.unwrap();
        let period = Month::of(self.book.today()).unwrap().previous().unwrap();
        let from = period.first_day();
        let assign = AssignPricePlan { customer: customer.clone(), plan: plan.clone(), from, reason: None };
        assign_price_plan(&self.book, by(), assign).await.unwrap();
        let due: NaiveDate = DUE.parse().unwrap();
        let term = due.signed_duration_since(self.book.today()).num_days();
        let (issue_date, payment_term_days) = match u16::try_from(term) {
            Ok(days) => (None, days),
            Err(_) => (Some(due), 0),
        };
        let payment_term_days = Some(payment_term_days);
        let terms = RunTerms { issue_date, payment_term_days, ..RunTerms::default() };
        let run = RunBills::of(period, terms);
        let billable = [BillableCustomer { customer: customer.clone(), plans: vec![plan] }];
        run_bills(&self.book, &by(), &run, &billable, |_| {}).await.unwrap();
        BillId::new(&customer, period)
    }

    async fn on_bill(&self, command: BillCommand, bill: &BillId) {
        let metadata = CommandMetadata {
            actor: "user:tester".parse().unwrap(),
            request_id: None,
            reason: None,
            client_address: None,
        };
        let request = CommandRequest::new("test", metadata, &()).unwrap();
        let (id, streams) = (bill.clone(), vec![StreamKey::existing::<Bill>(bill)]);
        let decide = move |decision: &mut tallybook_event_store::Decision<'_>| {
            decision.decide::<Bill>(id.as_str(), command.clone()).map(|_| ())
        };
        self.book.execute(request, streams, decide).await.unwrap();
    }

    async fn dispute(&self, bill: &BillId) {
        let (bill_id, reason) = (bill.clone(), "not ours".parse().unwrap());
        self.on_bill(BillCommand::OpenDispute { bill: bill_id, reason }, bill).await;
    }

    async fn lose_dispute(&self, bill: &BillId) {
        let (bill_id, reason) = (bill.clone(), "it is".parse().unwrap());
        self.on_bill(BillCommand::CloseDispute { bill: bill_id, won: false, reason }, bill).await;
    }

    fn reminding(&self, mail: Option<&MailServer>, receiver: Option<&Receiver>) -> Reminding {
        let email =
            mail.map(|server| Mail::new(&server.url(), "Billing <billing@tally.example>", None).unwrap());
        let secret: WebhookSecret = SECRET.parse().unwrap();
        let webhook = receiver.map(|receiver| Webhook::new(&receiver.url(), secret).unwrap());
        Reminding {
            book: self.book.clone(),
            keys: self.keys(),
            channels: Channels { email, webhook },
            seller: Some("Tally Ltd".into()),
            not_before: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        }
    }

    /// The book as another process has it, which remembers nothing yet.
    async fn opened_again(&self) -> Book {
        let settings = BookSettings { pool_connections: 4, ..BookSettings::new(self.book.schema()) };
        Book::open(&self.connect, settings).await.unwrap()
    }

    /// From here on nobody can read the journal of this bill who has not done so before.
    async fn corrupt(&self, bill: &BillId) {
        self.fresh().await;
        let mut owner = self.connect.connect().await.unwrap();
        let schema = self.book.schema();
        for statement in [
            format!("ALTER TABLE {schema}.events DISABLE TRIGGER USER"),
            format!(
                "UPDATE {schema}.events SET payload = '{{}}'
                  WHERE aggregate_type = 'bill' AND aggregate_id = '{bill}'"
            ),
            format!("ALTER TABLE {schema}.events ENABLE TRIGGER USER"),
        ] {
            owner.execute(statement.as_str()).await.unwrap();
        }
    }

    async fn fresh(&self) {
        let names = ["bills", "customers", "reminders"];
        let head = tallybook_event_store::journal::head_position(self.book.pool()).await.unwrap();
        wait_for(self.book.pool(), &names, head, Duration::from_secs(30)).await.unwrap();
    }

    /// One look at a moment: what is due is raised, and what waits is tried.
    async fn look(&self, reminding: &Reminding, now: DateTime<Utc>) -> usize {
        self.fresh().await;
        let raised = reminding.raise(now).await.unwrap();
        reminding.resume(now).await.unwrap();
        self.fresh().await;
        reminding.deliver(&move || now).await.unwrap();
        self.fresh().await;
        raised
    }

    /// Step, channel, status, attempts and reason of each reminder, in the order of their raising.
    async fn reminders(&self) -> Vec<String> {
        self.fresh().await;
        sqlx::query_scalar(
            "SELECT concat_ws(' ', step, channel, status, attempts, reason) FROM reminders
              ORDER BY raised_position, channel",
        )
        .fetch_all(self.book.pool())
        .await
        .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_goes_out_once_on_every_channel() {
    let shop = Shop::open().await;
    let (mail, receiver) = (MailServer::start(vec![]).await, Receiver::start(vec![]).await);
    let bill = shop.bill("Acme", Some("zhang.san@acme.example")).await;
    let reminding = shop.reminding(Some(&mail), Some(&receiver));
    assert_eq!(shop.look(&reminding, nine(-4, 0)).await, 0, "not yet");
    assert_eq!(shop.look(&reminding, nine(-3, -1)).await, 0, "not before nine");
    assert_eq!(shop.look(&reminding, nine(-3, 0)).await, 1);
    assert_eq!(shop.look(&reminding, nine(0, -1)).await, 0, "nor the next step");
    assert_eq!(shop.reminders().await, ["before_due email sent 1", "before_due webhook sent 1"]);
    for moment in [nine(0, 0), nine(0, 60), nine(3, 0)] {
        shop.look(&reminding, moment).await;
    }
    assert_eq!(shop.reminders().await[2..], ["due email sent 1".to_owned(), "due webhook sent 1".to_owned()]);
    let letters = mail.letters();
    assert_eq!(letters.len(), 2, "{letters:?}");
    let number = bill.as_str().replace('.', "_");
    let book = shop.book.schema().strip_prefix("book_").unwrap();
    let id = format!("reminder_{book}_{number}_due");
    assert!(letters[1].contains(&format!("Message-ID: <{id}@tally.example>")), "{}", letters[1]);
    assert!(letters[1].contains("To: zhang.san@acme.example"), "{}", letters[1]);
    let posts = receiver.posts();
    assert_eq!(posts.len(), 2);
    let post = &posts[1];
    assert_eq!(post.header("webhook-id"), id);
    let signed = SECRET.parse::<WebhookSecret>().unwrap();
    let timestamp: i64 = post.header("webhook-timestamp").parse().unwrap();
    assert_eq!(timestamp, nine(0, 0).timestamp());
    assert_eq!(post.header("webhook-signature"), signed.sign(&id, timestamp, post.body.as_bytes()).unwrap());
    let body: serde_json::Value = serde_json::from_str(&post.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["step"]), (&"bill.reminder".into(), &"due".into()));
    assert_eq!(body["data"]["open"], serde_json::json!({ "amount": "106.00", "currency": "CNY" }));
    assert!(!post.body.contains("zhang.san"), "no personal field leaves by webhook");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_one_reminder_and_no_flood() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![]).await;
    for name in ["Acme", "Brio", "Corso"] {
        shop.bill(name, None).await;
    }
    let reminding = shop.reminding(None, Some(&receiver));
    assert_eq!(shop.look(&reminding, nine(40, 0)).await, 3);
    for day in 40..60 {
        shop.look(&reminding, nine(day, 60)).await;
    }
    assert_eq!(shop.reminders().await, ["overdue_30 webhook sent 1"; 3]);
    assert_eq!(receiver.posts().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_raise_and_send_a_step_once() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![]).await;
    for number in 0..12 {
        shop.bill(&format!("Customer {number}"), None).await;
    }
    let other = shop.opened_again().await;
    let reminding = shop.reminding(None, Some(&receiver));
    let beside = Reminding { book: other, ..shop.reminding(None, Some(&receiver)) };
    shop.fresh().await;
    let (one, two) = tokio::join!(reminding.raise(nine(0, 0)), beside.raise(nine(0, 0)));
    assert_eq!(one.unwrap() + two.unwrap(), 12, "each bill by one of them");
    shop.fresh().await;
    let (one, two) = tokio::join!(reminding.deliver(&|| nine(0, 1)), beside.deliver(&|| nine(0, 1)));
    one.and(two).unwrap();
    assert_eq!(shop.reminders().await, ["due webhook sent 1"; 12]);
    assert_eq!(receiver.posts().len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_stops_reminders_and_its_end_lets_the_latest_go() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![Reply::Status(503)]).await;
    let bill = shop.bill("Acme", None).await;
    let reminding = shop.reminding(None, Some(&receiver));
    shop.look(&reminding, nine(0, 0)).await;
    assert_eq!(shop.reminders().await, ["due webhook pending 1 the receiver answered 503"]);
    shop.dispute(&bill).await;
    shop.look(&reminding, nine(0, 5)).await;
    assert_eq!(shop.reminders().await, ["due webhook withdrawn 1 disputed"], "also what was raised before");
    assert_eq!(shop.look(&reminding, nine(8, 0)).await, 0);
    assert_eq!(shop.look(&reminding, nine(16, 0)).await, 0);
    shop.lose_dispute(&bill).await;
    assert_eq!(shop.look(&reminding, nine(17, 0)).await, 1);
    assert_eq!(shop.reminders().await[1..], ["overdue_15 webhook sent 1".to_owned()]);
    assert_eq!(receiver.posts().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_owed_any_more_is_not_reminded_of() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![Reply::Drop]).await;
    let bill = shop.bill("Acme", None).await;
    let reminding = shop.reminding(None, Some(&receiver));
    shop.look(&reminding, nine(0, 0)).await;
    let void = VoidBill { bill, reason: "wrong plan".parse().unwrap(), effective_date: None };
    void_bill(&shop.book, by(), void).await.unwrap();
    shop.look(&reminding, nine(0, 5)).await;
    assert_eq!(shop.reminders().await, ["due webhook withdrawn 1 not_owed"]);
    assert_eq!(shop.look(&reminding, nine(8, 0)).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_asked_again_later_with_the_same_id() {
    let shop = Shop::open().await;
    let replies = vec![Reply::Drop, Reply::Status(500), Reply::Status(302)];
    let receiver = Receiver::start(replies).await;
    shop.bill("Acme", None).await;
    let reminding = shop.reminding(None, Some(&receiver));
    shop.look(&reminding, nine(0, 0)).await;
    shop.look(&reminding, nine(0, 4)).await;
    assert_eq!(receiver.posts().len(), 1, "not before five seconds are over");
    shop.look(&reminding, nine(0, 5)).await;
    shop.look(&reminding, nine(0, 304)).await;
    assert_eq!(receiver.posts().len(), 2);
    shop.look(&reminding, nine(0, 305)).await;
    assert_eq!(shop.reminders().await, ["due webhook pending 3 the receiver answered 302"]);
    shop.look(&reminding, nine(0, 305 + 1800)).await;
    assert_eq!(shop.reminders().await, ["due webhook sent 4"]);
    let posts = receiver.posts();
    let first = &posts[0];
    assert!(posts.iter().all(|post| post.header("webhook-id") == first.header("webhook-id")));
    assert!(posts.iter().all(|post| post.body == first.body), "every attempt says the same");
    let times: std::collections::BTreeSet<_> = posts.iter().map(|p| p.header("webhook-timestamp")).collect();
    assert_eq!(times.len(), 4, "each attempt has its own time");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_given_up_after_eight_attempts_or_at_once_when_gone() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![Reply::Status(500); 20]).await;
    shop.bill("Acme", None).await;
    let reminding = shop.reminding(None, Some(&receiver));
    for hours in 0..6 * 24 {
        shop.look(&reminding, nine(0, hours * 3600)).await;
    }
    assert_eq!(shop.reminders().await, ["due webhook failed 8 the receiver answered 500"]);
    let gone = Receiver::start(vec![Reply::Status(410)]).await;
    let reminding = shop.reminding(None, Some(&gone));
    shop.look(&reminding, nine(7, 0)).await;
    assert_eq!(
        shop.reminders().await[1..],
        ["overdue_7 webhook failed 1 the receiver answered 410".to_owned()]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_died_while_sending_is_followed_by_another_with_the_same_id() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![Reply::Never]).await;
    shop.bill("Acme", None).await;
    let reminding = shop.reminding(None, Some(&receiver));
    shop.fresh().await;
    reminding.raise(nine(0, 0)).await.unwrap();
    shop.fresh().await;
    // The receiver has it, its answer never comes, and the process ends.
    let dying = tokio::time::timeout(Duration::from_secs(2), reminding.deliver(&|| nine(0, 0))).await;
    assert!(dying.is_err(), "it was still waiting for an answer");
    assert_eq!(shop.reminders().await, ["due webhook pending 1"]);
    shop.look(&reminding, nine(0, 299)).await;
    assert_eq!(receiver.posts().len(), 1, "it might still be at it");
    shop.look(&reminding, nine(0, 300)).await;
    assert_eq!(shop.reminders().await, ["due webhook sent 2"]);
    let posts = receiver.posts();
    assert_eq!(posts[0].header("webhook-id"), posts[1].header("webhook-id"), "so the repeat is known as one");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_attempt_has_the_time_at_which_it_is_made() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![Reply::Status(500)]).await;
    for name in ["Acme", "Brio", "Corso"] {
        shop.bill(name, None).await;
    }
    let reminding = shop.reminding(None, Some(&receiver));
    shop.fresh().await;
    assert_eq!(reminding.raise(nine(0, 0)).await.unwrap(), 3);
    shop.fresh().await;
    // Whoever looks at this clock finds it a minute later.
    let minutes = AtomicI64::new(0);
    let clock = move || nine(0, 60 * minutes.fetch_add(1, Ordering::Relaxed));
    assert_eq!(reminding.deliver(&clock).await.unwrap(), 3);
    shop.fresh().await;
    let posts = receiver.posts();
    let timestamps: Vec<i64> =
        posts.iter().map(|post| post.header("webhook-timestamp").parse().unwrap()).collect();
    let mut ends: Vec<DateTime<Utc>> = sqlx::query_scalar(
        r#"SELECT substring(payload::text from '"until": ?"([^"]+)"')::timestamptz FROM events
            WHERE payload::text LIKE '%"ReminderAttempted"%'"#,
    )
    .fetch_all(shop.book.pool())
    .await
    .unwrap();
    ends.sort();
    ends.dedup();
    let mut expected = timestamps.clone();
    expected.sort();
    let turns: Vec<i64> = ends.iter().map(|end| end.timestamp() - 300).collect();
    assert_eq!(turns, expected, "each turn is five minutes from its own attempt");
    let again: DateTime<Utc> =
        sqlx::query_scalar("SELECT next_attempt_at FROM reminders WHERE status = 'pending'")
            .fetch_one(shop.book.pool())
            .await
            .unwrap();
    assert!(again.timestamp() >= timestamps[0] + 60 + 5, "a pause begins when the attempt has failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_cannot_be_read_keeps_no_other_back() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![Reply::Status(500)]).await;
    let (acme, brio) = (shop.bill("Acme", None).await, shop.bill("Brio", None).await);
    shop.bill("Corso", None).await;
    shop.corrupt(&acme).await;
    let raising = Reminding { book: shop.opened_again().await, ..shop.reminding(None, Some(&receiver)) };
    assert_eq!(raising.raise(nine(0, 0)).await.unwrap(), 2, "beside one that cannot be read");
    shop.corrupt(&brio).await;
    let reminding = Reminding { book: shop.opened_again().await, ..shop.reminding(None, Some(&receiver)) };
    assert_eq!(reminding.deliver(&|| nine(0, 0)).await.unwrap(), 2);
    let told = |mut reminders: Vec<String>| {
        reminders.sort();
        reminders
    };
    let waiting = ["due webhook pending 0", "due webhook pending 1 the receiver answered 500"];
    assert_eq!(told(shop.reminders().await), waiting);
    reminding.raise(nine(0, 5)).await.expect_err("only the one that cannot be read is left to raise");
    look(&reminding, &|| nine(0, 5)).await;
    assert_eq!(told(shop.reminders().await), ["due webhook pending 0", "due webhook sent 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_step_takes_the_place_of_one_that_could_not_be_delivered() {
    let shop = Shop::open().await;
    let receiver = Receiver::start(vec![Reply::Status(500)]).await;
    shop.bill("Acme", None).await;
    let reminding = shop.reminding(None, Some(&receiver));
    shop.look(&reminding, nine(0, 0)).await;
    // Nobody looks for eight days.
    shop.look(&reminding, nine(8, 0)).await;
    assert_eq!(
        shop.reminders().await,
        ["due webhook withdrawn 1 superseded", "overdue_7 webhook sent 1"],
        "one reminder, not two"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_fails_is_asked_again_and_one_that_refuses_is_not() {
    let shop = Shop::open().await;
    let mail = MailServer::start(vec![Reply::Drop, Reply::Status(451)]).await;
    shop.bill("Acme", Some("zhang.san@acme.example")).await;
    let reminding = shop.reminding(Some(&mail), None);
    shop.look(&reminding, nine(0, 0)).await;
    let broken = "due email pending 1 the mail server cannot be reached, or breaks off";
    assert_eq!(shop.reminders().await, [broken]);
    shop.look(&reminding, nine(0, 5)).await;
    assert_eq!(shop.reminders().await, ["due email pending 2 the mail server answered 451"]);
    shop.look(&reminding, nine(0, 305)).await;
    assert_eq!(shop.reminders().await, ["due email sent 3"]);
    let ids: std::collections::BTreeSet<_> = mail
        .letters()
        .iter()
        .map(|letter| letter.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let refusing = MailServer::start(vec![Reply::Status(550)]).await;
    let reminding = shop.reminding(Some(&refusing), None);
    shop.look(&reminding, nine(7, 0)).await;
    assert_eq!(
        shop.reminders().await[1..],
        ["overdue_7 email failed 1 the mail server refused it with 550".to_owned()]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_opened_to_send_and_that_is_written_down() {
    let shop = Shop::open().await;
    let mail = MailServer::start(vec![]).await;
    let known = shop.bill("Acme", Some("zhang.san@acme.example")).await;
    shop.bill("Brio", None).await;
    let erased = shop.bill("Corso", Some("li.si@corso.example")).await;
    let erase = EraseCustomer { customer: erased.customer(), reason: "asked to".parse().unwrap() };
    erase_customer(&shop.book, &shop.keys(), by(), erase).await.unwrap();
    shop.look(&shop.reminding(Some(&mail), None), nine(0, 0)).await;
    let mut outcomes = shop.reminders().await;
    outcomes.sort();
    assert_eq!(
        outcomes,
        [
            "due email failed 1 the customer's file has no e-mail address",
            "due email failed 1 the customer's personal data was erased",
            "due email sent 1",
        ]
    );
    let shown: Vec<(String, String, Vec<String>)> =
        sqlx::query_as("SELECT principal, customer, fields FROM personal_showings")
            .fetch_all(shop.book.pool())
            .await
            .unwrap();
    assert_eq!(shown, [("system:reminders".into(), known.customer().to_string(), vec!["email".into()])]);
    let telling: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM events WHERE payload::text LIKE '%acme.example%' OR metadata::text LIKE '%acme.example%'",
    )
    .fetch_one(shop.book.pool())
    .await
    .unwrap();
    assert_eq!(telling, 0, "no event holds the address");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_for_which_there_was_no_address_goes_out_once_there_is_one() {
    let shop = Shop::open().await;
    let mail = MailServer::start(vec![]).await;
    let (late, disputed) = (shop.bill("Acme", None).await, shop.bill("Brio", None).await);
    let reminding = shop.reminding(Some(&mail), None);
    let without = |step: &str| format!("{step} email failed 1 the customer's file has no e-mail address");
    for moment in [nine(0, 0), nine(1, 0)] {
        shop.look(&reminding, moment).await;
        assert_eq!(shop.reminders().await, [without("due"), without("due")]);
    }
    shop.look(&reminding, nine(7, 0)).await;
    shop.dispute(&disputed).await;
    for bill in [&late, &disputed] {
        shop.enter_address(&bill.customer(), "zhang.san@acme.example").await;
    }
    assert_eq!(reminding.resume(nine(8, -1)).await.unwrap(), 0, "not before nine");
    for moment in [nine(8, 0), nine(8, 60)] {
        shop.look(&reminding, moment).await;
    }
    let mut outcomes = shop.reminders().await;
    outcomes.sort();
    let sent = "overdue_7 email sent 2".to_owned();
    assert_eq!(outcomes, [without("due"), without("due"), without("overdue_7"), sent]);
    assert_eq!(mail.letters().len(), 1, "nor is one sent of a bill in dispute");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_a_letter_waits() {
    let shop = Shop::open().await;
    let mail = MailServer::start(vec![]).await;
    shop.bill("Acme", Some("zhang.san@acme.example")).await;
    let keyless =
        Reminding { keys: PersonalKeys::without_master(&shop.book), ..shop.reminding(Some(&mail), None) };
    shop.look(&keyless, nine(0, 0)).await;
    let waiting = "due email pending 1 this process has no key that opens the e-mail address";
    assert_eq!(shop.reminders().await, [waiting]);
    shop.look(&shop.reminding(Some(&mail), None), nine(0, 5)).await;
    assert_eq!(shop.reminders().await, ["due email sent 2"]);
}
