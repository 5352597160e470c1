//! Users: made, changed and listed, by the API and by the command line alike.
//!
//! Must never leave a book without an administrator who can sign in.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use utoipa::ToSchema;

use super::check::stored_role;
use super::names::AccessName;
use super::password::{Passwords, check_password};
use super::token::random_secret;
use super::{AccessError, Role, sessions};

/// A user, without what only the book may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    pub name: String,
    pub role: Role,
    pub disabled: bool,
    pub created_at: DateTime<Utc>,
    /// The actor who made the user.
    pub created_by: String,
    pub password_changed_at: DateTime<Utc>,
}

/// A user to be made.
#[derive(Clone)]
pub struct NewUser {
    pub name: String,
    pub role: Role,
    pub password: String,
    /// The actor, such as `user:admin` or `cli:root`.
    pub created_by: String,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// What to change of a user; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserChange {
    pub role: Option<Role>,
    pub disabled: Option<bool>,
}

/// Makes the user `admin` if the book has no user at all. Answers with the password if one had to be made up.
pub async fn ensure_admin(
    pool: &PgPool,
    password: Option<String>,
    now: DateTime<Utc>,
) -> Result<Option<String>, AccessError> {
    let none_yet = sqlx::query_scalar!(r#"SELECT NOT EXISTS (SELECT FROM users) AS "none_yet!""#);
    if !none_yet.fetch_one(pool).await? {
        return Ok(None);
    }
    let made_up = match password {
        Some(_) => None,
        None => {
            Some(random_secret()?.chars().filter(char::is_ascii_alphanumeric).take(20).collect::<String>())
        }
    };
    let Some(password) = password.or_else(|| made_up.clone()) else { return Ok(None) };
    let admin = NewUser { name: "admin".into(), role: Role::Admin, password, created_by: "cli:setup".into() };
    match create_user(pool, admin, now).await {
        Ok(_) => Ok(made_up),
        // Another process was first, and printed its password.
        Err(AccessError::UserExists { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a user.
pub async fn create_user(pool: &PgPool, new: NewUser, now: DateTime<Utc>) -> Result<User, AccessError> {
    let name = usable(&new.name, &new.password)?;
    let hash = Passwords::default().hash(new.password).await?;
    let made = sqlx::query!(
        "INSERT INTO users (name, role, password_hash, created_at, created_by, password_changed_at)
         VALUES ($1, $2, $3, $4, $5, $4) ON CONFLICT ON CONSTRAINT users_pkey DO NOTHING",
        name.as_str(),
        new.role.as_str(),
        hash,
        now,
        new.created_by
    )
    .execute(pool)
    .await?;
    if made.rows_affected() == 0 {
        return Err(AccessError::UserExists { name: name.to_string() });
    }
    find_user(pool, name.as_str()).await
}

/// What [`create_user`] would refuse, without making anyone. Answers with the name the user would have.
pub async fn check_new_user(pool: &PgPool, new: &NewUser) -> Result<String, AccessError> {
    let name = usable(&new.name, &new.password)?.to_string();
    match find_user(pool, &name).await {
        Ok(_) => Err(AccessError::UserExists { name }),
        Err(AccessError::UserNotFound { name }) => Ok(name),
        Err(error) => Err(error),
    }
}

/// Gives a user a new password and ends all sessions of the old one.
pub async fn set_password(
    pool: &PgPool,
    name: &str,
    password: &str,
    now: DateTime<Utc>,
) -> Result<(), AccessError> {
    let name = usable(name, password)?;
    let hash = Passwords::default().hash(password.to_owned()).await?;
    let mut transaction = pool.begin().await?;
    store_password(&mut transaction, name.as_str(), &hash, now).await?;
    sessions::end_of_user(&mut transaction, name.as_str(), None, now).await?;
    transaction.commit().await?;
    Ok(())
}

/// What [`set_password`] would refuse, without setting it.
pub async fn check_new_password(pool: &PgPool, name: &str, password: &str) -> Result<User, AccessError> {
    find_user(pool, usable(name, password)?.as_str()).await
}

fn usable(name: &str, password: &str) -> Result<AccessName, AccessError> {
    let name = name.parse()?;
    check_password(password)?;
    Ok(name)
}

pub(super) async fn store_password(
    connection: &mut PgConnection,
    name: &str,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), AccessError> {
    let changed = sqlx::query!(
        "UPDATE users SET password_hash = $2, password_changed_at = $3 WHERE name = $1",
        name,
        hash,
        now
    )
    .execute(connection)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(AccessError::UserNotFound { name: name.to_owned() });
    }
    Ok(())
}

/// Changes a user's role, or whether he may sign in. Disabling ends all his sessions.
pub async fn change_user(
    pool: &PgPool,
    name: &str,
    change: UserChange,
    now: DateTime<Utc>,
) -> Result<User, AccessError> {
    let mut transaction = pool.begin().await?;
    // Locked in one order, so that two administrators cannot disable each other at the same moment.
    let admins = sqlx::query_scalar!(
        "SELECT name FROM users WHERE role = 'admin' AND NOT disabled ORDER BY name FOR UPDATE"
    )
    .fetch_all(&mut *transaction)
    .await?;
    let stays_admin = change.role.is_none_or(|role| role == Role::Admin) && change.disabled != Some(true);
    if admins == [name] && !stays_admin {
        return Err(AccessError::LastAdmin { name: name.to_owned() });
    }
    let changed = sqlx::query!(
        "UPDATE users SET role = coalesce($2, role), disabled = coalesce($3, disabled) WHERE name = $1",
        name,
        change.role.map(Role::as_str),
        change.disabled
    )
    .execute(&mut *transaction)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(AccessError::UserNotFound { name: name.to_owned() });
    }
    if change.disabled == Some(true) {
        sessions::end_of_user(&mut transaction, name, None, now).await?;
    }
    transaction.commit().await?;
    find_user(pool, name).await
}

/// One user.
pub async fn find_user(pool: &PgPool, name: &str) -> Result<User, AccessError> {
    let row = sqlx::query!(
        "SELECT name, role, disabled, created_at, created_by, password_changed_at FROM users WHERE name = $1",
        name
    )
    .fetch_optional(pool)
    .await?
    .ok_or_else(|| AccessError::UserNotFound { name: name.to_owned() })?;
    Ok(User {
        name: row.name,
        role: stored_role(&row.role)?,
        disabled: row.disabled,
        created_at: row.created_at,
        created_by: row.created_by,
        password_changed_at: row.password_changed_at,
    })
}

/// All users, by name.
pub async fn list_users(pool: &PgPool) -> Result<Vec<User>, AccessError> {
    users_after(pool, "", i64::MAX).await
}

/// Users in the order of their names, from the one after `name`.
pub(super) async fn users_after(pool: &PgPool, name: &str, limit: i64) -> Result<Vec<User>, AccessError> {
    let rows = sqlx::query!(
        r#"SELECT name, role, disabled, created_at, created_by, password_changed_at FROM users
            WHERE name COLLATE "C" > $1 ORDER BY name COLLATE "C" LIMIT $2"#,
        name,
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(User {
                role: stored_role(&row.role)?,
                name: row.name,
                disabled: row.disabled,
                created_at: row.created_at,
                created_by: row.created_by,
                password_changed_at: row.password_changed_at,
            })
        })
        .collect()
}
