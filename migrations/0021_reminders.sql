-- Reminders of bills, on every channel, as people ask for them and as they wait to be delivered.

CREATE TABLE reminders (
    bill             text COLLATE "C" NOT NULL,
    step             text COLLATE "C" NOT NULL,
    channel          text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    number           text COLLATE "C" NOT NULL,
    due_date         date             NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    open             numeric          NOT NULL,
    date             date             NOT NULL,
    status           text             NOT NULL,
    attempts         bigint           NOT NULL,
    next_attempt_at  timestamptz,
    reason           text,
    raised_position  bigint           NOT NULL,
    raised_at        timestamptz      NOT NULL,
    raised_by        text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT reminders_pkey PRIMARY KEY (bill, step, channel),
    CONSTRAINT reminders_step_check CHECK (step IN ('before_due', 'due', 'overdue_7', 'overdue_15', 'overdue_30')),
    CONSTRAINT reminders_channel_check CHECK (channel IN ('email', 'webhook')),
    CONSTRAINT reminders_status_check CHECK (status IN ('pending', 'sent', 'failed', 'withdrawn'))
);
CREATE INDEX reminders_raised_position ON reminders (raised_position, channel);
CREATE INDEX reminders_customer ON reminders (customer, raised_position, channel);
CREATE INDEX reminders_pending ON reminders (raised_position, channel) WHERE status = 'pending';
CREATE INDEX reminders_failed ON reminders (raised_position, channel) WHERE status = 'failed';
