-- What payment channels have told, each notification once, as people ask for it.

CREATE TABLE channel_notifications (
    id                text COLLATE "C" NOT NULL,
    channel           text             NOT NULL,
    event_id          text COLLATE "C" NOT NULL,
    merchant          text COLLATE "C" NOT NULL,
    reference         text COLLATE "C" NOT NULL,
    transaction       text COLLATE "C" NOT NULL,
    -- JSON, as its event has it.
    said              text             NOT NULL,
    happened_at       timestamptz      NOT NULL,
    state             text             NOT NULL,
    received_position bigint           NOT NULL,
    received_at       timestamptz      NOT NULL,
    received_by       text             NOT NULL,
    CONSTRAINT channel_notifications_pkey PRIMARY KEY (id),
    CONSTRAINT channel_notifications_channel_check CHECK (channel IN ('wechat_pay', 'alipay')),
    CONSTRAINT channel_notifications_state_check CHECK (state IN ('waiting'))
);
CREATE INDEX channel_notifications_received_position ON channel_notifications (received_position);
CREATE INDEX channel_notifications_reference ON channel_notifications (reference, received_position);
