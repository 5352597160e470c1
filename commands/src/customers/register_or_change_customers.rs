//! Many customers in one decision, each judged by itself: for who brings a whole list.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use tallybook_domain::customers::{
    AccountManager, Customer, CustomerCode, CustomerCommand, CustomerName, CustomerRefusal, Edit,
    ProfileEdits,
};
use tallybook_domain::{CustomerId, EventSourced, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StoreError, StreamKey};

use super::claims::{CUSTOMER_CODE, CUSTOMER_NAME, Held, exchange};
use super::numbers::{next_customers, peek_customers};
use super::personal::{PersonalEdits, PersonalKeys, Unsealed};
use super::unknown::unknown;
use crate::CommandContext;

/// The most files of one decision: the lane decides nothing else meanwhile.
pub const MAX_FILES: usize = 500;
/// How often a list is judged again because a name or code was taken meanwhile.
const ATTEMPTS: usize = 5;
/// Claims looked up by one statement.
const CLAIMS: usize = 10_000;

/// A customer to be registered or changed.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerFile {
    /// The customer to change; without it, one is registered.
    pub customer: Option<CustomerId>,
    /// A registration needs one.
    pub name: Option<CustomerName>,
    pub account_manager: Edit<AccountManager>,
    pub profile: Box<ProfileEdits>,
    /// Sealed into the profile before anything is written or hashed.
    #[serde(skip)]
    pub personal: PersonalEdits,
}

/// What became of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileOutcome {
    Registered {
        customer: CustomerId,
    },
    Changed {
        customer: CustomerId,
    },
    Unchanged {
        customer: CustomerId,
    },
    /// Nothing of it was recorded. `field` is the one to be looked at, if it is one.
    Refused {
        field: Option<String>,
        reason: String,
    },
}

/// A file on its way: its place, whose it is, whether the customer is new, and why none of it can be sealed.
#[derive(Clone)]
struct Entry {
    customer: CustomerId,
    new: bool,
    erased: bool,
    /// There was no such customer when its personal fields were to be sealed.
    unknown: bool,
    file: CustomerFile,
}

/// Registers and changes up to `MAX_FILES` customers. Their outcomes come in the order of the files; one that is refused
/// keeps no other from being recorded, all that are not are recorded together.
pub async fn register_or_change_customers(
    book: &Book,
    keys: &PersonalKeys,
    context: CommandContext,
    files: Vec<CustomerFile>,
) -> Result<Receipt<Vec<FileOutcome>>, CommandError> {
    let mut entries = numbered(book, keys, &context, files).await?;
    mark_unknown(book, &mut entries).await?;
    let keep = (!context.dry_run).then(|| book.now());
    seal(keys, &mut entries, keep).await?;
    let bodies: Vec<&CustomerFile> = entries.iter().map(|entry| &entry.file).collect();
    let request = context.request("register_or_change_customers", &bodies)?;
    let mut attempt = 1;
    loop {
        let taken = taken_claims(book, &entries).await?;
        let streams = entries.iter().map(|entry| StreamKey::existing::<Customer>(&entry.customer)).collect();
        let judged = entries.clone();
        let answer = book.execute(request.clone(), streams, move |decision| {
            let mut taken = taken.clone();
            Ok(judged.iter().map(|entry| judge(decision, entry, &mut taken)).collect())
        });
        match answer.await {
            Err(CommandError::Refused(refusal)) if is_taken(&refusal) && attempt < ATTEMPTS => attempt += 1,
            answer => return answer,
        }
    }
}

/// Gives each registration its number: the same again for a repeat, where the number is part of what is sealed.
async fn numbered(
    book: &Book,
    keys: &PersonalKeys,
    context: &CommandContext,
    files: Vec<CustomerFile>,
) -> Result<Vec<Entry>, CommandError> {
    let new = files.iter().filter(|file| file.customer.is_none()).count();
    let mut fresh = if new == 0 {
        Vec::new()
    } else if context.dry_run {
        peek_customers(book, new).await?
    } else {
        next_customers(book, new).await?
    };
    let sealing = files.iter().any(|file| file.customer.is_none() && file.personal.need_key());
    if let (Some(key), true, false) = (&context.idempotency_key, sealing, context.dry_run) {
        let rows: Vec<i64> = (0..).take(new).collect();
        fresh = keys.reserve(key, &rows, &fresh).await?;
    }
    let mut fresh = fresh.into_iter();
    files
        .into_iter()
        .map(|file| match &file.customer {
            Some(customer) => {
                Ok(Entry { customer: customer.clone(), new: false, erased: false, unknown: false, file })
            }
            None => {
                let customer = fresh.next().ok_or(CommandError::Unavailable)?;
                Ok(Entry { customer, new: true, erased: false, unknown: false, file })
            }
        })
        .collect()
}

/// Nobody makes keys for customers there are not.
async fn mark_unknown(book: &Book, entries: &mut [Entry]) -> Result<(), StoreError> {
    let sealing = entries.iter().filter(|entry| !entry.new && entry.file.personal.need_key());
    let unknown = unknown(book, sealing.map(|entry| entry.customer.clone()).collect()).await?;
    for entry in entries {
        entry.unknown = !entry.new && unknown.contains(&entry.customer);
    }
    Ok(())
}

async fn seal(
    keys: &PersonalKeys,
    entries: &mut [Entry],
    keep: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<(), CommandError> {
    let mut files: Vec<Unsealed<'_>> = entries
        .iter_mut()
        .filter(|entry| !entry.unknown)
        .map(|Entry { customer, file: CustomerFile { profile, personal, .. }, .. }| Unsealed {
            customer,
            personal,
            profile,
        })
        .collect();
    let erased: HashSet<CustomerId> = keys.seal(&mut files, keep).await?.into_iter().collect();
    for entry in entries {
        entry.erased = erased.contains(&entry.customer);
    }
    Ok(())
}

type Taken = HashSet<(&'static str, String)>;

/// The names and codes of these files that somebody has. Whether it is their own customer, the decision sees.
async fn taken_claims(book: &Book, entries: &[Entry]) -> Result<Taken, StoreError> {
    let names = entries.iter().filter_map(|entry| entry.file.name.as_ref()).map(CustomerName::claim_key);
    let codes = entries.iter().filter_map(|entry| match &entry.file.profile.code {
        Edit::Set(code) => Some(code.claim_key()),
        Edit::Keep | Edit::Clear => None,
    });
    claimed(book, names.collect(), codes.collect()).await
}

async fn claimed(book: &Book, names: Vec<String>, codes: Vec<String>) -> Result<Taken, StoreError> {
    let rows = sqlx::query!(
        "SELECT scope, key FROM claims WHERE (scope = $1 AND key = ANY($2)) OR (scope = $3 AND key = ANY($4))",
        CUSTOMER_NAME,
        &names,
        CUSTOMER_CODE,
        &codes
    )
    .fetch_all(book.pool())
    .await?;
    let scope = |scope: &str| if scope == CUSTOMER_NAME { CUSTOMER_NAME } else { CUSTOMER_CODE };
    Ok(rows.into_iter().map(|row| (scope(&row.scope), row.key)).collect())
}

/// The names and codes of these that somebody has, as the journal has it.
pub async fn taken_names_and_codes(
    book: &Book,
    names: Vec<CustomerName>,
    codes: Vec<CustomerCode>,
) -> Result<(Vec<CustomerName>, Vec<CustomerCode>), StoreError> {
    let mut taken = Taken::new();
    for names in names.chunks(CLAIMS) {
        taken.extend(claimed(book, names.iter().map(CustomerName::claim_key).collect(), Vec::new()).await?);
    }
    for codes in codes.chunks(CLAIMS) {
        taken.extend(claimed(book, Vec::new(), codes.iter().map(CustomerCode::claim_key).collect()).await?);
    }
    let names = names.into_iter().filter(|name| taken.contains(&(CUSTOMER_NAME, name.claim_key())));
    let codes = codes.into_iter().filter(|code| taken.contains(&(CUSTOMER_CODE, code.claim_key())));
    Ok((names.collect(), codes.collect()))
}

fn is_taken(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Customer(CustomerRefusal::NameTaken { .. } | CustomerRefusal::CodeTaken { .. })
    )
}

fn judge(decision: &mut Decision<'_>, entry: &Entry, taken: &mut Taken) -> FileOutcome {
    match decide(decision, entry, taken) {
        Ok(outcome) => outcome,
        Err(refusal) => {
            let field = field_of(&refusal).map(str::to_owned);
            FileOutcome::Refused { field, reason: refusal.to_string() }
        }
    }
}

/// What is taken is found out before the aggregate records anything: a refused file must leave nothing behind.
fn decide(decision: &mut Decision<'_>, entry: &Entry, taken: &mut Taken) -> Result<FileOutcome, Refusal> {
    let customer = entry.customer.clone();
    if entry.unknown {
        return Err(CustomerRefusal::NotFound { customer }.into());
    }
    if entry.erased {
        return Err(CustomerRefusal::PersonalDataErased { customer }.into());
    }
    let command = command_of(entry)?;
    let mut after = decision.state::<Customer>(customer.as_str()).clone();
    let before = Held::by(&after);
    for event in after.decide(command.clone())? {
        if after.evolve(&event).is_err() {
            break;
        }
    }
    let now = Held::by(&after);
    let claims =
        [(CUSTOMER_NAME, before.name.clone(), now.name), (CUSTOMER_CODE, before.code.clone(), now.code)];
    let wanted: Vec<(&'static str, String)> = claims
        .into_iter()
        .filter(|(_, before, now)| before != now)
        .filter_map(|(scope, _, now)| Some((scope, now?)))
        .collect();
    if let Some((scope, _)) = wanted.iter().find(|key| taken.contains(*key)) {
        return Err(refusal_of(scope, &after).into());
    }
    let recorded = decision.decide::<Customer>(customer.as_str(), command)?;
    exchange(decision, &customer, before);
    taken.extend(wanted);
    Ok(match (entry.new, recorded) {
        (true, _) => FileOutcome::Registered { customer },
        (false, 0) => FileOutcome::Unchanged { customer },
        (false, _) => FileOutcome::Changed { customer },
    })
}

fn command_of(entry: &Entry) -> Result<CustomerCommand, CustomerRefusal> {
    let customer = entry.customer.clone();
    let CustomerFile { name, account_manager, profile, .. } = entry.file.clone();
    if !entry.new {
        return Ok(CustomerCommand::Change { customer, name, account_manager, profile });
    }
    let account_manager = match account_manager {
        Edit::Set(manager) => Some(manager),
        Edit::Keep | Edit::Clear => None,
    };
    match name {
        Some(name) => Ok(CustomerCommand::Register { customer, name, account_manager, profile }),
        None => Err(CustomerRefusal::NameMissing),
    }
}

fn refusal_of(scope: &str, after: &Customer) -> CustomerRefusal {
    let code = after.profile().and_then(|profile| profile.code.clone());
    match (after.name().cloned(), code) {
        (_, Some(code)) if scope == CUSTOMER_CODE => CustomerRefusal::CodeTaken { code },
        (Some(name), _) => CustomerRefusal::NameTaken { name },
        (None, _) => CustomerRefusal::NameMissing,
    }
}

/// The field of the file that a refusal is about.
fn field_of(refusal: &Refusal) -> Option<&'static str> {
    let Refusal::Customer(refusal) = refusal else { return None };
    match refusal {
        CustomerRefusal::NameTaken { .. } | CustomerRefusal::NameMissing => Some("name"),
        CustomerRefusal::CodeTaken { .. } => Some("code"),
        CustomerRefusal::CreditLimitNegative { .. } | CustomerRefusal::CreditLimitCurrency { .. } => {
            Some("credit_limit")
        }
        CustomerRefusal::NotFound { .. } => Some("id"),
        CustomerRefusal::AlreadyRegistered { .. }
        | CustomerRefusal::WithAnotherManager { .. }
        | CustomerRefusal::Closed { .. }
        | CustomerRefusal::StillOpen { .. }
        | CustomerRefusal::PersonalDataErased { .. }
        | CustomerRefusal::NoPersonalDataKey => None,
    }
}
