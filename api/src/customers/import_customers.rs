//! Lists of customers, brought in as a file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tallybook_commands::CommandContext;
use tallybook_import::customers::{CustomerList, CustomerMapping, ImportReport, Loader, template};
use tallybook_import::{Format as FileFormat, Limits, SourceFile};
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Caller};
use crate::answer::{POSITION, json};
use crate::import_mappings;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::request::{Format, ReadInput, RequestContext, Upload};
use crate::state::ApiState;

/// How long a busy book is waited for, by who waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A list of customers to register or change.
#[derive(Debug, ToSchema)]
#[schema(as = ImportCustomersForm)]
#[expect(dead_code, reason = "describes the form in OpenAPI")]
pub(super) struct ImportForm {
    /// `.xlsx`, or CSV in UTF-8 or GB18030. At most 16 MiB and 20,000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// How the list is read, as JSON: `columns` (`{"phone": "手机"}`), `words` (`{"industry": {"IT": "信息技术"}}`: the
    /// field takes no others), `required` (`["code"]`) and `currency`. The usual names of columns are known.
    #[schema(value_type = Option<String>)]
    mapping: Option<String>,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct ImportParameters {
    /// Checks everything, against the book too, and records nothing.
    dry_run: Option<bool>,
    /// A mapping that was saved, under what the form says.
    mapping: Option<String>,
    /// Saves the mapping under this name.
    save_mapping: Option<String>,
}

/// What the request asks for, beside the file.
struct Asked {
    format: Format,
    dry_run: bool,
    mapping: Option<String>,
    save_mapping: Option<String>,
}

/// A list that was read.
struct Read {
    file: SourceFile,
    list: CustomerList,
}

/// Import customers
///
/// A row is about the customer with its id, else its code, else its name; where there is none, one is registered.
/// Empty cells leave a customer as it is. Rows that are refused harm no others. The answer says what became of each row;
/// with `Accept: text/csv` or the media type of Excel, whichever the list is, it is the list again with one column
/// more, which says what is wrong, to be corrected and sent again. What is in the book already changes nothing, so no
/// `Idempotency-Key` is needed, and the list can be sent for one answer and then for the other.
#[utoipa::path(post, path = "/v1/customers/import", tag = "customers", params(ImportParameters),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = ImportReport)))]
pub(super) async fn import_customers(
    State(state): State<ApiState>,
    context: Arc<RequestContext>,
    caller: Caller,
    input: ReadInput,
    request: Request,
) -> Result<Response, Problem> {
    caller.may(Action::ManageCustomers)?;
    let asked = Asked::read(&input)?;
    let upload = Upload::read(request, &["mapping"]).await?;
    let mapping = asked.mapping(&state, upload.text("mapping")).await?;
    let _turn = state
        .workbook()
        .map_err(|_| Problem::new(ProblemKind::Busy, "Other lists are being read.").retry_after(5))?;
    let (mapping, Read { file, list }) = read(upload.file.into(), mapping).await?;
    asked.check_format(&file)?;
    if let Some(name) = asked.save_mapping.as_ref().filter(|_| !asked.dry_run) {
        save(&state, &caller, name, &mapping).await?;
    }
    let command = CommandContext {
        actor: caller.actor().clone(),
        idempotency_key: None,
        request_id: Some(context.request_id.clone()),
        client_address: context.client_address(),
        dry_run: asked.dry_run,
    };
    let keys = state.personal_keys();
    let loader = Loader { book: state.book(), keys, context: command, patience: PATIENCE };
    let loaded = loader.load(&list, &CancellationToken::new(), |_| {}).await;
    let report = ImportReport::of(&file, &list, &loaded, asked.dry_run);
    match loaded.failure {
        Some(error) => Err(error.into()),
        None => answer(asked.format, file, report).await,
    }
}

/// An empty list of customers
///
/// An Excel workbook with all columns and what to write into them, to be filled in and imported.
#[utoipa::path(get, path = "/v1/customers/import-template", tag = "customers",
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = Vec<u8>)))]
pub(super) async fn import_template(caller: Caller, input: ReadInput) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    input.query().finish()?;
    let workbook = template().map_err(Problem::internal)?;
    Ok(attachment(FileFormat::Xlsx, "customers", workbook))
}

impl Asked {
    fn read(input: &ReadInput) -> Result<Self, Problem> {
        let mut query = input.query();
        let dry_run = query.flag("dry_run");
        let name = |name: Option<std::borrow::Cow<'_, str>>| name.map(std::borrow::Cow::into_owned);
        let (mapping, save_mapping) = (name(query.raw("mapping")), name(query.raw("save_mapping")));
        query.finish()?;
        if let Some(name) = save_mapping.as_ref().filter(|name| !import_mappings::is_name(name)) {
            let detail = format!("{name:?} is no name: use letters, digits, - and _");
            let pointer = "?save_mapping".into();
            return Err(Problem::validation(vec![FieldError { pointer, code: "malformed", detail }]));
        }
        Ok(Self { format: input.format()?, dry_run, mapping, save_mapping })
    }

    /// The mapping that was saved, under the one that was sent.
    async fn mapping(&self, state: &ApiState, sent: Option<&str>) -> Result<CustomerMapping, Problem> {
        let saved = match &self.mapping {
            None => CustomerMapping::default(),
            Some(name) => {
                let found = import_mappings::find(state.book().pool(), import_mappings::CUSTOMERS, name);
                let Some(text) = found.await.map_err(Problem::internal)? else {
                    let detail = format!("there is no mapping {name:?}");
                    let pointer = "?mapping".into();
                    return Err(Problem::validation(vec![FieldError { pointer, code: "unknown", detail }]));
                };
                CustomerMapping::parse(&text).map_err(Problem::internal)?
            }
        };
        let Some(sent) = sent else { return Ok(saved) };
        let sent = serde_json::from_str(sent).map_err(|error| {
            let (pointer, detail) = ("/mapping".into(), error.to_string());
            Problem::validation(vec![FieldError { pointer, code: "malformed", detail }])
        })?;
        Ok(saved.overridden_by(sent))
    }

    /// A list is answered as it came: a table of another kind is not asked for before anything is done.
    fn check_format(&self, file: &SourceFile) -> Result<(), Problem> {
        let same = match self.format {
            Format::Json => true,
            Format::Csv => file.format() == FileFormat::Csv,
            Format::Xlsx => file.format() == FileFormat::Xlsx,
        };
        if same {
            return Ok(());
        }
        let format = media_type(file.format());
        Err(Problem::new(
            ProblemKind::NotAcceptable,
            format!("This list is answered as JSON or as {format}."),
        ))
    }
}

async fn read(bytes: Vec<u8>, mapping: CustomerMapping) -> Result<(CustomerMapping, Read), Problem> {
    let reading = tokio::task::spawn_blocking(move || {
        let file =
            SourceFile::read(bytes, &Limits::SHORT).map_err(|error| ("unreadable", error.to_string()))?;
        let list = CustomerList::read(&file, &mapping).map_err(|problem| ("no_header", problem))?;
        Ok((mapping, Read { file, list }))
    });
    let read = reading.await.map_err(Problem::internal)?;
    read.map_err(|(code, detail): (&'static str, String)| not_a_list(code, detail))
}

fn not_a_list(code: &'static str, detail: String) -> Problem {
    Problem::validation(vec![FieldError { pointer: "/file".into(), code, detail }])
}

async fn save(
    state: &ApiState,
    caller: &Caller,
    name: &str,
    mapping: &CustomerMapping,
) -> Result<(), Problem> {
    let text = mapping.to_toml().map_err(Problem::internal)?;
    let saved = import_mappings::Saved { list: import_mappings::CUSTOMERS, name, mapping: &text };
    let book = state.book();
    import_mappings::save(book.pool(), saved, caller.actor(), book.now()).await.map_err(Problem::internal)
}

async fn answer(format: Format, file: SourceFile, report: ImportReport) -> Result<Response, Problem> {
    let position = report.position;
    let mut response = match format {
        Format::Json => json(StatusCode::OK, &report)?,
        Format::Csv | Format::Xlsx => {
            let kind = file.format();
            let errors: BTreeMap<usize, String> = report.errors();
            let marking = tokio::task::spawn_blocking(move || file.marked(report.header_row, &errors));
            let marked = marking.await.map_err(Problem::internal)?;
            let marked = marked.map_err(|error| not_a_list("unreadable", error.to_string()))?;
            attachment(kind, "customers.errors", marked)
        }
    };
    if let Some(position) = position {
        response.headers_mut().insert(POSITION, position.into());
    }
    Ok(response)
}

fn attachment(format: FileFormat, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.extension());
    let content_type = HeaderValue::from_static(media_type(format));
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// Without a character set: a list comes back in the one it was written in.
fn media_type(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Csv => Format::Csv.media_type(),
        FileFormat::Xlsx => Format::Xlsx.media_type(),
    }
}
