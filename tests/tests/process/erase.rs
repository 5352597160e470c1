//! A person is erased: gone from everything that is kept, while figures and proofs stay as they are.

use std::process::Command;

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::program::done;
use tallybook_tests::{bodies, truths};

use crate::book::Processes;

const PHONE: &str = "13800131234";
const PERSON: &str = "王小明";

/// Everything of the database that could be carried away, also what is no longer used.
fn dump(book: &Processes) -> String {
    let mut command = Command::new("pg_dump");
    command.args(["--inserts", "--schema", &format!("book_{}", book.name())]).arg(book.database());
    done(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_in_no_dump_and_the_book_still_proves_itself() {
    let book = Processes::on_the_server();
    let mut up = book.up();
    let people = book.people(&up.address).await;
    let person = json!({ "name": "Acme", "phone": PHONE, "contact_person": PERSON });
    let acme = text(people.operator.post("/v1/customers", &person).await.created(), "id").to_owned();
    people.operator.post("/v1/deposits", &bodies::deposit(&acme, "5.00", "BK-1")).await.created();
    let before = dump(&book);
    assert!(before.contains("Acme") && !before.contains(PHONE) && !before.contains(PERSON));
    let key = before.lines().find(|line| line.contains("INTO") && line.contains("customer_keys")).unwrap();
    let key = key.split("'\\x").nth(1).unwrap().split('\'').next().unwrap().to_owned();

    let erase = ["customer", "erase", &acme, "--reason", "request 117"];
    assert!(done(book.command(&[&erase[..], &["--dry-run"]].concat())).contains("Would erase"));
    assert!(dump(&book).contains(&key));
    for _ in 0..2 {
        assert!(done(book.command(&erase)).contains("is erased"));
    }
    let after = dump(&book);
    assert!(!after.contains(PHONE) && !after.contains(PERSON) && !after.contains(&key));
    done(book.command(&["audit", "verify"]));
    done(book.command(&["projector", "rebuild", "--all", "--expect-equal"]));
    done(book.command(&["audit", "replay", &acme]));
    truths::hold(&book.witness(people.auditor)).await;
    assert_eq!(up.stop(), Some(0));
    let log = book.logged();
    assert!(!log.contains(PHONE) && !log.contains(PERSON), "the log knows nobody");
}
