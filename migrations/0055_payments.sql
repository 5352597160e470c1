-- Payments of orders through channels, and what of them a person has to look at.

ALTER TABLE channel_notifications
    DROP CONSTRAINT channel_notifications_state_check,
    ADD CONSTRAINT channel_notifications_state_check CHECK (state IN ('waiting', 'applied'));

CREATE TABLE payments (
    id               text COLLATE "C" NOT NULL,
    order_id         text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    channel          text             NOT NULL,
    merchant         text COLLATE "C" NOT NULL,
    reference        text COLLATE "C" NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    amount           numeric          NOT NULL,
    state            text             NOT NULL,
    -- The channel's number of what has paid the order.
    transaction      text COLLATE "C",
    paid_date        date,
    captured         numeric          NOT NULL,
    excess           numeric          NOT NULL,
    refunded         numeric          NOT NULL,
    fee              numeric          NOT NULL,
    -- JSON, oldest first.
    exceptions       text             NOT NULL,
    open_exceptions  bigint           NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (id),
    CONSTRAINT payments_channel_check CHECK (channel IN ('wechat_pay', 'alipay')),
    CONSTRAINT payments_state_check CHECK (state IN ('pending', 'succeeded', 'closed')),
    CONSTRAINT payments_refunded_check CHECK (refunded >= 0 AND refunded <= captured + excess)
);
CREATE INDEX payments_created_position ON payments (created_position);
CREATE INDEX payments_order ON payments (order_id, created_position);
CREATE INDEX payments_customer ON payments (customer, created_position);
CREATE INDEX payments_reference ON payments (reference);
CREATE INDEX payments_open_exceptions ON payments (created_position) WHERE open_exceptions > 0;
