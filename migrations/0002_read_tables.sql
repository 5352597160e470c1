-- The read side: every table here is a fold of the journal and can be thrown away and folded again.
-- Ids compare byte by byte (COLLATE "C"), so they sort the same on every server.

-- How far each projection has come, and who leads it.
CREATE TABLE projections (
    name           text        NOT NULL,
    version        integer     NOT NULL,
    position       bigint      NOT NULL DEFAULT 0,
    status         text        NOT NULL DEFAULT 'running',
    error          text,
    error_position bigint,
    leader         text,
    lease_until    timestamptz,
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT projections_pkey PRIMARY KEY (name),
    CONSTRAINT projections_position_check CHECK (position >= 0),
    CONSTRAINT projections_status_check CHECK (status IN ('running', 'stopped')),
    CONSTRAINT projections_error_check CHECK ((status = 'stopped') = (error IS NOT NULL))
) WITH (fillfactor = 50);

CREATE TABLE customers (
    id                text COLLATE "C" NOT NULL,
    name              text             NOT NULL,
    status            text             NOT NULL,
    suspension_reason text,
    created_position  bigint           NOT NULL,
    created_at        timestamptz      NOT NULL,
    created_by        text             NOT NULL,
    updated_position  bigint           NOT NULL,
    updated_at        timestamptz      NOT NULL,
    updated_by        text             NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_status_check CHECK (status IN ('active', 'suspended'))
);
CREATE INDEX customers_name ON customers (name COLLATE "C", id);

CREATE TABLE wallets (
    id               text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    balance          numeric          NOT NULL,
    held             numeric          NOT NULL,
    available        numeric          NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT wallets_pkey PRIMARY KEY (id),
    CONSTRAINT wallets_held_check CHECK (held >= 0),
    CONSTRAINT wallets_available_check CHECK (available >= 0 AND available = balance - held)
) WITH (fillfactor = 70);
CREATE INDEX wallets_customer ON wallets (customer, id);

CREATE TABLE deposits (
    id                      text COLLATE "C" NOT NULL,
    customer                text COLLATE "C" NOT NULL,
    wallet                  text COLLATE "C" NOT NULL,
    currency                text COLLATE "C" NOT NULL,
    amount                  numeric          NOT NULL,
    reference               text COLLATE "C" NOT NULL,
    method                  text             NOT NULL,
    state                   text             NOT NULL,
    effective_date          date             NOT NULL,
    remark                  text,
    reversal_reason         text,
    reversal_effective_date date,
    created_position        bigint           NOT NULL,
    created_at              timestamptz      NOT NULL,
    created_by              text             NOT NULL,
    updated_position        bigint           NOT NULL,
    updated_at              timestamptz      NOT NULL,
    updated_by              text             NOT NULL,
    CONSTRAINT deposits_pkey PRIMARY KEY (id),
    CONSTRAINT deposits_amount_check CHECK (amount > 0),
    CONSTRAINT deposits_state_check CHECK (state IN ('recorded', 'reversed')),
    CONSTRAINT deposits_reversal_check
        CHECK (num_nonnulls(reversal_reason, reversal_effective_date) = CASE state WHEN 'reversed' THEN 2 ELSE 0 END)
);
CREATE INDEX deposits_created_position ON deposits (created_position);
CREATE INDEX deposits_customer ON deposits (customer, created_position);
CREATE INDEX deposits_effective_date ON deposits (effective_date, created_position);
CREATE INDEX deposits_reference ON deposits (reference);

CREATE TABLE withdrawals (
    id                text COLLATE "C" NOT NULL,
    customer          text COLLATE "C" NOT NULL,
    wallet            text COLLATE "C" NOT NULL,
    currency          text COLLATE "C" NOT NULL,
    amount            numeric          NOT NULL,
    reference         text COLLATE "C" NOT NULL,
    account_name      text             NOT NULL,
    account_number    text             NOT NULL,
    bank_name         text,
    state             text             NOT NULL,
    requested_by      text             NOT NULL,
    channel_reference text,
    created_position  bigint           NOT NULL,
    created_at        timestamptz      NOT NULL,
    created_by        text             NOT NULL,
    updated_position  bigint           NOT NULL,
    updated_at        timestamptz      NOT NULL,
    updated_by        text             NOT NULL,
    CONSTRAINT withdrawals_pkey PRIMARY KEY (id),
    CONSTRAINT withdrawals_amount_check CHECK (amount > 0),
    CONSTRAINT withdrawals_state_check CHECK (state IN
        ('requested', 'approved', 'rejected', 'cancelled', 'submitted', 'succeeded', 'failed', 'returned'))
) WITH (fillfactor = 70);
CREATE INDEX withdrawals_created_position ON withdrawals (created_position);
CREATE INDEX withdrawals_customer ON withdrawals (customer, created_position);
CREATE INDEX withdrawals_state ON withdrawals (state, created_position);
CREATE INDEX withdrawals_reference ON withdrawals (reference);

-- The way a withdrawal took: each state it reached, by whom, when and why.
CREATE TABLE withdrawal_steps (
    withdrawal     text COLLATE "C" NOT NULL,
    position       bigint           NOT NULL,
    state          text             NOT NULL,
    at             timestamptz      NOT NULL,
    by             text             NOT NULL,
    effective_date date,
    reason         text,
    CONSTRAINT withdrawal_steps_pkey PRIMARY KEY (withdrawal, position),
    CONSTRAINT withdrawal_steps_state_check CHECK (state IN
        ('requested', 'approved', 'rejected', 'cancelled', 'submitted', 'succeeded', 'failed', 'returned'))
);

-- The statement of a wallet: one line per movement of its balance, credits positive.
CREATE TABLE wallet_statement_lines (
    wallet         text COLLATE "C" NOT NULL,
    effective_date date             NOT NULL,
    position       bigint           NOT NULL,
    kind           text             NOT NULL,
    source         text COLLATE "C" NOT NULL,
    reference      text,
    remark         text,
    amount         numeric          NOT NULL,
    recorded_at    timestamptz      NOT NULL,
    recorded_by    text             NOT NULL,
    CONSTRAINT wallet_statement_lines_pkey PRIMARY KEY (wallet, effective_date, position),
    CONSTRAINT wallet_statement_lines_kind_check
        CHECK (kind IN ('deposit', 'deposit_reversal', 'withdrawal', 'withdrawal_return')),
    CONSTRAINT wallet_statement_lines_amount_check
        CHECK (CASE WHEN kind IN ('deposit', 'withdrawal_return') THEN amount > 0 ELSE amount < 0 END)
);

-- The lines of each day summed up: what came before a period is the sum of its days.
CREATE TABLE wallet_statement_days (
    wallet         text COLLATE "C" NOT NULL,
    effective_date date             NOT NULL,
    credits        numeric          NOT NULL,
    debits         numeric          NOT NULL,
    line_count     bigint           NOT NULL,
    CONSTRAINT wallet_statement_days_pkey PRIMARY KEY (wallet, effective_date),
    CONSTRAINT wallet_statement_days_amounts_check CHECK (credits >= 0 AND debits >= 0)
) WITH (fillfactor = 80);

-- The general ledger: every posting of every event.
CREATE TABLE ledger_lines (
    account        text COLLATE "C" NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    effective_date date             NOT NULL,
    position       bigint           NOT NULL,
    posting        bigint           NOT NULL,
    side           text             NOT NULL,
    amount         numeric          NOT NULL,
    event_type     text             NOT NULL,
    source_type    text             NOT NULL,
    source         text COLLATE "C" NOT NULL,
    recorded_at    timestamptz      NOT NULL,
    recorded_by    text             NOT NULL,
    CONSTRAINT ledger_lines_pkey PRIMARY KEY (account, currency, effective_date, position, posting),
    CONSTRAINT ledger_lines_side_check CHECK (side IN ('debit', 'credit')),
    CONSTRAINT ledger_lines_amount_check CHECK (amount > 0)
);

CREATE TABLE ledger_days (
    account        text COLLATE "C" NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    effective_date date             NOT NULL,
    debit          numeric          NOT NULL,
    credit         numeric          NOT NULL,
    line_count     bigint           NOT NULL,
    CONSTRAINT ledger_days_pkey PRIMARY KEY (account, currency, effective_date),
    CONSTRAINT ledger_days_amounts_check CHECK (debit >= 0 AND credit >= 0)
) WITH (fillfactor = 50);

CREATE TABLE daily_totals (
    effective_date   date             NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    deposits         numeric          NOT NULL,
    deposit_count    bigint           NOT NULL,
    reversals        numeric          NOT NULL,
    reversal_count   bigint           NOT NULL,
    withdrawals      numeric          NOT NULL,
    withdrawal_count bigint           NOT NULL,
    returns          numeric          NOT NULL,
    return_count     bigint           NOT NULL,
    net              numeric          NOT NULL,
    CONSTRAINT daily_totals_pkey PRIMARY KEY (effective_date, currency),
    CONSTRAINT daily_totals_net_check CHECK (net = deposits - reversals - withdrawals + returns)
) WITH (fillfactor = 50);
