//! What all commands, all reads and all refusals have in common, added to each operation.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder, Schema};

use crate::answer::DryRunSchema;
use crate::problem::ProblemSchema;
use crate::request::Format;

/// Contexts whose changes are commands on the book.
const OF_THE_BOOK: [&str; 14] = [
    "customers",
    "deposits",
    "withdrawals",
    "payouts",
    "receipts",
    "write-offs",
    "statements",
    "orders",
    "payments",
    "refunds",
    "usage",
    "price-plans",
    "bills",
    "periods",
];
/// No command on the book, but as safe to send again.
const REPEATABLE: &str = "request_rebuild";
/// Known by what it hears: needs no key, a repeat does nothing twice.
const WITHOUT_KEY: &str = "query_payout";
/// Not of such a context and of no view, but can be waited for.
const LIVE: &str = "show_explanation";
/// Contexts that read projections and so can be waited for.
const OF_READ_MODELS: [&str; 19] = [
    "customers",
    "deposits",
    "withdrawals",
    "payouts",
    "receipts",
    "write-offs",
    "statements",
    "orders",
    "payments",
    "refunds",
    "channels",
    "wallets",
    "usage",
    "price-plans",
    "bills",
    "reports",
    "ledger",
    "dashboard",
    "periods",
];

pub(super) fn add(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        for command in [&mut item.post, &mut item.patch].into_iter().flatten() {
            if is_import(command) {
                add_position(command);
            } else if tagged(command, &OF_THE_BOOK) {
                add_to_command(command);
            } else if command.operation_id.as_deref() == Some(REPEATABLE) {
                add_key(command);
                add_replayed(command);
            }
            add_problem(command);
            describe(command);
        }
        for read in item.get.iter_mut() {
            if tagged(read, &OF_READ_MODELS) {
                add_to_read(read);
            } else if read.operation_id.as_deref() == Some(LIVE) {
                add_waiting(read);
            }
            if is_table(read) {
                add_tables(read);
            }
            add_problem(read);
            describe(read);
        }
    }
}

fn tagged(operation: &Operation, tags: &[&str]) -> bool {
    operation.tags.iter().flatten().any(|tag| tags.contains(&tag.as_str()))
}

/// What can go wrong looks the same everywhere.
fn add_problem(operation: &mut Operation) {
    let problem = ResponseBuilder::new()
        .description("What went wrong, with its facts as members")
        .content(
            "application/problem+json",
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name(super::schema_name::<ProblemSchema>())))
                .build(),
        )
        .build();
    operation.responses.responses.insert("default".into(), RefOr::T(problem));
}

fn add_to_command(command: &mut Operation) {
    let keyed = command.operation_id.as_deref() != Some(WITHOUT_KEY);
    if keyed {
        add_key(command);
    }
    let dry_run = "All checks, nothing written. Answers 200 with `dry_run`, `outcome` and the `events` it would record.";
    add_parameter(command, ParameterIn::Query, ("dry_run", dry_run), of_type(Type::Boolean));
    match command.responses.responses.get_mut("200") {
        Some(RefOr::T(done)) => or_dry_run(done),
        Some(RefOr::Ref(_)) | None => {
            command.responses.responses.insert("200".into(), RefOr::T(dry_run_answer()));
        }
    }
    add_position(command);
    if keyed {
        add_replayed(command);
    }
}

fn add_position(command: &mut Operation) {
    for response in successes(command) {
        let position = HeaderBuilder::new()
            .schema(Some(of_type(Type::Integer)))
            .description(Some("Where in the journal the command is recorded"))
            .build();
        response.headers.insert("Tallybook-Position".into(), RefOr::T(position));
    }
}

/// Lists are many commands, told in a report, and need no key: a repeat changes nothing.
fn is_import(command: &Operation) -> bool {
    command.operation_id.as_deref().is_some_and(|id| id.starts_with("import_"))
}

fn add_key(command: &mut Operation) {
    let key =
        "The caller's own. Same key and same request: the first answer again. Same key, other request: 422.";
    add_parameter(command, ParameterIn::Header, ("Idempotency-Key", key), text(Some(200)));
}

fn add_replayed(command: &mut Operation) {
    for response in successes(command) {
        let replayed = HeaderBuilder::new()
            .schema(Some(text(None)))
            .description(Some("`true` if this is the answer to an earlier request with the same key"))
            .build();
        response.headers.insert("Idempotent-Replayed".into(), RefOr::T(replayed));
    }
}

/// A dry run of a command that makes something new answers with another status.
fn dry_run_answer() -> Response {
    let schema = Ref::from_schema_name(super::schema_name::<DryRunSchema>());
    ResponseBuilder::new()
        .description("What a dry run would have recorded")
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

/// A dry run of any other command answers with the same status and another body.
fn or_dry_run(response: &mut Response) {
    let dry_run: RefOr<Schema> = Ref::from_schema_name(super::schema_name::<DryRunSchema>()).into();
    for content in response.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        if let Some(done) = content.schema.take() {
            content.schema = Some(OneOfBuilder::new().item(done).item(dry_run.clone()).into());
        }
    }
}

/// A response needs a description, even where its status says it all.
fn describe(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            response.description = match status.as_str() {
                "201" => "It is recorded".into(),
                "202" => "It is asked for".into(),
                _ => "Done".into(),
            };
        }
    }
}

fn add_to_read(read: &mut Operation) {
    add_waiting(read);
    let view = "Read in this view, the book as it stood (`GET /v1/views`), in place of the live tables; not with `min_position`.";
    add_parameter(read, ParameterIn::Query, ("view", view), text(Some(40)));
}

fn add_waiting(read: &mut Operation) {
    let position =
        "Wait until the read model reflects this position; also as the header `Tallybook-Min-Position`.";
    add_parameter(read, ParameterIn::Query, ("min_position", position), of_type(Type::Integer));
    let wait = "How long to wait for `min_position`, in milliseconds: 2000 if left out, at most 30000.";
    add_parameter(read, ParameterIn::Query, ("wait_ms", wait), of_type(Type::Integer));
}

/// Whether the answer is a list, or two of the things that are served as tables besides.
fn is_table(read: &Operation) -> bool {
    let parameters = read.parameters.iter().flatten();
    let mut listed = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let whole = [
        "list_accounts",
        "list_projections",
        "list_views",
        "show_trial_balance",
        "show_dashboard",
        "show_customer_usage",
        "show_customer_plan",
    ];
    listed.any(|parameter| parameter.name == "limit")
        || read.operation_id.as_deref().is_some_and(|id| whole.contains(&id))
}

fn add_tables(read: &mut Operation) {
    for response in successes(read) {
        for format in [Format::Csv, Format::Xlsx] {
            let media = format.media_type();
            let content = ContentBuilder::new().schema(Some(text(None))).build();
            response.content.insert(media.into(), RefOr::T(content));
        }
    }
}

fn successes(operation: &mut Operation) -> impl Iterator<Item = &mut Response> {
    let responses = operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
    responses.filter_map(|(_, response)| match response {
        RefOr::T(response) => Some(response),
        RefOr::Ref(_) => None,
    })
}

fn add_parameter(
    operation: &mut Operation,
    place: ParameterIn,
    (name, description): (&str, &str),
    schema: RefOr<Schema>,
) {
    let parameter: Parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

fn of_type(kind: Type) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(SchemaType::Type(kind)).into()
}

fn text(max_length: Option<usize>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).max_length(max_length).into()
}
