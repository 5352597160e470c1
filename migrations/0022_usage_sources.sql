-- Runs of usage sources, and what they could not collect. Written by the projection "usage_runs".

CREATE TABLE usage_runs (
    source           text COLLATE "C" NOT NULL,
    number           bigint           NOT NULL,
    state            text             NOT NULL,
    -- JSON: what it was asked to collect.
    terms            text             NOT NULL,
    asked            bigint           NOT NULL,
    recorded         bigint           NOT NULL,
    unchanged        bigint           NOT NULL,
    corrected        bigint           NOT NULL,
    quarantined      bigint           NOT NULL,
    held             bigint           NOT NULL,
    failed           bigint           NOT NULL,
    given_up         text,
    -- When it was begun or taken up last: failures from before were tried again.
    tried_position   bigint           NOT NULL,
    started_position bigint           NOT NULL,
    started_at       timestamptz      NOT NULL,
    started_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT usage_runs_pkey PRIMARY KEY (source, number),
    CONSTRAINT usage_runs_state_check CHECK (state IN ('running', 'finished', 'failed')),
    CONSTRAINT usage_runs_given_up_check CHECK ((given_up IS NOT NULL) = (state = 'failed'))
);
CREATE INDEX usage_runs_started_position ON usage_runs (started_position);
CREATE INDEX usage_runs_running ON usage_runs (source, number) WHERE state = 'running';

CREATE TABLE usage_run_failures (
    source           text COLLATE "C" NOT NULL,
    number           bigint           NOT NULL,
    failed_position  bigint           NOT NULL,
    -- Among those of the same event.
    place            bigint           NOT NULL,
    customer         text COLLATE "C",
    month            text COLLATE "C",
    file             text,
    reason           text             NOT NULL,
    failed_at        timestamptz      NOT NULL,
    CONSTRAINT usage_run_failures_pkey PRIMARY KEY (source, number, failed_position, place)
);

-- Usage that came from a source and was not believed. Written by the projection "usage_quarantine".
CREATE TABLE usage_quarantine (
    customer             text COLLATE "C" NOT NULL,
    month                text COLLATE "C" NOT NULL,
    number               bigint           NOT NULL,
    run                  text COLLATE "C" NOT NULL,
    meter                text COLLATE "C" NOT NULL,
    date                 date             NOT NULL,
    reference            text COLLATE "C" NOT NULL,
    given                text             NOT NULL,
    why                  text             NOT NULL,
    recorded             numeric,
    average              numeric,
    state                text             NOT NULL,
    quantity             numeric,
    reason               text,
    quarantined_position bigint           NOT NULL,
    quarantined_at       timestamptz      NOT NULL,
    quarantined_by       text             NOT NULL,
    updated_position     bigint           NOT NULL,
    updated_at           timestamptz      NOT NULL,
    updated_by           text             NOT NULL,
    CONSTRAINT usage_quarantine_pkey PRIMARY KEY (customer, month, number),
    CONSTRAINT usage_quarantine_why_check
        CHECK (why IN ('not_a_number', 'negative', 'out_of_range', 'above_average', 'changed')),
    CONSTRAINT usage_quarantine_state_check CHECK (state IN ('waiting', 'accepted', 'dismissed')),
    CONSTRAINT usage_quarantine_quantity_check CHECK ((quantity IS NOT NULL) = (state = 'accepted'))
);
-- Several of a month are put aside by one event.
CREATE INDEX usage_quarantine_position ON usage_quarantine (quarantined_position, number);
CREATE INDEX usage_quarantine_waiting ON usage_quarantine (quarantined_position, number) WHERE state = 'waiting';
