//! Lists of usage, brought in as a file.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use tallybook_import::usage::{Field, Loader, UsageImportReport, UsageList, template};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::access::{Action, Caller};
use crate::list_import::{self, ImportParameters, ListForm, PATIENCE};
use crate::problem::Problem;
use crate::request::{ReadInput, RequestContext};
use crate::state::ApiState;

/// A list of usage to record.
#[derive(Debug, ToSchema)]
#[schema(as = ImportUsageForm)]
#[expect(dead_code, reason = "describes the form in OpenAPI")]
pub(super) struct ImportForm {
    /// `.xlsx`, or CSV in UTF-8 or GB18030. At most 16 MiB and 20,000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Another quantity takes the place of the one that is recorded: `true` or `false`. A column 更正 (correction) says
    /// it of single rows.
    #[schema(value_type = Option<bool>)]
    corrections: Option<bool>,
    /// How the list is read, as JSON: `columns` (`{"reference": "话单号"}`), `words` (`{"meter": {"短信": "sms"}}`: the
    /// field takes no others), `required`, and what holds of every row where no column says it, `meter` and `reference`.
    /// The usual names of columns are known.
    #[schema(value_type = Option<String>)]
    mapping: Option<String>,
}

/// Import usage
///
/// A row is one record: customer (its id, code or full name), meter, date, quantity and reference. What is recorded
/// already is unchanged; another quantity for the same customer, meter, date and reference is rejected, unless it is
/// said to be a correction. Rows that are refused harm no others. The answer says what became of each row; with
/// `Accept: text/csv` or the media type of Excel, whichever the list is, it is the list again with one column more, which
/// says what is wrong, to be corrected and sent again. No `Idempotency-Key` is needed.
#[utoipa::path(post, path = "/v1/usage/import", tag = "usage", params(ImportParameters),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = UsageImportReport)))]
pub(super) async fn import_usage(
    State(state): State<ApiState>,
    context: Arc<RequestContext>,
    caller: Caller,
    input: ReadInput,
    request: Request,
) -> Result<Response, Problem> {
    caller.may(Action::RecordUsage)?;
    let form = ListForm::receive(&state, &input, request, &["corrections"]).await?;
    let corrections = form.flag("corrections")?;
    let (import, list): (_, UsageList) = form.list(&state, &caller).await?;
    let context = import.context(&caller, &context);
    let loader = Loader { book: state.book(), context, corrections, patience: PATIENCE };
    let loaded = loader.load(&list, &CancellationToken::new(), |_| {}).await;
    let report = UsageImportReport::of(&import.file, &list, &loaded, import.dry_run);
    import.answer::<Field, _>(report, loaded.failure).await
}

/// An empty list of usage
///
/// An Excel workbook with the columns and what to write into them, to be filled in and imported.
#[utoipa::path(get, path = "/v1/usage/import-template", tag = "usage",
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = Vec<u8>)))]
pub(super) async fn import_usage_template(caller: Caller, input: ReadInput) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    input.query().finish()?;
    Ok(list_import::template::<Field>(template().map_err(Problem::internal)?))
}
