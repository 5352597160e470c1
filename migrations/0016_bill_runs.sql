-- Bill runs, one per month, and whom they could not bill. Written by the projection "bill_runs".

CREATE TABLE bill_runs (
    period           text COLLATE "C" NOT NULL,
    state            text             NOT NULL,
    -- Since it was started last.
    customers        bigint           NOT NULL,
    billed           bigint           NOT NULL,
    skipped          bigint           NOT NULL,
    parked           bigint           NOT NULL,
    -- JSON: what the bills come to, by currency; what it was asked to do.
    totals           text             NOT NULL,
    terms            text             NOT NULL,
    started_position bigint           NOT NULL,
    started_at       timestamptz      NOT NULL,
    started_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT bill_runs_pkey PRIMARY KEY (period),
    CONSTRAINT bill_runs_state_check CHECK (state IN ('running', 'finished'))
);

CREATE TABLE bill_run_parked (
    period           text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    -- The last one.
    reason           text             NOT NULL,
    parked_position  bigint           NOT NULL,
    parked_at        timestamptz      NOT NULL,
    parked_by        text             NOT NULL,
    CONSTRAINT bill_run_parked_pkey PRIMARY KEY (period, customer)
);

-- Months that were ever closed. Written by the projection "accounting_periods".
CREATE TABLE accounting_periods (
    period           text COLLATE "C" NOT NULL,
    state            text             NOT NULL,
    requested_by     text,
    reason           text,
    closed_position  bigint           NOT NULL,
    closed_at        timestamptz      NOT NULL,
    closed_by        text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT accounting_periods_pkey PRIMARY KEY (period),
    CONSTRAINT accounting_periods_state_check CHECK (state IN ('open', 'closed', 'reopening_requested')),
    CONSTRAINT accounting_periods_requested_check
        CHECK ((requested_by IS NULL) = (state <> 'reopening_requested'))
);
