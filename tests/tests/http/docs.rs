//! What is written for people is true.

use std::collections::BTreeSet;

use tallybook_api::problem::ProblemKind;
use tallybook_tests::TestBook;

fn document(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn every_problem_is_documented_and_no_other() {
    let documented: BTreeSet<String> = document("docs/problems.md")
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`').map(str::to_owned))
        .collect();
    let known: BTreeSet<String> = ProblemKind::ALL.iter().map(|kind| kind.slug().to_owned()).collect();
    assert_eq!(documented, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_problem_leads_to_what_it_means() {
    let book = TestBook::start().await;
    for kind in ProblemKind::ALL {
        let page = book.anyone().get(&format!("/problems/{}", kind.slug())).await;
        page.expect(200);
        assert!(page.header("content-type").starts_with("text/markdown"));
        assert!(
            page.text.contains(kind.slug()) && page.text.contains(&kind.status().as_u16().to_string()),
            "{kind:?}"
        );
    }
    book.finish().await;
}

/// The port and the host are the operator's to choose.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_names_no_address_of_its_own() {
    let book = TestBook::start().await;
    let page = book.anyone().get("/").await;
    page.expect(200);
    assert!(page.text.contains("$URL/v1/auth/login"), "{}", page.text);
    assert!(!page.text.contains("localhost"), "{}", page.text);
    book.finish().await;
}
