-- Rebuilds of projections, asked for and done. An operator's record: it is not folded from the journal.
CREATE TABLE rebuilds (
    id               uuid        NOT NULL,
    projection       text        NOT NULL,
    state            text        NOT NULL DEFAULT 'requested',
    dry_run          boolean     NOT NULL,
    expect_equal     boolean     NOT NULL,
    requested_by     text        NOT NULL,
    requested_at     timestamptz NOT NULL,
    started_at       timestamptz,
    finished_at      timestamptz,
    cancel_requested boolean     NOT NULL DEFAULT false,
    -- How far it is, while it runs; what it would change or has changed, and why it failed, afterwards.
    progress         json,
    report           json,
    error            text,
    CONSTRAINT rebuilds_pkey PRIMARY KEY (id),
    CONSTRAINT rebuilds_state_check
        CHECK (state IN ('requested', 'running', 'swapped', 'compared', 'failed', 'cancelled')),
    CONSTRAINT rebuilds_finished_check
        CHECK ((finished_at IS NULL) = (state IN ('requested', 'running')))
);
-- One under way per projection.
CREATE UNIQUE INDEX rebuilds_under_way ON rebuilds (projection) WHERE state IN ('requested', 'running');
CREATE INDEX rebuilds_requested_at ON rebuilds (requested_at);

-- The generation of tables that was replaced last, kept for a way back.
CREATE TABLE previous_generations (
    projection text        NOT NULL,
    version    integer     NOT NULL,
    position   bigint      NOT NULL,
    replaced_at timestamptz NOT NULL,
    CONSTRAINT previous_generations_pkey PRIMARY KEY (projection)
);
