-- What bills made of revenue. Written by the projection "revenue".

-- The lines of every bill as it was drafted.
CREATE TABLE billed_lines (
    bill         text COLLATE "C" NOT NULL,
    line         bigint           NOT NULL,
    plan         text COLLATE "C" NOT NULL,
    plan_version bigint           NOT NULL,
    item         text COLLATE "C" NOT NULL,
    -- Null: a fee, or what brings a bill up to the plan's minimum.
    meter        text COLLATE "C",
    currency     text COLLATE "C" NOT NULL,
    amount       numeric          NOT NULL,
    CONSTRAINT billed_lines_pkey PRIMARY KEY (bill, line)
);

CREATE TABLE revenue_entries (
    effective_date date             NOT NULL,
    position       bigint           NOT NULL,
    entry          bigint           NOT NULL,
    customer       text COLLATE "C" NOT NULL,
    bill           text COLLATE "C" NOT NULL,
    -- Null: all lines of the bill.
    line           bigint,
    kind           text             NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    amount         numeric          NOT NULL,
    CONSTRAINT revenue_entries_pkey PRIMARY KEY (effective_date, position, entry),
    CONSTRAINT revenue_entries_kind_check CHECK (kind IN ('issued', 'debit_note', 'credit_note', 'voided'))
);

-- What is owed of each issued bill. Written by the projection "receivables".
CREATE TABLE receivables (
    bill          text COLLATE "C" NOT NULL,
    customer      text COLLATE "C" NOT NULL,
    currency      text COLLATE "C" NOT NULL,
    due_date      date             NOT NULL,
    open          numeric          NOT NULL,
    -- Of its entries.
    first_date    date             NOT NULL,
    last_date     date             NOT NULL,
    last_position bigint           NOT NULL,
    CONSTRAINT receivables_pkey PRIMARY KEY (bill)
);
CREATE INDEX receivables_open ON receivables (currency, customer) WHERE open <> 0;
CREATE INDEX receivables_last_date ON receivables (last_date);
CREATE INDEX receivables_last_position ON receivables (last_position);

CREATE TABLE receivable_entries (
    bill           text COLLATE "C" NOT NULL,
    position       bigint           NOT NULL,
    effective_date date             NOT NULL,
    kind           text             NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    amount         numeric          NOT NULL,
    CONSTRAINT receivable_entries_pkey PRIMARY KEY (bill, position),
    CONSTRAINT receivable_entries_kind_check
        CHECK (kind IN ('issued', 'debit_note', 'credit_note', 'voided', 'paid_from_wallet', 'written_off'))
);
