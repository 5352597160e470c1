//! What others have made over read tables: it follows a table, not its name, and stays behind at a swap.

use sqlx::PgPool;

/// Views, foreign keys, triggers and the like that refer to one of the tables, as `view reporting.balances`. A table's
/// own indexes, keys and checks are none of these: every generation has them.
pub(super) async fn dependents(pool: &PgPool, tables: &[String]) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT o.type || ' ' || o.identity
           FROM pg_depend AS d
           LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
           LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
           LEFT JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
           LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid,
                LATERAL pg_identify_object(
                    CASE WHEN r.ev_class <> d.refobjid THEN 'pg_class'::regclass ELSE d.classid END,
                    CASE WHEN r.ev_class <> d.refobjid THEN r.ev_class ELSE d.objid END, 0) AS o
          WHERE d.refclassid = 'pg_class'::regclass AND d.deptype IN ('n', 'a')
            AND d.refobjid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS wanted (name))
            AND d.classid <> 'pg_attrdef'::regclass
            AND (c.oid IS NULL OR c.relkind NOT IN ('i', 't', 'S'))
            AND (k.oid IS NULL OR k.contype = 'f')
            AND (t.oid IS NULL OR NOT t.tgisinternal)
          ORDER BY 1",
    )
    .bind(tables)
    .fetch_all(pool)
    .await
}
