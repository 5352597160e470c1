-- Bills, as people ask for them.

CREATE TABLE bills (
    id               text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    period           text COLLATE "C" NOT NULL,
    number           text COLLATE "C",
    state            text             NOT NULL,
    dispute          text             NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    subtotal         numeric          NOT NULL,
    tax              numeric          NOT NULL,
    total            numeric          NOT NULL,
    settled          numeric          NOT NULL,
    open             numeric          NOT NULL,
    issue_date       date,
    due_date         date,
    replaces         text COLLATE "C",
    parts            text             NOT NULL,
    notes            text             NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT bills_pkey PRIMARY KEY (id),
    CONSTRAINT bills_state_check CHECK (state IN ('draft', 'issued', 'voided')),
    CONSTRAINT bills_open_check CHECK (open >= 0 AND open <= total)
);
CREATE INDEX bills_created_position ON bills (created_position);
CREATE INDEX bills_customer ON bills (customer, created_position);
CREATE INDEX bills_period ON bills (period, created_position);
CREATE INDEX bills_open_due_date ON bills (due_date, created_position) WHERE open > 0;
