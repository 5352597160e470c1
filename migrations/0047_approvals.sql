-- What waits for a second person and what was decided, by which rules, and who decides in whose place.

CREATE TABLE approval_rules (
    version          bigint      NOT NULL,
    usual            text        NOT NULL,
    kinds            text        NOT NULL,
    created_position bigint      NOT NULL,
    created_at       timestamptz NOT NULL,
    created_by       text        NOT NULL,
    CONSTRAINT approval_rules_pkey PRIMARY KEY (version),
    CONSTRAINT approval_rules_version_check CHECK (version > 0)
);

CREATE TABLE approvals (
    id                 text COLLATE "C" NOT NULL,
    kind               text             NOT NULL,
    subject            text COLLATE "C" NOT NULL,
    customer           text COLLATE "C",
    amounts            text             NOT NULL,
    why                text,
    requested_by       text             NOT NULL,
    key_made_by        text,
    approvers          bigint           NOT NULL,
    rules_version      bigint           NOT NULL,
    expires_at         timestamptz      NOT NULL,
    given              text             NOT NULL,
    state              text             NOT NULL,
    ended_by           text,
    ended_on_behalf_of text,
    reason             text,
    decided_at         timestamptz,
    created_position   bigint           NOT NULL,
    created_at         timestamptz      NOT NULL,
    created_by         text             NOT NULL,
    updated_position   bigint           NOT NULL,
    updated_at         timestamptz      NOT NULL,
    updated_by         text             NOT NULL,
    CONSTRAINT approvals_pkey PRIMARY KEY (id),
    CONSTRAINT approvals_kind_check CHECK
        (kind IN ('withdrawal', 'refund', 'write_off', 'credit_note', 'bad_debt', 'period_reopening')),
    CONSTRAINT approvals_state_check CHECK (state IN ('open', 'approved', 'rejected', 'expired', 'closed')),
    CONSTRAINT approvals_decided_check CHECK ((state = 'open') = (decided_at IS NULL)),
    CONSTRAINT approvals_approvers_check CHECK (approvers > 0)
) WITH (fillfactor = 70);
CREATE INDEX approvals_created_position ON approvals (created_position, id);
CREATE INDEX approvals_customer ON approvals (customer, created_position);
CREATE INDEX approvals_state ON approvals (state, created_position);
CREATE INDEX approvals_open ON approvals (expires_at, id) WHERE state = 'open';
CREATE INDEX approvals_decided_at ON approvals (decided_at);

CREATE TABLE approval_delegations (
    id               text COLLATE "C" NOT NULL,
    delegator        text             NOT NULL,
    delegate         text             NOT NULL,
    from_date        date             NOT NULL,
    until_date       date             NOT NULL,
    reason           text             NOT NULL,
    ended_at         timestamptz,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT approval_delegations_pkey PRIMARY KEY (id),
    CONSTRAINT approval_delegations_days_check CHECK (from_date <= until_date)
);
CREATE INDEX approval_delegations_created_position ON approval_delegations (created_position);
CREATE INDEX approval_delegations_delegate ON approval_delegations (delegate, until_date);
