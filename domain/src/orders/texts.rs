//! What people and shops write on orders.

use crate::text::{self, shown_as_written, text_type};

text_type!(
    /// The shop's number of an order, once in the book: 1 to 64 characters.
    OrderNo,
    |text| text::line(text, 64)
);

text_type!(
    /// The shop's code of what is sold: 1 to 64 characters.
    Sku,
    |text| text::line(text, 64)
);

text_type!(
    /// What is sold, as the customer reads it: 1 to 200 characters.
    ProductName,
    |text| text::line(text, 200)
);

text_type!(
    /// Why less is paid, such as `member_level` or `coupon`: 1 to 64 characters.
    DiscountName,
    |text| text::line(text, 64)
);

text_type!(
    /// Who carries a shipment: 1 to 64 characters.
    Carrier,
    |text| text::line(text, 64)
);

text_type!(
    /// The carrier's number of a shipment: 1 to 64 characters.
    TrackingNo,
    |text| text::line(text, 64)
);
shown_as_written!(OrderNo, Sku, ProductName, DiscountName, Carrier, TrackingNo);

impl DiscountName {
    /// Of a discount nobody named.
    pub const PLAIN: Self = Self(smol_str::SmolStr::new_static("discount"));
}
