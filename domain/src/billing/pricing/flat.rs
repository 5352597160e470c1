//! `flat`: a fee per period; of a part of one, its days' part.

use super::charge::Charge;
use super::{Fee, PeriodShare};

pub(super) fn charge(fee: Fee, share: PeriodShare, with_fee: bool) -> Option<Charge> {
    if !with_fee {
        return Some(Charge::default());
    }
    let part = (!share.is_whole()).then_some(share);
    Some(Charge { amount: share.of_fee(fee)?, share: part, ..Charge::default() })
}
