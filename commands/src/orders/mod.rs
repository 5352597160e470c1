//! What people and time do with orders: place, pay from the wallet, ship, receive, cancel and complete.

mod cancel_order;
mod outcome;
mod parties;
mod pay_from_wallet;
mod place_order;
mod receive_order;
mod ship_order;
mod take_due_step;

pub use cancel_order::{CancelOrder, cancel_order};
pub use outcome::{OrderOutcome, PaidOrder, PlacedOrder};
pub use pay_from_wallet::{PayFromWallet, pay_from_wallet};
pub use place_order::{PlaceOrder, place_order};
pub use receive_order::{ReceiveOrder, receive_order};
pub use ship_order::{ShipOrder, ship_order};
pub use take_due_step::{TakeDueStep, take_due_step};
