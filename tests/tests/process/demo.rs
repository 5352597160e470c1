//! `tallybook up --demo`

use tallybook_tests::truths;

use crate::book::Processes;

/// What newcomers see first is a book like any other: every truth holds in it.
#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_adds_up() {
    let book = Processes::on_the_server();
    let mut up = book.demonstration();
    let admin = book.administrator(&up.address).await;
    let customers = admin.all("/v1/customers").await;
    assert_eq!(customers.len(), 12);
    for customer in customers {
        for field in ["code", "account_manager", "settlement_mode", "phone", "bank_account"] {
            assert!(customer[field].is_string(), "{field}: {customer}");
        }
        assert_eq!(customer["personal_fields"], "masked");
    }
    truths::hold(&book.witness(admin)).await;
    assert_eq!(tokio::task::block_in_place(|| up.stop()), Some(0));
}
