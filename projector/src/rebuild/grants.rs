//! Who may read the tables: the rights of other roles stay with a table's name, whichever generation has it.

use sqlx::{Executor, PgConnection};

/// Gives others the rights on `to` that they have on `from`, and no more.
pub(super) async fn carry_over(
    connection: &mut PgConnection,
    from: &str,
    to: &str,
) -> Result<(), sqlx::Error> {
    let revokes: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', $1, grantee) FROM (
             SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END
               FROM pg_class, aclexplode(relacl) AS g WHERE oid = $1::regclass AND g.grantee <> relowner) AS o (grantee)",
    )
    .bind(to)
    .fetch_all(&mut *connection)
    .await?;
    let grants: Vec<String> = sqlx::query_scalar(
        "SELECT format('GRANT %s%s ON %s TO %s%s', privilege, columns, $2,
                       CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
                       CASE WHEN grantable THEN ' WITH GRANT OPTION' END)
           FROM (SELECT g.privilege_type, NULL, g.grantee, g.is_grantable, relowner
                   FROM pg_class, aclexplode(relacl) AS g WHERE oid = $1::regclass
                 UNION ALL
                 SELECT g.privilege_type, format(' (%I)', attname), g.grantee, g.is_grantable, relowner
                   FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl) AS g
                  WHERE pg_class.oid = $1::regclass AND NOT attisdropped)
                AS held (privilege, columns, grantee, grantable, owner)
          WHERE grantee <> owner",
    )
    .bind(from)
    .bind(to)
    .fetch_all(&mut *connection)
    .await?;
    for statement in revokes.into_iter().chain(grants) {
        connection.execute(statement.as_str()).await?;
    }
    Ok(())
}
