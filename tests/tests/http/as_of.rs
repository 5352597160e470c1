//! `as_of` and `known_at`, and `/v1/ledger/restatement`

use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::book::Differently;
use tallybook_tests::{TestBook, bodies};

/// March, as it came about: 100.00 on the 10th, known at once; then 50.00 of the 20th, recorded late; then the first is
/// taken back, dated the 25th; and 7.00 of February, recorded last of all.
struct March {
    book: TestBook,
    acme: String,
    /// The last position of each of the four steps.
    known: [u64; 4],
}

impl March {
    async fn start() -> Self {
        let book = TestBook::start().await;
        let acme = book.customer("Acme").await;
        let first = dated(&book, &acme, ("100.00", "A"), "2026-03-10").await;
        let second = dated(&book, &acme, ("50.00", "B"), "2026-03-20").await;
        let reversal = json!({ "reason": "paid twice", "effective_date": "2026-03-25" });
        let path = format!("/v1/deposits/{}/reverse", text(&first, "id"));
        let third = book.finance().post(&path, &reversal).await.ok().clone();
        let fourth = dated(&book, &acme, ("7.00", "C"), "2026-02-27").await;
        let known = [&first, &second, &third, &fourth].map(|receipt| number(receipt, "position"));
        Self { book, acme, known }
    }

    async fn data(&self, path: &str) -> Value {
        self.book.auditor().get(&format!("{path}&wait_ms=30000")).await.data().clone()
    }
}

async fn dated(book: &TestBook, customer: &str, (amount, reference): (&str, &str), date: &str) -> Value {
    let body =
        bodies::with(bodies::deposit(customer, amount, reference), "effective_date", Some(json!(date)));
    book.operator().post("/v1/deposits", &body).await.created().clone()
}

/// Opening, credits, debits, closing and the number of lines.
fn figures(statement: &Value) -> [String; 5] {
    let [opening, credits, debits, closing] = ["opening", "credits", "debits", "closing"]
        .map(|member| text(&statement[member], "amount").to_owned());
    [opening, credits, debits, closing, statement["lines"].as_array().unwrap().len().to_string()]
}

#[tokio::test(flavor = "multi_thread")]
async fn march_as_it_was_known_then_and_as_it_is_known_now() {
    let march = March::start().await;
    let (book, acme, [first, second, third, fourth]) = (&march.book, &march.acme, march.known);
    let moment = |position: u64| async move {
        let event = book.auditor().get(&format!("/v1/events/{position}")).await;
        text(event.data(), "recorded_at").to_owned()
    };
    let path = format!("/v1/customers/{acme}/wallet-statement?currency=CNY&from=2026-03-01&to=2026-03-31");
    for (position, expected) in [
        (first, ["0.00", "100.00", "0.00", "100.00", "1"]),
        (second, ["0.00", "150.00", "0.00", "150.00", "2"]),
        (third, ["0.00", "150.00", "100.00", "50.00", "3"]),
        (fourth, ["7.00", "150.00", "100.00", "57.00", "3"]),
    ] {
        let by_position = book.auditor().get(&format!("{path}&known_at={position}&wait_ms=30000")).await;
        assert_eq!(figures(by_position.data()), expected);
        assert_eq!(by_position.body["position"], position);
        assert_eq!(by_position.body["known_at"], position, "it says again what it was asked");
        assert_eq!(by_position.body["as_of"], Value::Null);
        let recorded_at = moment(position).await;
        for asked in [recorded_at.clone(), recorded_at.replace('Z', "+00:00")] {
            let by_moment = book.auditor().get(&format!("{path}&known_at={asked}")).await;
            assert_eq!(by_moment.data(), by_position.data(), "{asked}");
            assert_eq!(by_moment.body["position"], position, "a moment is answered with its position");
            assert_eq!(text(&by_moment.body, "known_at"), recorded_at);
        }
    }
    // The other axis: what is dated until then, and both together.
    for (seen_from, expected) in [
        ("as_of=2026-03-22".to_owned(), ["7.00", "150.00", "0.00", "157.00", "2"]),
        (format!("as_of=2026-03-22&known_at={third}"), ["0.00", "150.00", "0.00", "150.00", "2"]),
        (format!("as_of=2026-03-15&known_at={second}"), ["0.00", "100.00", "0.00", "100.00", "1"]),
        // Before the period begins there is only its opening balance.
        ("as_of=2026-02-28".to_owned(), ["7.00", "0.00", "0.00", "7.00", "0"]),
        ("as_of=2026-02-26".to_owned(), ["0.00", "0.00", "0.00", "0.00", "0"]),
    ] {
        let answer =
            book.auditor().get(&format!("{path}&{seen_from}&min_position={fourth}&wait_ms=30000")).await;
        assert_eq!(figures(answer.data()), expected, "{seen_from}");
        assert_eq!(text(&answer.body, "as_of"), &seen_from[6..16]);
    }
    let csv = book.auditor().get(&format!("{path}&known_at={second}")).header("Accept", "text/csv").await;
    assert_eq!((csv.status, csv.text.lines().count()), (200, 3));
    assert_eq!(csv.header("tallybook-position"), second.to_string());
    march.book.finish().await;
}

/// Asked for, approved, paid and come back, each known at its own position.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_had_and_held_what_it_did_then() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let came = number(&dated(&book, &acme, ("100.00", "A"), "2026-03-10").await, "position");
    let withdrawal = book.request(&acme, "30.00", "W1").await;
    let held = number(&book.take(&withdrawal, &["approve"]).await, "position");
    for step in ["submit", "succeed"] {
        let path = format!("/v1/withdrawals/{withdrawal}/{step}");
        book.finance().post(&path, &json!({ "effective_date": "2026-03-12" })).await.ok();
    }
    let other = book.customer_with("Other", "5.00").await;
    let fresh = book.fresh().await;
    let funds = async |path: &str, seen_from: &str| -> Vec<[String; 4]> {
        let wallets = book.auditor().get(&format!("{path}?{seen_from}&{fresh}")).await;
        let wallets = wallets.data().as_array().unwrap().clone();
        let told = wallets.iter().map(|wallet| {
            let [balance, held, available] =
                ["balance", "held", "available"].map(|member| text(&wallet[member], "amount").to_owned());
            [text(wallet, "id").to_owned(), balance, held, available]
        });
        told.collect()
    };
    let wallet = |of: &str, figures: [&str; 3]| {
        let [balance, held, available] = figures.map(str::to_owned);
        [format!("{of}.CNY"), balance, held, available]
    };
    let own = format!("/v1/customers/{acme}/wallets");
    for (seen_from, expected) in [
        (format!("known_at={came}"), ["100.00", "0.00", "100.00"]),
        (format!("known_at={held}"), ["100.00", "30.00", "70.00"]),
        ("as_of=2999-12-31".to_owned(), ["70.00", "0.00", "70.00"]),
        // The money had left by its date; that it was held was recorded only today.
        ("as_of=2026-03-12".to_owned(), ["70.00", "0.00", "70.00"]),
        ("as_of=2026-03-11".to_owned(), ["100.00", "0.00", "100.00"]),
        (format!("as_of=2999-12-31&known_at={held}"), ["100.00", "30.00", "70.00"]),
    ] {
        assert_eq!(funds(&own, &seen_from).await, [wallet(&acme, expected)], "{seen_from}");
    }
    assert_eq!(funds(&own, "as_of=2026-03-09").await, Vec::<[String; 4]>::new(), "there was nothing yet");
    let all = [wallet(&acme, ["100.00", "30.00", "70.00"])];
    assert_eq!(funds("/v1/wallets", &format!("known_at={held}")).await, all);
    let all = [wallet(&acme, ["70.00", "0.00", "70.00"]), wallet(&other, ["5.00", "0.00", "5.00"])];
    assert_eq!(funds("/v1/wallets", "as_of=2999-12-31").await, all);

    // Who was not registered by then has neither wallets nor a statement.
    for path in ["wallets?", "wallet-statement?currency=CNY&"] {
        let path = format!("/v1/customers/{other}/{path}known_at={held}");
        book.auditor().get(&path).await.problem(404, "customer-not-found");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_as_it_was_known() {
    let march = March::start().await;
    let (book, [first, second, third, fourth]) = (&march.book, march.known);
    for (seen_from, bank) in [
        (format!("known_at={first}"), ["0.00", "100.00", "0.00", "100.00"]),
        (format!("known_at={second}"), ["0.00", "150.00", "0.00", "150.00"]),
        (format!("known_at={third}"), ["0.00", "150.00", "100.00", "50.00"]),
        (format!("known_at={fourth}&as_of=2026-03-20"), ["7.00", "150.00", "0.00", "157.00"]),
    ] {
        let trial = march.data(&format!("/v1/ledger/trial-balance?from=2026-03-01&{seen_from}")).await;
        let line = &trial["currencies"][0]["accounts"][0];
        let found = ["opening", "debit", "credit", "closing"].map(|member| text(&line[member], "amount"));
        assert_eq!(found, bank, "{seen_from}");
        let path = format!("/v1/ledger/accounts/1002/lines?currency=CNY&from=2026-03-01&{seen_from}");
        let lines = march.data(&path).await;
        let found = ["opening", "debit", "credit", "closing"].map(|member| text(&lines[member], "amount"));
        assert_eq!(found, bank, "{seen_from}");
        let listed = lines["lines"].as_array().unwrap();
        assert_eq!(listed.last().unwrap()["balance"], lines["closing"], "{seen_from}");
        let chart = march.data(&format!("/v1/ledger/accounts?{seen_from}")).await;
        assert_eq!(text(&chart[1]["balances"][0]["balance"], "amount"), bank[3], "{seen_from}");
    }
    let nothing = march.data("/v1/ledger/trial-balance?known_at=0").await;
    assert_eq!(nothing["currencies"], json!([]));
    let nothing = book.auditor().get("/v1/ledger/accounts?known_at=0").await;
    assert_eq!((&nothing.data()[1]["balances"], &nothing.body["position"]), (&json!([]), &json!(0)));
    march.book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restated_month_is_explained_event_by_event() {
    let march = March::start().await;
    let (book, acme, [first, _, third, fourth]) = (&march.book, &march.acme, march.known);
    let path = format!("/v1/ledger/restatement?period=2026-03&known_at_1={first}");
    let answer = book.auditor().get(&format!("{path}&wait_ms=30000")).await;
    let restated = answer.data();
    assert_eq!((number(restated, "position_1"), number(restated, "position_2")), (first, fourth));
    assert_eq!((&restated["from"], &restated["to"]), (&json!("2026-03-01"), &json!("2026-03-31")));
    let bank = &restated["accounts"][0];
    let told = |figures: &Value| {
        ["opening", "debit", "credit", "closing"].map(|member| text(&figures[member], "amount").to_owned())
    };
    assert_eq!(text(bank, "code"), "1002");
    assert_eq!(told(&bank["first"]), ["0.00", "100.00", "0.00", "100.00"]);
    assert_eq!(told(&bank["second"]), ["7.00", "150.00", "100.00", "57.00"]);
    assert_eq!(told(&bank["difference"]), ["7.00", "50.00", "100.00", "-43.00"]);
    let events = restated["events"].as_array().unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let [what, by, changes, date] =
                ["event_type", "actor", "changes", "effective_date"].map(|member| text(event, member));
            (what, by, event["reason"].as_str(), changes, date)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("DepositRecorded", "user:operator", None, "period", "2026-03-20"),
            ("DepositReversed", "user:finance", Some("paid twice"), "period", "2026-03-25"),
            ("DepositRecorded", "user:operator", None, "opening", "2026-02-27"),
        ]
    );
    assert_eq!(number(restated, "event_count"), 3);
    assert_eq!(text(&events[0], "aggregate_id"), format!("{acme}.CNY"));
    assert_eq!(
        events[1]["postings"],
        json!([
            { "account": "2241.01", "side": "debit", "amount": bodies::yuan("100.00") },
            { "account": "1002", "side": "credit", "amount": bodies::yuan("100.00") },
        ])
    );

    // Page by page, up to an earlier position, and as a table.
    let page = book.auditor().get(&format!("{path}&limit=1")).await;
    let cursor = text(&page.body, "next_cursor");
    let next = book.auditor().get(&format!("{path}&limit=5&cursor={cursor}")).await;
    assert_eq!((&next.data()["accounts"], number(next.data(), "event_count")), (&restated["accounts"], 3));
    assert_eq!(next.data()["events"].as_array().unwrap(), &events[1..]);
    let up_to_third = march.data(&format!("{path}&known_at_2={third}")).await;
    assert_eq!(up_to_third["events"].as_array().unwrap(), &events[..2]);
    let csv = book.auditor().get(&path).header("Accept", "text/csv").await;
    assert_eq!((csv.status, csv.text.lines().count()), (200, 7));
    assert!(csv.text.contains(",DepositReversed,wallet,"), "{}", csv.text);
    let same = march.data(&format!("{path}&known_at_2={first}")).await;
    assert_eq!((&same["accounts"], &same["events"]), (&json!([]), &json!([])));
    // What changed March changed nothing of January.
    let path = path.replace("2026-03", "2026-01");
    assert_eq!(march.data(&path).await["accounts"], json!([]));
    march.book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_book_cannot_have_known_is_refused() {
    let march = March::start().await;
    let (reader, head) = (march.book.auditor(), march.known[3]);
    let paths = [
        "/v1/wallets?".to_owned(),
        format!("/v1/customers/{}/wallets?", march.acme),
        format!("/v1/customers/{}/wallet-statement?currency=CNY&", march.acme),
        "/v1/ledger/accounts?".to_owned(),
        "/v1/ledger/trial-balance?".to_owned(),
        "/v1/ledger/accounts/1002/lines?currency=CNY&".to_owned(),
    ];
    for path in paths {
        let ahead = reader.get(&format!("{path}known_at={}", head + 1)).await;
        ahead.invalid(&[("?known_at", "out_of_range")]);
        assert!(text(&ahead.body, "detail").contains(&format!("the last position of the book is {head}")));
        let future = reader.get(&format!("{path}known_at=2999-01-01T00:00:00Z")).await;
        future.invalid(&[("?known_at", "out_of_range")]);
        assert!(text(&future.body, "detail").contains("lies in the future"), "{}", future.text);
        for known_at in ["yesterday", "-1", "2026-03-31", "99999999999999999999", "2026-03-31T25:00:00Z"] {
            let malformed = reader.get(&format!("{path}known_at={known_at}&as_of=2026-03")).await;
            malformed.invalid(&[("?known_at", "malformed"), ("?as_of", "malformed")]);
        }
    }
    let path = "/v1/ledger/restatement";
    reader.get(path).await.invalid(&[("?period", "missing"), ("?known_at_1", "missing")]);
    let malformed = reader.get(&format!("{path}?period=2026-13&known_at_1=then&known_at_2=now")).await;
    malformed.invalid(&[
        ("?period", "malformed"),
        ("?known_at_1", "malformed"),
        ("?known_at_2", "malformed"),
    ]);
    for (first, second, wrong) in
        [(head + 1, head, "?known_at_1"), (head, head + 1, "?known_at_2"), (head, head - 1, "?known_at_2")]
    {
        let path = format!("{path}?period=2026-03&known_at_1={first}&known_at_2={second}");
        reader.get(&path).await.invalid(&[(wrong, "out_of_range")]);
    }
    march.book.finish().await;
}

/// A view ends at its position, and up to there everything can be asked about in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_looked_back_from_as_the_book_is() {
    let march = March::start().await;
    let (book, acme, [first, second, third, fourth]) = (&march.book, &march.acme, march.known);
    book.make_view("then", second).await;
    let of_acme = format!("/v1/customers/{acme}");
    let paths = [
        "/v1/wallets?".to_owned(),
        format!("{of_acme}/wallets?"),
        format!("{of_acme}/wallet-statement?currency=CNY&"),
        "/v1/ledger/accounts?".to_owned(),
        "/v1/ledger/trial-balance?".to_owned(),
        "/v1/ledger/accounts/1002/lines?currency=CNY&".to_owned(),
    ];
    let reader = book.auditor();
    for path in paths {
        for seen_from in [
            format!("known_at={first}"),
            format!("known_at={first}&as_of=2026-03-09"),
            format!("known_at={second}"),
        ] {
            let live = reader.get(&format!("{path}{seen_from}&wait_ms=30000")).await;
            let viewed = reader.get(&format!("{path}{seen_from}&view=then")).await;
            assert_eq!(viewed.data(), live.data(), "{path}{seen_from}");
            assert_eq!(viewed.body, live.body);
        }
        let by_date = reader.get(&format!("{path}as_of=2026-03-15&view=then")).await;
        let known = reader.get(&format!("{path}as_of=2026-03-15&known_at={second}")).await;
        assert_eq!(by_date.data(), known.data(), "{path}");
        let ahead = reader.get(&format!("{path}known_at={third}&view=then")).await;
        ahead.invalid(&[("?known_at", "out_of_range")]);
        let ends = format!("the view then ends at position {second}");
        assert!(text(&ahead.body, "detail").contains(&ends), "{}", ahead.text);
        let missing = reader.get(&format!("{path}known_at={first}&view=never_made")).await;
        missing.problem(404, "view-not-found");
        let waiting = reader.get(&format!("{path}known_at={first}&view=then&min_position={first}")).await;
        waiting.invalid(&[("?min_position", "not_with_view")]);
    }
    let path = format!("/v1/ledger/restatement?period=2026-03&known_at_1={first}");
    let viewed = reader.get(&format!("{path}&view=then")).await;
    assert_eq!(*viewed.data(), march.data(&format!("{path}&known_at_2={second}")).await);
    let ahead = reader.get(&format!("{path}&known_at_2={fourth}&view=then")).await;
    ahead.invalid(&[("?known_at_2", "out_of_range")]);
    march.book.finish().await;
}

/// Without a projector nothing is ever folded, so what was known cannot be told yet: never an older answer instead.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_but_not_folded_yet_is_waited_for() {
    let book =
        TestBook::start_differently(Differently { no_projector: true, ..Differently::default() }).await;
    let acme = book.customer_with("Acme", "10.00").await;
    for path in ["/v1/wallets?known_at=2", "/v1/ledger/trial-balance?known_at=1"] {
        let behind = book.auditor().get(&format!("{path}&min_position=0&wait_ms=0")).await;
        behind.problem(503, "projection-behind");
    }
    let path = format!("/v1/customers/{acme}/wallets?known_at=2&min_position=0&wait_ms=0");
    book.auditor().get(&path).await.problem(503, "projection-behind");
    book.stop().await;
}
