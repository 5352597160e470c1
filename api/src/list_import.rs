//! Lists that people bring as a file, whichever they are: the form, how it is read, and what is answered.
//!
//! Must never take in a file before it has a place among those that are taken in at once.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tallybook_commands::CommandContext;
use tallybook_event_store::CommandError;
use tallybook_import::list::{List, ListField, ListReport, Listed, Mapping};
use tallybook_import::{Format as FileFormat, Limits, SourceFile};
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;

use crate::access::Caller;
use crate::answer::{POSITION, json};
use crate::import_mappings;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::request::{Format, ReadInput, RequestContext, Upload};
use crate::state::ApiState;

/// How long a busy book is waited for, by who waits for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handlers read")]
pub(crate) struct ImportParameters {
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

/// A form that was taken in.
pub(crate) struct ListForm {
    asked: Asked,
    upload: Upload,
    /// Until it is answered: the file is in memory as long.
    turn: OwnedSemaphorePermit,
}

/// A list that was read.
pub(crate) struct ListImport {
    format: Format,
    pub(crate) dry_run: bool,
    pub(crate) file: SourceFile,
    _turn: OwnedSemaphorePermit,
}

impl ListForm {
    /// Takes the form in, with these texts beside the file and the mapping. Who sends it has been asked before.
    pub(crate) async fn receive(
        state: &ApiState,
        input: &ReadInput,
        request: Request,
        texts: &[&str],
    ) -> Result<Self, Problem> {
        let asked = Asked::read(input)?;
        let Ok(turn) = state.upload() else {
            Upload::turn_away(request).await;
            let detail = "Other lists are being taken in. Send this one again in a moment.";
            return Err(Problem::new(ProblemKind::Busy, detail).retry_after(5));
        };
        let upload = Upload::read(request, &[&["mapping"], texts].concat()).await?;
        Ok(Self { asked, upload, turn })
    }

    /// A text that is `true` or `false`; false without it.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.upload.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(invalid(&format!("/{name}"), "malformed", "must be true or false".into())),
        }
    }

    /// Reads the list, and saves its mapping if that was asked for.
    pub(crate) async fn list<R: Listed>(
        self,
        state: &ApiState,
        caller: &Caller,
    ) -> Result<(ListImport, List<R>), Problem> {
        let Self { asked, upload, turn } = self;
        let mapping = asked.mapping::<R::Field>(state, upload.text("mapping")).await?;
        let (mapping, file, list) = read::<R>(upload.file.into(), mapping).await?;
        asked.check_format(&file)?;
        if let Some(name) = asked.save_mapping.as_ref().filter(|_| !asked.dry_run) {
            save(state, caller, name, &mapping).await?;
        }
        let import = ListImport { format: asked.format, dry_run: asked.dry_run, file, _turn: turn };
        Ok((import, list))
    }
}

impl ListImport {
    /// Without a key: what happens to a row depends on the book alone.
    pub(crate) fn context(&self, caller: &Caller, context: &Arc<RequestContext>) -> CommandContext {
        CommandContext {
            actor: caller.actor().clone(),
            idempotency_key: None,
            request_id: Some(context.request_id.clone()),
            client_address: context.client_address(),
            dry_run: self.dry_run,
        }
    }

    /// The report, or the list again with what is wrong with its rows.
    pub(crate) async fn answer<F: ListField, T: ListReport>(
        self,
        report: T,
        failure: Option<CommandError>,
    ) -> Result<Response, Problem> {
        if let Some(error) = failure {
            return Err(error.into());
        }
        let summary = report.summary();
        let (position, header_row) = (summary.position, summary.header_row);
        let mut response = match self.format {
            Format::Json => json(StatusCode::OK, &report)?,
            Format::Csv | Format::Xlsx => {
                let (file, errors) = (self.file, report.errors());
                let kind = file.format();
                let marking = tokio::task::spawn_blocking(move || file.marked(header_row, &errors));
                let marked = marking.await.map_err(Problem::internal)?;
                let marked = marked.map_err(|error| not_a_list("unreadable", error.to_string()))?;
                attachment(kind, &format!("{}.errors", F::LIST), marked)
            }
        };
        if let Some(position) = position {
            response.headers_mut().insert(POSITION, position.into());
        }
        Ok(response)
    }
}

/// An empty list, as a workbook.
pub(crate) fn template<F: ListField>(workbook: Vec<u8>) -> Response {
    attachment(FileFormat::Xlsx, F::LIST, workbook)
}

impl Asked {
    fn read(input: &ReadInput) -> Result<Self, Problem> {
        let mut query = input.query();
        let dry_run = query.flag("dry_run");
        let name = |name: Option<Cow<'_, str>>| name.map(Cow::into_owned);
        let (mapping, save_mapping) = (name(query.raw("mapping")), name(query.raw("save_mapping")));
        query.finish()?;
        if let Some(name) = save_mapping.as_ref().filter(|name| !import_mappings::is_name(name)) {
            let detail = format!("{name:?} is no name: use letters, digits, - and _");
            return Err(invalid("?save_mapping", "malformed", detail));
        }
        Ok(Self { format: input.format()?, dry_run, mapping, save_mapping })
    }

    /// The mapping that was saved, under the one that was sent.
    async fn mapping<F: ListField>(
        &self,
        state: &ApiState,
        sent: Option<&str>,
    ) -> Result<Mapping<F>, Problem> {
        let saved = match &self.mapping {
            None => Mapping::default(),
            Some(name) => {
                let found = import_mappings::find(state.book().pool(), F::LIST, name);
                let Some(text) = found.await.map_err(Problem::internal)? else {
                    return Err(invalid("?mapping", "unknown", format!("there is no mapping {name:?}")));
                };
                Mapping::parse(&text).map_err(Problem::internal)?
            }
        };
        let Some(sent) = sent else { return Ok(saved) };
        let sent = serde_json::from_str(sent)
            .map_err(|error| invalid("/mapping", "malformed", error.to_string()))?;
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

async fn read<R: Listed>(
    bytes: Vec<u8>,
    mapping: Mapping<R::Field>,
) -> Result<(Mapping<R::Field>, SourceFile, List<R>), Problem> {
    let reading = tokio::task::spawn_blocking(move || {
        let file =
            SourceFile::read(bytes, &Limits::SHORT).map_err(|error| ("unreadable", error.to_string()))?;
        let list = List::read(&file, &mapping).map_err(|problem| ("no_header", problem))?;
        Ok((mapping, file, list))
    });
    let read = reading.await.map_err(Problem::internal)?;
    read.map_err(|(code, detail): (&'static str, String)| not_a_list(code, detail))
}

fn not_a_list(code: &'static str, detail: String) -> Problem {
    invalid("/file", code, detail)
}

fn invalid(pointer: &str, code: &'static str, detail: String) -> Problem {
    Problem::validation(vec![FieldError { pointer: pointer.into(), code, detail }])
}

async fn save<F: ListField>(
    state: &ApiState,
    caller: &Caller,
    name: &str,
    mapping: &Mapping<F>,
) -> Result<(), Problem> {
    let text = mapping.to_toml().map_err(Problem::internal)?;
    let saved = import_mappings::Saved { list: F::LIST, name, mapping: &text };
    let book = state.book();
    import_mappings::save(book.pool(), saved, caller.actor(), book.now()).await.map_err(Problem::internal)
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
