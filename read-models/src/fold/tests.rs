use tallybook_domain::BookEvent;
use tallybook_domain::deposits::WalletEvent;

use super::{
    CopyRows, Encoding, FoldFault, Group, GroupedRows, Mode, Projection, Reads, Share, Table, Tables,
    declare, fold,
};
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

/// The rows to write, their fields with tabs between.
fn written(table: &dyn Table) -> Vec<String> {
    let mut columns = Encoding::columns(table.shape().columns.len());
    table.encode_added(&mut columns);
    table.encode_changed(&mut columns);
    let Encoding::Columns(columns) = columns else { panic!("not in columns") };
    let field =
        |column: &Vec<Option<String>>, row: usize| column[row].clone().unwrap_or_else(|| "\\N".into());
    (0..columns[0].len())
        .map(|row| columns.iter().map(|column| field(column, row)).collect::<Vec<_>>().join("\t"))
        .collect()
}

/// Folds in pages of a size, taking the last state of each row as a database would.
fn in_pages<P: Projection>(size: usize) -> Vec<Vec<String>> {
    let mut tables = P::Tables::whole(Share::ALL);
    let mut kept: Vec<Vec<(String, String)>> = Vec::new();
    for page in recorded(history()).chunks(size) {
        fold::<P>(page, &mut tables).unwrap();
        for (index, table) in tables.all().into_iter().enumerate() {
            if kept.len() == index {
                kept.push(Vec::new());
            }
            let key_columns = table.shape().key_columns;
            for line in written(table) {
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
    let mut tables = P::Tables::whole(Share::ALL);
    fold::<P>(&recorded(history()), &mut tables).unwrap();
    for table in tables.all() {
        let shape = table.shape();
        assert!(shape.key_columns < shape.columns.len());
        for line in written(table) {
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
    assert!(wallets.wanted().is_none());
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
fn copied_rows_have_counted_fields_with_their_lengths() {
    let mut rows = Encoding::Copy(CopyRows::default());
    rows.row(3, |fields| {
        fields.put("a\tb");
        fields.put_null();
        fields.put_count(7);
    });
    let Encoding::Copy(rows) = rows else { panic!("not COPY") };
    let bytes = rows.finish().unwrap();
    let row = b"\0\x03\0\0\0\x03a\tb\xff\xff\xff\xff\0\0\0\x08\0\0\0\0\0\0\0\x07";
    assert_eq!(bytes, [b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".as_slice(), row, b"\xff\xff"].concat());
}

#[test]
fn columns_carry_texts_as_they_are() {
    let mut columns = Encoding::columns(2);
    columns.row(2, |fields| {
        fields.put("a\tb");
        fields.put_null();
    });
    let Encoding::Columns(columns) = columns else { panic!("not in columns") };
    assert_eq!(columns, vec![vec![Some("a\tb".into())], vec![None]]);
}

#[test]
fn switching_reaches_every_table() {
    let mut tables = <WalletStatements as Projection>::Tables::cached();
    tables.switch_all(Mode::Declaring);
    fold::<WalletStatements>(&recorded(history()), &mut tables).unwrap();
    assert!(tables.lines.rows().is_empty());
    assert!(tables.months.wanted().is_some());
}

fn finishes_every_row_once<P: Projection>() {
    let events = recorded(history());
    let [half, _] = Share::ALL.halves().unwrap();
    let mut counting = P::Tables::whole(half);
    counting.count_all_changes(1 << 16);
    fold::<P>(&events, &mut counting).unwrap();
    let mut tables = P::Tables::whole(Share::ALL);
    for (table, counted) in tables.all().into_iter().zip(counting.all()) {
        if let Some(changes) = counted.changes_counted() {
            table.expect_changes(changes);
        }
    }
    let mut whole = P::Tables::whole(Share::ALL);
    let mut written_rows: Vec<Vec<String>> = whole.all().iter().map(|_| Vec::new()).collect();
    for event in &events {
        fold::<P>([event], &mut tables).unwrap();
        for (table, rows) in tables.all().into_iter().zip(&mut written_rows) {
            rows.extend(drained(table, |table, into| table.drain_finished(into, 1)));
        }
    }
    fold::<P>(&events, &mut whole).unwrap();
    for ((table, whole), mut rows) in tables.all().into_iter().zip(whole.all()).zip(written_rows) {
        let early = rows.len();
        rows.extend(drained(table, |table, into| table.drain_added(into, 1)));
        let mut expected = written(whole);
        expected.sort();
        rows.sort();
        assert_eq!(rows, expected, "{}", table.shape().name);
        assert_eq!(early > 0, !expected.is_empty(), "rows of {} are finished early", table.shape().name);
    }
}

#[test]
fn rows_leave_after_their_last_change_once_the_changes_are_counted() {
    finishes_every_row_once::<Customers>();
    finishes_every_row_once::<Wallets>();
    finishes_every_row_once::<Deposits>();
    finishes_every_row_once::<Withdrawals>();
    finishes_every_row_once::<WalletStatements>();
    finishes_every_row_once::<GeneralLedger>();
    finishes_every_row_once::<DailyTotals>();
}

/// The rows that one row at a time is drained of, their fields with tabs between.
fn drained(table: &mut dyn Table, drain: impl Fn(&mut dyn Table, &mut Encoding) -> bool) -> Vec<String> {
    let mut drained = Vec::new();
    loop {
        let mut one = Encoding::columns(table.shape().columns.len());
        let more = drain(table, &mut one);
        let Encoding::Columns(columns) = one else { panic!("not in columns") };
        let rows = columns[0].len();
        assert!(rows <= 1, "no more than asked for");
        drained.extend((0..rows).map(|row| {
            let field = |column: &Vec<Option<String>>| column[row].clone().unwrap_or_else(|| "\\N".into());
            columns.iter().map(field).collect::<Vec<_>>().join("\t")
        }));
        if !more {
            return drained;
        }
    }
}

fn drains_as_written<P: Projection>() {
    let mut tables = P::Tables::whole(Share::ALL);
    fold::<P>(&recorded(history()), &mut tables).unwrap();
    for table in tables.all() {
        let mut expected = written(table);
        let mut drained = drained(table, |table, into| table.drain_added(into, 1));
        expected.sort();
        drained.sort();
        assert_eq!(drained, expected, "{}", table.shape().name);
        assert_eq!(table.bytes(), 0, "{} has let go of its rows", table.shape().name);
    }
}

#[test]
fn rows_are_handed_out_piece_by_piece_and_let_go_of() {
    drains_as_written::<Customers>();
    drains_as_written::<Deposits>();
    drains_as_written::<Withdrawals>();
    drains_as_written::<WalletStatements>();
    drains_as_written::<GeneralLedger>();
}

#[test]
fn what_people_typed_is_counted_as_memory() {
    let typed = |remark: &str| {
        let mut event = deposited(&wallet(1), yuan("100.00"), "2026-03-02");
        let BookEvent::Wallet(WalletEvent::DepositRecorded { remark: typed, .. }) = &mut event else {
            panic!("a deposit")
        };
        *typed = Some(remark.parse().unwrap());
        event
    };
    let bytes = |events: Vec<BookEvent>| {
        let mut tables = <Deposits as Projection>::Tables::whole(Share::ALL);
        fold::<Deposits>(&recorded(events), &mut tables).unwrap();
        tables.bytes()
    };
    let (short, long) = (typed("x"), typed(&"款".repeat(400)));
    assert_eq!(bytes(vec![long.clone()]) - bytes(vec![short.clone()]), 400 * 3 - 1);
    let reversal = reversed(&wallet(1), 1, yuan("100.00"), "2026-03-02");
    let reason = "wrong customer".len();
    assert_eq!(bytes(vec![short.clone(), reversal]) - bytes(vec![short]), reason);
}

#[test]
fn a_large_group_keeps_the_order_of_its_rows() {
    let numbers: Vec<String> = (0..5000).map(|number| number.to_string()).collect();
    let rows: Vec<[&str; 2]> = numbers.iter().map(|number| ["1002", number.as_str()]).collect();
    let mut grouped = GroupedRows::by(1);
    rows.chunks(7).for_each(|some| grouped.add(&mut copied(some)).unwrap());
    let mut ordered = CopyRows::default();
    let groups: Vec<_> = grouped.take().collect();
    groups.iter().flat_map(Group::pieces).for_each(|piece| ordered.extend(piece));
    assert_eq!((groups.len(), ordered.finish().unwrap()), (1, copied(&rows).finish().unwrap()));
}

/// Rows of `COPY` with these texts, one field each.
fn copied(rows: &[[&str; 2]]) -> CopyRows {
    let mut encoding = Encoding::Copy(CopyRows::default());
    for [first, second] in rows {
        encoding.row(2, |fields| {
            fields.put(first);
            fields.put(second);
        });
    }
    let Encoding::Copy(rows) = encoding else { panic!("not COPY") };
    rows
}

#[test]
fn groups_leave_in_order_and_keep_the_order_of_their_rows() {
    let mut grouped = GroupedRows::by(1);
    grouped.add(&mut copied(&[["2241.01", "1"], ["1002", "2"], ["10020", "3"]])).unwrap();
    grouped.add(&mut copied(&[["1002", "1"], ["", "4"]])).unwrap();
    assert!(grouped.bytes() > 0);
    let mut ordered = CopyRows::default();
    for group in grouped.take() {
        group.pieces().for_each(|piece| ordered.extend(piece));
    }
    let expected = copied(&[["", "4"], ["1002", "2"], ["1002", "1"], ["10020", "3"], ["2241.01", "1"]]);
    assert_eq!(ordered.finish().unwrap(), expected.finish().unwrap());
    assert_eq!((grouped.bytes(), grouped.take().count()), (0, 0));
}
