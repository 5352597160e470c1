use tallybook_domain::BookEvent;

use super::{Encoding, FoldFault, Mode, Projection, Reads, Table, Tables, declare, fold};
use crate::customers::Customers;
use crate::deposits::{DailyTotals, Deposits, WalletStatements, Wallets, Withdrawals};
use crate::ledger::GeneralLedger;
use crate::testing::withdrawals::{approved, requested, submitted, succeeded};
use crate::testing::{deposited, held, paid_out, recorded, reversed, wallet, yuan};

fn history() -> Vec<BookEvent> {
    let date = "2026-03-02";
    vec![
        deposited(&wallet(1), yuan("100.00"), date),
        deposited(&wallet(2), yuan("10.00"), date),
        reversed(&wallet(2), 1, yuan("10.00"), date),
        requested(1),
        held(&wallet(1), 1, yuan("30.00")),
        approved(1),
        submitted(1, date),
        succeeded(1, date),
        paid_out(&wallet(1), 1, yuan("30.00"), date),
        deposited(&wallet(2), yuan("1.00"), "2026-03-01"),
    ]
}

fn copied(table: &dyn Table) -> Vec<String> {
    let mut lines = Encoding::Copy(String::new());
    table.encode_added(&mut lines);
    table.encode_changed(&mut lines);
    let Encoding::Copy(text) = lines else { panic!("not COPY") };
    text.lines().map(str::to_owned).collect()
}

/// Folds in pages of a size, taking the last state of each row as a database would.
fn in_pages<P: Projection>(size: usize) -> Vec<Vec<String>> {
    let mut tables = P::Tables::whole();
    let mut kept: Vec<Vec<(String, String)>> = Vec::new();
    for page in recorded(history()).chunks(size) {
        fold::<P>(page, &mut tables).unwrap();
        for (index, table) in tables.all().into_iter().enumerate() {
            if kept.len() == index {
                kept.push(Vec::new());
            }
            let key_columns = table.shape().key_columns;
            for line in copied(table) {
                let key: Vec<&str> = line.split('\t').take(key_columns).collect();
                let key = key.join("\t");
                if key_columns > 0 {
                    kept[index].retain(|(other, _)| *other != key);
                }
                kept[index].push((key, line));
            }
            table.settle(usize::MAX);
        }
    }
    kept.into_iter()
        .map(|rows| {
            let mut lines: Vec<String> = rows.into_iter().map(|(_, line)| line).collect();
            lines.sort();
            lines
        })
        .collect()
}

fn is_the_same_in_any_pages<P: Projection>() {
    let at_once = in_pages::<P>(usize::MAX);
    for size in 1..history().len() {
        assert_eq!(in_pages::<P>(size), at_once, "{} in pages of {size}", P::NAME);
    }
}

#[test]
fn folding_event_by_event_is_folding_at_once() {
    is_the_same_in_any_pages::<Customers>();
    is_the_same_in_any_pages::<Wallets>();
    is_the_same_in_any_pages::<Deposits>();
    is_the_same_in_any_pages::<Withdrawals>();
    is_the_same_in_any_pages::<WalletStatements>();
    is_the_same_in_any_pages::<GeneralLedger>();
    is_the_same_in_any_pages::<DailyTotals>();
}

fn has_consistent_tables<P: Projection>() {
    let mut tables = P::Tables::whole();
    fold::<P>(&recorded(history()), &mut tables).unwrap();
    for table in tables.all() {
        let shape = table.shape();
        assert!(shape.key_columns < shape.columns.len());
        for line in copied(table) {
            assert_eq!(line.split('\t').count(), shape.columns.len(), "{}: {line}", shape.name);
        }
    }
    if let Reads::Aggregates(types) = P::READS {
        for aggregate_type in types {
            assert!(BookEvent::KINDS.iter().any(|(known, _)| known == aggregate_type), "{aggregate_type}");
        }
    }
}

#[test]
fn every_row_has_a_field_for_every_column_and_every_aggregate_type_exists() {
    has_consistent_tables::<Customers>();
    has_consistent_tables::<Wallets>();
    has_consistent_tables::<Deposits>();
    has_consistent_tables::<Withdrawals>();
    has_consistent_tables::<WalletStatements>();
    has_consistent_tables::<GeneralLedger>();
    has_consistent_tables::<DailyTotals>();
}

#[test]
fn declaring_asks_for_every_key_once_and_changes_nothing() {
    let mut wallets = <Wallets as Projection>::Tables::cached();
    declare::<Wallets>(&recorded(history()), &mut wallets).unwrap();
    let Some(Encoding::Columns(columns)) = wallets.wanted() else { panic!("nothing wanted") };
    let mut keys: Vec<_> = columns[0].iter().map(|key| key.clone().unwrap()).collect();
    keys.sort();
    assert_eq!(keys, ["C00001.CNY", "C00002.CNY"]);
    assert_eq!((wallets.added(), wallets.changed()), (0, 0));

    wallets.load(&[]).unwrap();
    assert_eq!(wallets.wanted(), None);
    fold::<Wallets>(&recorded(history()), &mut wallets).unwrap();
    assert_eq!((wallets.added(), wallets.changed()), (2, 0));
    wallets.settle(10);
    fold::<Wallets>(&recorded([deposited(&wallet(1), yuan("1.00"), "2026-03-02")]), &mut wallets).unwrap();
    assert_eq!((wallets.added(), wallets.changed()), (0, 1));
}

#[test]
fn a_row_that_was_not_loaded_is_a_fault() {
    let mut wallets = <Wallets as Projection>::Tables::cached();
    let error = fold::<Wallets>(&recorded(history()), &mut wallets).unwrap_err();
    assert!(matches!(error.fault, FoldFault::NotLoaded { table: "wallets", .. }), "{error}");
}

#[test]
fn settling_keeps_the_rows_used_last() {
    let mut wallets = <Wallets as Projection>::Tables::cached();
    let events = recorded((1..=5).map(|n| deposited(&wallet(n), yuan("1.00"), "2026-03-02")));
    declare::<Wallets>(&events, &mut wallets).unwrap();
    wallets.load(&[]).unwrap();
    fold::<Wallets>(&events, &mut wallets).unwrap();
    wallets.settle(2);
    assert_eq!(wallets.rows().count(), 2);
    assert!(wallets.get(&wallet(5)).is_some() && wallets.get(&wallet(4)).is_some());
    declare::<Wallets>(&events[..1], &mut wallets).unwrap();
    assert!(wallets.wanted().is_some(), "a row that was let go of is loaded again");
}

#[test]
fn copy_text_escapes_what_copy_would_read_otherwise() {
    let mut lines = Encoding::Copy(String::new());
    lines.row(|fields| {
        fields.put("a\tb\\c\nd\re");
        fields.put_null();
        fields.put_option(None::<u8>);
        fields.put(7);
    });
    lines.row(|fields| fields.put_null());
    assert_eq!(lines, Encoding::Copy("a\\tb\\\\c\\nd\\re\t\\N\t\\N\t7\n\\N\n".into()));
}

#[test]
fn columns_carry_texts_as_they_are() {
    let mut columns = Encoding::columns(2);
    columns.row(|fields| {
        fields.put("a\tb");
        fields.put_null();
    });
    assert_eq!(columns, Encoding::Columns(vec![vec![Some("a\tb".into())], vec![None]]));
}

#[test]
fn switching_reaches_every_table() {
    let mut tables = <WalletStatements as Projection>::Tables::cached();
    tables.switch_all(Mode::Declaring);
    fold::<WalletStatements>(&recorded(history()), &mut tables).unwrap();
    assert!(tables.lines.rows().is_empty());
    assert!(tables.days.wanted().is_some());
}
