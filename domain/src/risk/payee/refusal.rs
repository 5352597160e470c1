//! Why an account cannot be used.

use crate::risk::PayeeId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayeeRefusal {
    #[error("this is the stream of another account than {payee}")]
    Another { payee: PayeeId },
}
