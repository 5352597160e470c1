//! Lists of customers, brought in as a file.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use tallybook_import::customers::{CustomerList, Field, ImportReport, Loader, template};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::access::{Action, Caller};
use crate::list_import::{self, ImportParameters, ListForm, PATIENCE};
use crate::problem::Problem;
use crate::request::{ReadInput, RequestContext};
use crate::state::ApiState;

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
    let form = ListForm::receive(&state, &input, request, &[]).await?;
    let (import, list): (_, CustomerList) = form.list(&state, &caller).await?;
    let (keys, context) = (state.personal_keys(), import.context(&caller, &context));
    let loader = Loader { book: state.book(), keys, context, patience: PATIENCE };
    let loaded = loader.load(&list, &CancellationToken::new(), |_| {}).await;
    let report = ImportReport::of(&import.file, &list, &loaded, import.dry_run);
    import.answer::<Field, _>(report, loaded.failure).await
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
    Ok(list_import::template::<Field>(template().map_err(Problem::internal)?))
}
