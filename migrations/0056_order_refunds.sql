-- Refunds of orders, and of money that came for one and is not its.

CREATE TABLE order_refunds (
    id               text COLLATE "C" NOT NULL,
    order_id         text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    ground           text             NOT NULL,
    -- Where the money goes back to: a wallet, or a payment through a channel.
    wallet           text COLLATE "C",
    channel          text,
    payment          text COLLATE "C",
    currency         text COLLATE "C" NOT NULL,
    amount           numeric          NOT NULL,
    -- JSON: the numbers of the order's lines it is about.
    lines            text             NOT NULL,
    reason           text,
    why              text,
    state            text             NOT NULL,
    requested_by     text,
    decided_by       text,
    number           text COLLATE "C",
    refunded_date    date,
    -- Why it was rejected, or failed.
    ending           text,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT order_refunds_pkey PRIMARY KEY (id),
    CONSTRAINT order_refunds_ground_check CHECK (ground IN ('order', 'excess')),
    CONSTRAINT order_refunds_back_to_check CHECK ((wallet IS NULL) = (payment IS NOT NULL)
                                                  AND (channel IS NULL) = (payment IS NULL)),
    CONSTRAINT order_refunds_amount_check CHECK (amount > 0),
    CONSTRAINT order_refunds_state_check
        CHECK (state IN ('requested', 'approved', 'rejected', 'submitted', 'succeeded', 'failed', 'abnormal'))
);
CREATE INDEX order_refunds_created_position ON order_refunds (created_position);
CREATE INDEX order_refunds_order ON order_refunds (order_id, created_position);
CREATE INDEX order_refunds_customer ON order_refunds (customer, created_position);
CREATE INDEX order_refunds_state ON order_refunds (state, created_position);
