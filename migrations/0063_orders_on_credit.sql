-- Which orders a customer has placed: asked when the first of them is counted on its credit, and when it is closed.
CREATE INDEX events_orders_placed ON events ((payload -> 'OrderPlaced' ->> 'customer'))
    WHERE event_type = 'OrderPlaced';

-- An alert is about a bill or about an order.
COMMENT ON COLUMN credit_alerts.bill IS 'The id of the bill or of the order.';

-- What waits for the payment of a customer's orders.
CREATE INDEX orders_pending ON orders (customer) WHERE state = 'pending_payment';
