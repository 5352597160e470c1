//! Whose are these names and codes? As the whole journal has it, not only the read table.
//!
//! The table is read first, then the events it does not reflect yet, at one moment: what was registered just now is
//! found too, wherever the projector is.

use std::collections::{HashMap, HashSet};

use sqlx::PgPool;
use tallybook_domain::customers::{Change, CustomerCode, CustomerEvent, CustomerName};
use tallybook_domain::{BookEvent, CustomerId};

use super::Customers;
use crate::query::{ReadError, Snapshot};

/// Customers read at once where all have to be looked at.
const PAGE: i64 = 20_000;

/// Names and codes somebody has.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    pub names: Vec<CustomerName>,
    pub codes: Vec<CustomerCode>,
}

/// Who has them. A name or code is the same whatever its width, case and spacing.
#[derive(Debug, Default)]
pub struct Owners {
    names: HashMap<String, CustomerId>,
    codes: HashMap<String, CustomerId>,
    codes_of: HashMap<CustomerId, CustomerCode>,
}

/// A customer by what may exist once.
#[derive(Debug, Clone)]
struct Called {
    name: CustomerName,
    code: Option<CustomerCode>,
}

type ById = HashMap<CustomerId, Called>;

impl Owners {
    pub async fn find(pool: &PgPool, sought: &Sought) -> Result<Self, ReadError> {
        if sought.names.is_empty() && sought.codes.is_empty() {
            return Ok(Self::default());
        }
        let mut snapshot = Snapshot::take::<Customers>(pool).await?;
        let position = snapshot.position_of::<Customers>().await?;
        let later = later_events(&mut snapshot, position).await?;
        let mut found = spelled_so(&mut snapshot, sought, &later).await?;
        if !has_all(&found, sought) {
            found.extend(spelled_otherwise(&mut snapshot, sought).await?);
        }
        for event in &later {
            take_in(&mut found, event);
        }
        Ok(Self::of(found))
    }

    pub fn of_name(&self, name: &CustomerName) -> Option<&CustomerId> {
        self.names.get(&name.claim_key())
    }

    pub fn of_code(&self, code: &CustomerCode) -> Option<&CustomerId> {
        self.codes.get(&code.claim_key())
    }

    pub fn code_of(&self, customer: &CustomerId) -> Option<&CustomerCode> {
        self.codes_of.get(customer)
    }

    fn of(found: ById) -> Self {
        let mut owners = Self::default();
        for (customer, Called { name, code }) in found {
            owners.names.insert(name.claim_key(), customer.clone());
            if let Some(code) = code {
                owners.codes.insert(code.claim_key(), customer.clone());
                owners.codes_of.insert(customer, code);
            }
        }
        owners
    }
}

/// What changed names and codes after a position.
async fn later_events(snapshot: &mut Snapshot, position: u64) -> Result<Vec<CustomerEvent>, ReadError> {
    let rows = sqlx::query!(
        r#"SELECT event_type, event_version, payload::text AS "payload!" FROM events
            WHERE position > $1 AND aggregate_type = 'customer'
              AND event_type IN ('CustomerRegistered', 'CustomerRenamed', 'CustomerProfileChanged')
            ORDER BY position"#,
        i64::try_from(position).map_err(|error| ReadError::Corrupt(error.to_string()))?
    )
    .fetch_all(snapshot.connection())
    .await?;
    let upcasters = tallybook_domain::upcasters();
    let decoded = rows.into_iter().map(|row| {
        BookEvent::decode("customer", &row.event_type, &row.event_version, &row.payload, &upcasters)
            .map_err(|error| ReadError::Corrupt(error.to_string()))
    });
    decoded
        .filter_map(|event| match event {
            Ok(BookEvent::Customer(event)) => Some(Ok(event)),
            Ok(
                BookEvent::Wallet(_)
                | BookEvent::Withdrawal(_)
                | BookEvent::Period(_)
                | BookEvent::ChannelNotification(_)
                | BookEvent::Payouts(_)
                | BookEvent::Settlement(_)
                | BookEvent::Risk(_)
                | BookEvent::Orders(_)
                | BookEvent::Approvals(_)
                | BookEvent::Billing(_),
            ) => None,
            Err(error) => Some(Err(error)),
        })
        .collect()
}

/// Customers whose name or code is spelled as it is sought, and those that changed later.
async fn spelled_so(
    snapshot: &mut Snapshot,
    sought: &Sought,
    later: &[CustomerEvent],
) -> Result<ById, ReadError> {
    let names: Vec<String> = sought.names.iter().map(ToString::to_string).collect();
    let codes: Vec<String> = sought.codes.iter().map(ToString::to_string).collect();
    let changed: HashSet<&str> = later.iter().map(|event| event.customer().as_str()).collect();
    let changed: Vec<String> = changed.into_iter().map(str::to_owned).collect();
    let rows = sqlx::query!(
        r#"SELECT id AS "id!", name AS "name!", code FROM customers WHERE name COLLATE "C" = ANY($1)
           UNION SELECT id, name, code FROM customers WHERE coalesce(code, '') COLLATE "C" = ANY($2)
           UNION SELECT id, name, code FROM customers WHERE id = ANY($3)"#,
        &names,
        &codes,
        &changed
    )
    .fetch_all(snapshot.connection())
    .await?;
    rows.into_iter().map(|row| called(&row.id, &row.name, row.code.as_deref())).collect()
}

/// Somebody has each of these: who is not found by the spelling is looked for among all.
async fn spelled_otherwise(snapshot: &mut Snapshot, sought: &Sought) -> Result<ById, ReadError> {
    let names: HashSet<String> = sought.names.iter().map(CustomerName::claim_key).collect();
    let codes: HashSet<String> = sought.codes.iter().map(CustomerCode::claim_key).collect();
    let (mut found, mut after) = (ById::new(), String::new());
    loop {
        let rows = sqlx::query!(
            "SELECT id, name, code FROM customers WHERE id > $1 ORDER BY id LIMIT $2",
            after,
            PAGE
        )
        .fetch_all(snapshot.connection())
        .await?;
        let Some(last) = rows.last() else { return Ok(found) };
        after.clone_from(&last.id);
        for row in rows {
            let (customer, called) = called(&row.id, &row.name, row.code.as_deref())?;
            let has_code = called.code.as_ref().is_some_and(|code| codes.contains(&code.claim_key()));
            if has_code || names.contains(&called.name.claim_key()) {
                found.insert(customer, called);
            }
        }
    }
}

fn has_all(found: &ById, sought: &Sought) -> bool {
    let names: HashSet<String> = found.values().map(|called| called.name.claim_key()).collect();
    let codes: HashSet<String> =
        found.values().filter_map(|called| called.code.as_ref()).map(CustomerCode::claim_key).collect();
    sought.names.iter().all(|name| names.contains(&name.claim_key()))
        && sought.codes.iter().all(|code| codes.contains(&code.claim_key()))
}

fn called(id: &str, name: &str, code: Option<&str>) -> Result<(CustomerId, Called), ReadError> {
    let corrupt = |_| ReadError::Corrupt(format!("customer {id} has a name or code that cannot be"));
    let customer = id.parse().map_err(corrupt)?;
    let code = code.map(str::parse).transpose().map_err(corrupt)?;
    Ok((customer, Called { name: name.parse().map_err(corrupt)?, code }))
}

fn take_in(found: &mut ById, event: &CustomerEvent) {
    match event {
        CustomerEvent::CustomerRegistered { customer, name } => {
            found.entry(customer.clone()).or_insert_with(|| Called { name: name.clone(), code: None });
        }
        CustomerEvent::CustomerRenamed { customer, new_name, .. } => {
            if let Some(called) = found.get_mut(customer) {
                called.name.clone_from(new_name);
            }
        }
        CustomerEvent::CustomerProfileChanged { customer, changes } => {
            if let (Some(called), Some(Change { to, .. })) = (found.get_mut(customer), &changes.code) {
                called.code.clone_from(to);
            }
        }
        CustomerEvent::AccountManagerAssigned { .. }
        | CustomerEvent::CustomerSuspended { .. }
        | CustomerEvent::CustomerReactivated { .. }
        | CustomerEvent::CustomerClosed { .. }
        | CustomerEvent::PersonalDataErased { .. } => {}
    }
}
