//! Exit codes and messages of what needs no database.

mod running;

use running::{stderr, stdout, tallybook};

#[test]
fn every_subcommand_explains_itself() {
    for subcommand in [
        "up",
        "api",
        "projector",
        "migrate",
        "user",
        "import",
        "export",
        "audit",
        "check-config",
        "openapi",
        "bench",
    ] {
        let help = tallybook(&[subcommand, "--help"]).output().unwrap();
        assert_eq!(help.status.code(), Some(0), "{subcommand}");
        assert!(stdout(&help).contains("Usage: tallybook"), "{subcommand}");
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [&["nonsense"][..], &["up", "--port", "x"], &["import", "deposits", "no-such-file.csv"]]
    {
        let refused = tallybook(arguments).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {}", stderr(&refused));
    }
}

#[test]
fn a_server_that_is_not_there_ends_with_3_and_a_next_step() {
    let url = "postgres://nobody:s3cret@127.0.0.1:1/nothing";
    let refused = tallybook(&["migrate", "--database-url", url]).output().unwrap();
    assert_eq!(refused.status.code(), Some(3));
    let said = stderr(&refused);
    assert!(said.contains("127.0.0.1:1") && said.contains("unset DATABASE_URL"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn check_config_shows_where_each_setting_comes_from_and_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tallybook.toml");
    std::fs::write(
        &file,
        "port = 7000\nhost = \"0.0.0.0\"\nadmin_password = \"hunter22\"\nrefusals_kept_days = 0\nbill_run_at = \"02:30\"\n",
    )
    .unwrap();
    let checked = tallybook(&["check-config", "--json", "--host", "127.0.0.2", "--config"])
        .arg(&file)
        .env("TALLYBOOK_BOOK", "tenant")
        .env("DATABASE_URL", "postgres://u:s3cret@h/d")
        .output()
        .unwrap();
    assert_eq!(checked.status.code(), Some(0), "{}", stderr(&checked));
    let text = stdout(&checked);
    assert!(!text.contains("hunter22") && !text.contains("s3cret"), "{text}");
    let settings: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (name, value, source) in [
        ("host", "127.0.0.2", "flag"),
        ("book", "tenant", "environment"),
        ("port", "7000", "file"),
        ("refusals_kept_days", "for ever", "file"),
        ("bill_run_at", "02:30", "file"),
        ("metrics", "true", "default"),
    ] {
        assert_eq!(settings[name]["value"], value, "{name}");
        assert_eq!(settings[name]["source"], source, "{name}");
    }
}

#[test]
fn a_misspelt_setting_is_refused_with_the_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tallybook.toml");
    std::fs::write(&file, "port = 1\nprot = 2\n").unwrap();
    let refused = tallybook(&["check-config", "--config"]).arg(&file).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("prot") && stderr(&refused).contains("line 2"), "{}", stderr(&refused));
}

#[test]
fn a_directory_without_a_book_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    for arguments in [&["user", "list"][..], &["projector", "status"], &["migrate", "--dry-run"]] {
        let refused = tallybook(arguments).arg("--data").arg(&data).output().unwrap();
        assert_eq!(refused.status.code(), Some(3), "{arguments:?}");
        assert!(stderr(&refused).contains("tallybook up"), "{}", stderr(&refused));
    }
    assert!(!data.exists());
}
