//! Which layer wins.

use clap::{Args, Command, FromArgMatches};
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::orders::OrderTimes;
use tallybook_domain::settlement::write_off::DifferenceLimits;

use super::file::FileSettings;
use super::flags::{
    BillingFlags, BookFlags, Flags, NewBookFlags, PersonalDataFlags, ProjectFlags, ReminderFlags, SealFlags,
    ServeFlags, WriteOffFlags,
};
use super::layers::{Settings, Source};

/// Settings from a command line over a file. Tests run without the variables: they would meet each other's.
fn settings(arguments: &[&str], file: &str) -> Settings {
    let command = BookFlags::augment_args(Command::new("test"));
    let command = WriteOffFlags::augment_args(BillingFlags::augment_args(command));
    let command = SealFlags::augment_args(ServeFlags::augment_args(NewBookFlags::augment_args(command)))
        .mut_args(|argument| argument.env(None::<&str>));
    let matches = command.get_matches_from([&["test"], arguments].concat());
    let flags = Flags {
        book: BookFlags::from_arg_matches(&matches).unwrap(),
        new_book: NewBookFlags::from_arg_matches(&matches).unwrap(),
        serve: ServeFlags::from_arg_matches(&matches).unwrap(),
        billing: BillingFlags::from_arg_matches(&matches).unwrap(),
        write_off: WriteOffFlags::from_arg_matches(&matches).unwrap(),
        seals: SealFlags::from_arg_matches(&matches).unwrap(),
        project: ProjectFlags::default(),
        personal_data: PersonalDataFlags::default(),
        reminders: ReminderFlags::default(),
    };
    Settings::over(FileSettings::parse(file).unwrap(), flags, &matches)
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let settings = settings(&["--port", "9000"], "port = 7000\nbook = \"tenant\"\n");
    assert_eq!((settings.port.value, settings.port.source), (9000, Source::Flag));
    assert_eq!((settings.schema(), settings.book.source), ("book_tenant".to_owned(), Source::File));
    assert_eq!(
        (settings.time_zone.value.as_str(), settings.time_zone.source),
        ("Asia/Shanghai", Source::Default)
    );
}

#[test]
fn a_credit_limit_warns_unless_it_is_to_block() {
    let policy = |arguments: &[&str], file: &str| {
        let policy = settings(arguments, file).credit_limit;
        (policy.value, policy.source)
    };
    assert_eq!(policy(&[], ""), (CreditPolicy::Warn, Source::Default));
    assert_eq!(policy(&[], "credit_limit = \"block\""), (CreditPolicy::Block, Source::File));
    let flag = ["--credit-limit", "warn"];
    assert_eq!(policy(&flag, "credit_limit = \"block\""), (CreditPolicy::Warn, Source::Flag));
    let refusal = FileSettings::parse("credit_limit = \"refuse\"").unwrap_err().to_string();
    assert!(refusal.contains("line 1") && refusal.contains("`block`"), "{refusal}");
}

#[test]
fn limits_of_differences_are_the_usual_ones_unless_they_are_said() {
    let limits =
        |arguments: &[&str], file: &str| settings(arguments, file).difference_limits.value.to_string();
    assert_eq!(limits(&[], ""), DifferenceLimits::usual().to_string());
    let file = "difference_limits = \"bank_fee=50.00 CNY, fx=5.00 USD\"";
    assert_eq!(limits(&[], file), "bank_fee=50.00 CNY, fx=5.00 USD");
    assert_eq!(limits(&["--difference-limits", "none"], file), "none");
    let refusal = FileSettings::parse("difference_limits = \"fee=1.00 CNY\"").unwrap_err().to_string();
    assert!(refusal.contains("line 1"), "{refusal}");
}

#[test]
fn the_server_is_the_embedded_one_unless_a_url_says_otherwise() {
    let url = "postgres://localhost/x";
    assert_eq!(settings(&[], "").server(), None);
    assert_eq!(settings(&["--database-url", url], "").server(), Some(url));
    assert_eq!(settings(&["--database-url", url, "--data", "d"], "").server(), Some(url));
    let in_file = format!("database_url = \"{url}\"");
    assert_eq!(settings(&[], &in_file).server(), Some(url));
    assert_eq!(settings(&["--data", "d"], &in_file).server(), None);
}

#[test]
fn an_unknown_key_is_refused_with_the_keys_there_are() {
    let refusal = FileSettings::parse("port = 1\nprot = 2\n").unwrap_err().to_string();
    assert!(refusal.contains("prot") && refusal.contains("line 2"), "{refusal}");
    assert!(refusal.contains("`port`") && refusal.contains("`behind_proxy`"), "{refusal}");
    assert!(FileSettings::parse("port = \"x\"").unwrap_err().to_string().contains("line 1"));
}

#[test]
fn what_is_wrong_with_a_source_is_told_without_its_secrets() {
    let source = "port = 1\n[[usage_sources]]\nname = \"meters\"\nkind = \"http\"\nurl = \"https://m.example/{customer}/{month}\"\n\
                  records = { meter = \"m\", date = \"d\", quantity = \"q\" }\n";
    assert!(FileSettings::parse(source).is_ok());
    for (wrong, place) in [
        ("headers = \"Bearer s3cret\"", "headers"),
        ("headers = { Authorization = [\"Bearer s3cret\"] }", "headers"),
        ("headers = { Authorization = \"Bearer s3cret }", "line 7"),
        ("headers = { Authorization = Bearer s3cret }", "line 7"),
        ("[usage_sources.headers]\nAuthorization = \"Bearer s3cret", "line 8"),
    ] {
        let error = FileSettings::parse(&format!("{source}{wrong}\n")).unwrap_err();
        let refusal = format!("{error:#} {error:?}");
        assert!(refusal.contains(place) && !refusal.contains("s3cret"), "{refusal}");
    }
    let refusal = FileSettings::parse("usage_sources = \"s3cret\"").unwrap_err().to_string();
    assert!(refusal.contains("line 1") && !refusal.contains("s3cret"), "{refusal}");
}

#[test]
fn a_channel_names_its_secret_and_does_not_hold_it() {
    let channel = "[channels.wechat_pay]\nmerchant = \"1230000109\"\napps = [\"wx1\"]\nkeys = [{ file = \"platform.pem\" }]\n";
    let set_up = settings(&[], &format!("{channel}api_v3_key = {{ env = \"API_V3_KEY\" }}\n")).channels;
    assert_eq!((set_up.value.shown().as_str(), set_up.source), ("wechat_pay 1230000109", Source::File));
    assert_eq!(settings(&[], "").channels.value.shown(), "none");
    for wrong in
        ["api_v3_key = \"s3cret\"", "api_v3_key = [\"s3cret\"]", "api_v3_key = { text = \"s3cret\" }"]
    {
        let error = FileSettings::parse(&format!("{channel}{wrong}\n")).unwrap_err();
        let refusal = format!("{error:#} {error:?}");
        assert!(refusal.contains("line 5") && !refusal.contains("s3cret"), "{refusal}");
    }
}

#[test]
fn orders_wait_as_long_as_the_file_says() {
    let times = |file: &str| settings(&[], file).orders.value.times();
    assert_eq!(times(""), OrderTimes::default());
    let file = "[orders]\npayment_timeout_minutes = 15\nrefund_window_days = 0\n";
    let expected = OrderTimes { payment_timeout_minutes: 15, receive_after_days: 7, refund_window_days: 0 };
    assert_eq!(times(file), expected);
    for wrong in ["payment_timeout_minutes = 0", "receive_after_days = 367", "payment_timeout = 30"] {
        let refusal = FileSettings::parse(&format!("[orders]\n{wrong}\n")).unwrap_err().to_string();
        assert!(refusal.contains("line 1") || refusal.contains("line 2"), "{refusal}");
    }
}

#[test]
fn payouts_name_their_key_and_do_not_hold_it() {
    let endpoint =
        "[payouts]\nadapter = \"http\"\n[payouts.http]\nendpoint = \"https://bank.example/s3cret\"\n";
    let set_up = settings(&[], &format!("{endpoint}key = {{ env = \"PAYOUT_KEY\" }}\n")).payouts;
    let shown = set_up.value.shown();
    assert_eq!(
        (shown.as_str(), set_up.source),
        ("http (an endpoint), submitted by hand, no debtor", Source::File)
    );
    assert_eq!(settings(&[], "").payouts.value.shown(), "manual, no debtor");
    let error = FileSettings::parse(&format!("{endpoint}key = \"s3cret\"\n")).unwrap_err();
    let refusal = format!("{error:#} {error:?}");
    assert!(refusal.contains("line 5") && !refusal.contains("s3cret"), "{refusal}");
}

#[test]
fn the_key_of_seals_is_in_the_data_directory_unless_named() {
    assert_eq!(
        settings(&["--data", "d", "--book", "x"], "").seal_key(),
        std::path::Path::new("d/keys/x.key")
    );
    assert_eq!(settings(&["--seal-key", "k"], "seal_key = \"f\"").seal_key(), std::path::Path::new("k"));
}

#[test]
fn a_public_url_is_told_in_the_file_or_by_a_flag() {
    let in_file = settings(&[], "public_url = \"https://ledger.example/\"");
    assert_eq!(in_file.public_url.value.map(|url| url.to_string()), Some("https://ledger.example".into()));
    let by_flag = settings(&["--public-url", "https://b.example"], "public_url = \"https://a.example\"");
    assert_eq!(by_flag.public_url.value.map(|url| url.to_string()), Some("https://b.example".into()));
    assert_eq!(settings(&[], "").public_url.value, None);
    assert!(FileSettings::parse("public_url = \"ledger\"").is_err());
}
