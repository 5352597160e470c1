//! What waits for a second person, from both sides.

use super::Witness;

/// What waits for approval, by what it is; and the open approvals of that kind.
const SIDES: [(&str, &str); 9] = [
    ("withdrawal", "SELECT id FROM withdrawals WHERE state = 'requested'"),
    ("refund", "SELECT id FROM receipts WHERE refund_asked > 0"),
    ("write_off", "SELECT id FROM write_offs WHERE state = 'proposed'"),
    ("credit_note", "SELECT id FROM credit_notes WHERE state = 'proposed'"),
    ("bad_debt", "SELECT id FROM bills WHERE bad_debt::json->>'state' = 'requested'"),
    ("period_reopening", "SELECT period FROM accounting_periods WHERE state = 'reopening_requested'"),
    ("order_refund", "SELECT id FROM order_refunds WHERE state = 'requested'"),
    ("price_plan_version", "SELECT code FROM price_plans WHERE requested <> 'null'"),
    ("price_plan_change", "SELECT customer FROM subscription_requests WHERE requested <> 'null'"),
];

/// Nothing waits that nobody can approve, and nobody is asked to approve what does not wait; and whatever was approved was
/// approved by as many different people as it took, none of whom had asked for it.
pub(super) async fn agrees(witness: &Witness) {
    for (kind, waiting) in SIDES {
        let mut waiting: Vec<String> = sqlx::query_scalar(waiting).fetch_all(&witness.pool).await.unwrap();
        let open = "SELECT subject FROM approvals WHERE kind = $1 AND state = 'open'";
        let mut open: Vec<String> =
            sqlx::query_scalar(open).bind(kind).fetch_all(&witness.pool).await.unwrap();
        waiting.sort();
        open.sort();
        assert_eq!(open, waiting, "what waits for approval: {kind}");
    }
    let wrong: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM approvals AS a
           LEFT JOIN LATERAL (SELECT count(DISTINCT g->>'by') AS people,
                                     bool_or(g->>'by' IN (a.requested_by, a.key_made_by, a.key_held_by)) AS own
                                FROM jsonb_array_elements(a.given::jsonb) AS g) AS given ON true
          WHERE given.own OR (state = 'approved') <> (people = approvers)
             OR people <> jsonb_array_length(a.given::jsonb)",
    )
    .fetch_all(&witness.pool)
    .await
    .unwrap();
    assert_eq!(wrong, Vec::<String>::new(), "approved by as many others as it takes");
}
