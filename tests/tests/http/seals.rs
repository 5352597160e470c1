//! `/v1/seals`

use serde_json::json;
use tallybook_event_store::seal::Checkpoint;
use tallybook_tests::TestBook;
use tallybook_tests::answer::text;
use tallybook_tests::book::sealing_key;

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_is_downloaded_to_the_byte_and_speaks_for_the_journal() {
    let book = TestBook::start().await;
    let reader = book.auditor();
    assert_eq!(reader.get("/v1/seals").await.data(), &json!([]));
    let acme = book.customer("Acme").await;
    let sealed = book.seal().await;
    book.deposit(&acme, "1.00", "R1").await;

    let answer = reader.get(&format!("/v1/seals/{}", sealed.size)).await;
    answer.ok();
    assert_eq!(
        (answer.text.as_str(), answer.header("content-type")),
        (&*sealed.note, "text/plain; charset=utf-8")
    );
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"seal-1.txt\"");
    let key = sealing_key();
    let (checkpoint, _) = Checkpoint::open(&answer.text, [key.public()]).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (1, sealed.root));

    let listed = reader.get("/v1/seals").await;
    let [seal] = listed.data().as_array().unwrap().as_slice() else { panic!("{}", listed.text) };
    assert_eq!((&seal["size"], text(seal, "root")), (&json!(1), &*hex::encode(sealed.root)));
    assert_eq!(text(seal, "key"), key.public().to_string());
    assert_eq!(listed.body["position"], 2, "the head, not the seal");
    assert!(!listed.text.contains("PRIVATE"));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seals_are_listed_by_page() {
    let book = TestBook::start().await;
    for number in 0..5 {
        book.customer(&format!("Customer {number}")).await;
        book.seal().await;
    }
    let reader = book.auditor();
    let sizes: Vec<_> = reader.all("/v1/seals").await.iter().map(|seal| seal["size"].clone()).collect();
    assert_eq!(sizes, [1, 2, 3, 4, 5]);
    for (cursor, size, next) in
        [("", 1, json!("2")), ("&cursor=2", 3, json!("4")), ("&cursor=4", 5, json!(null))]
    {
        let page = reader.get(&format!("/v1/seals?limit=2{cursor}")).await;
        assert_eq!((&page.data()[0]["size"], &page.body["next_cursor"]), (&json!(size), &next));
    }
    for cursor in ["-1", "9223372036854775808", "x"] {
        reader.get(&format!("/v1/seals?cursor={cursor}")).await.invalid(&[("?cursor", "malformed")]);
    }
    let table = reader.get("/v1/seals").header("Accept", "text/csv").await;
    assert_eq!((table.status, table.text.lines().count()), (200, 6));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_seal_of_another_size() {
    let book = TestBook::start().await;
    book.customer("Acme").await;
    book.customer("Other").await;
    book.seal().await;
    for size in ["0", "1", "3", "9223372036854775807", "9223372036854775808", "-1", "latest"] {
        book.auditor().get(&format!("/v1/seals/{size}")).await.problem(404, "seal-not-found");
    }
    book.auditor().get("/v1/seals/2?nonsense=1").await.invalid(&[("?nonsense", "unknown")]);
    book.finish().await;
}
