-- The risk of withdrawals: the rules, how each was judged, who looks at those that do not pass, and by the hour what
-- came into wallets.

-- The fold of version 2 fills them.
ALTER TABLE withdrawals
    ADD COLUMN risk_outcome text,
    ADD COLUMN risk_score bigint,
    ADD CONSTRAINT withdrawals_risk_outcome_check CHECK (risk_outcome IN ('pass', 'review', 'block'));

CREATE TABLE risk_rules (
    version          bigint      NOT NULL,
    review_from      bigint      NOT NULL,
    block_from       bigint      NOT NULL,
    rules            text        NOT NULL,
    created_position bigint      NOT NULL,
    created_at       timestamptz NOT NULL,
    created_by       text        NOT NULL,
    CONSTRAINT risk_rules_pkey PRIMARY KEY (version),
    CONSTRAINT risk_rules_version_check CHECK (version > 0)
);

CREATE TABLE risk_assessments (
    id               text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    wallet           text COLLATE "C" NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    amount           numeric          NOT NULL,
    date             date             NOT NULL,
    payee            text COLLATE "C" NOT NULL,
    outcome          text             NOT NULL,
    score            bigint           NOT NULL,
    assessment       text             NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    CONSTRAINT risk_assessments_pkey PRIMARY KEY (id),
    CONSTRAINT risk_assessments_outcome_check CHECK (outcome IN ('pass', 'review', 'block'))
);
CREATE INDEX risk_assessments_created_position ON risk_assessments (created_position);

CREATE TABLE risk_alerts (
    id               text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    wallet           text COLLATE "C" NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    amount           numeric          NOT NULL,
    outcome          text             NOT NULL,
    score            bigint           NOT NULL,
    state            text             NOT NULL,
    requested_by     text             NOT NULL,
    claimed_by       text,
    resolved_by      text,
    reason           text,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT risk_alerts_pkey PRIMARY KEY (id),
    CONSTRAINT risk_alerts_outcome_check CHECK (outcome IN ('review', 'block')),
    CONSTRAINT risk_alerts_state_check CHECK (state IN ('open', 'claimed', 'released', 'rejected', 'closed'))
) WITH (fillfactor = 70);
CREATE INDEX risk_alerts_created_position ON risk_alerts (created_position);
CREATE INDEX risk_alerts_customer ON risk_alerts (customer, created_position);
CREATE INDEX risk_alerts_state ON risk_alerts (state, created_position);

CREATE TABLE risk_flows (
    wallet     text COLLATE "C" NOT NULL,
    hour       timestamptz      NOT NULL,
    currency   text COLLATE "C" NOT NULL,
    came_in    numeric          NOT NULL,
    first_at   timestamptz,
    asked_for  numeric          NOT NULL,
    given_back numeric          NOT NULL,
    CONSTRAINT risk_flows_pkey PRIMARY KEY (wallet, hour),
    CONSTRAINT risk_flows_amounts_check CHECK (asked_for >= 0 AND given_back >= 0)
) WITH (fillfactor = 50);
