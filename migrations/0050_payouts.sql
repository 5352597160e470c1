-- Payouts: the orders that withdrawals are paid out by, the way each took, and the batches that go to the bank in a file.

CREATE TABLE payouts (
    id               text COLLATE "C" NOT NULL,
    withdrawal       text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    wallet           text COLLATE "C" NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    amount           numeric          NOT NULL,
    reference        text COLLATE "C" NOT NULL,
    account_name     text             NOT NULL,
    account_number   text             NOT NULL,
    bank_name        text,
    adapter          text             NOT NULL,
    batch            text COLLATE "C",
    state            text             NOT NULL,
    cause            text,
    -- JSON, as its event has it.
    doubt            text,
    bank_reference   text,
    paid_date        date,
    reason           text,
    sent_at          timestamptz,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT payouts_pkey PRIMARY KEY (id),
    CONSTRAINT payouts_amount_check CHECK (amount > 0),
    CONSTRAINT payouts_adapter_check CHECK (adapter IN ('manual', 'http')),
    CONSTRAINT payouts_state_check CHECK (state IN
        ('prepared', 'sending', 'unknown', 'accepted', 'doubted', 'succeeded', 'failed', 'returned'))
);
CREATE INDEX payouts_created_position ON payouts (created_position);
CREATE INDEX payouts_customer ON payouts (customer, created_position);
CREATE INDEX payouts_state ON payouts (state, created_position);
CREATE INDEX payouts_batch ON payouts (batch, created_position);
-- What somebody has to see to: those that have come to no end, and those that were doubted after it.
CREATE INDEX payouts_open ON payouts (created_position)
    WHERE state NOT IN ('succeeded', 'failed', 'returned') OR doubt IS NOT NULL;

CREATE TABLE payout_steps (
    payout   text COLLATE "C" NOT NULL,
    position bigint           NOT NULL,
    event    text             NOT NULL,
    at       timestamptz      NOT NULL,
    by       text             NOT NULL,
    cause    text,
    -- JSON, as its event has it.
    doubt    text,
    date     date,
    reason   text,
    CONSTRAINT payout_steps_pkey PRIMARY KEY (payout, position)
);

CREATE TABLE payout_batches (
    id               text COLLATE "C" NOT NULL,
    debtor_name      text             NOT NULL,
    debtor_account   text             NOT NULL,
    bank_code        text             NOT NULL,
    execution_date   date             NOT NULL,
    payouts          bigint           NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    CONSTRAINT payout_batches_pkey PRIMARY KEY (id)
);
CREATE INDEX payout_batches_created_position ON payout_batches (created_position);
