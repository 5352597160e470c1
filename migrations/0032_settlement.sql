-- Receipts, credit notes and write-offs.

CREATE TABLE receipts (
    id               text COLLATE "C" NOT NULL,
    account          text COLLATE "C" NOT NULL,
    reference        text COLLATE "C" NOT NULL,
    customer         text COLLATE "C",
    state            text             NOT NULL,
    method           text             NOT NULL,
    received_date    date             NOT NULL,
    payer_name       text,
    payer_account    text,
    remittance       text,
    currency         text COLLATE "C" NOT NULL,
    amount           numeric          NOT NULL,
    applied          numeric          NOT NULL,
    moved            numeric          NOT NULL,
    refunded         numeric          NOT NULL,
    refund_asked     numeric          NOT NULL,
    unapplied        numeric          NOT NULL,
    refund           text             NOT NULL,
    reversal         text             NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT receipts_pkey PRIMARY KEY (id),
    CONSTRAINT receipts_state_check CHECK (state IN ('unidentified', 'open', 'used', 'reversed')),
    CONSTRAINT receipts_amounts_check
        CHECK (amount > 0 AND applied >= 0 AND moved >= 0 AND refunded >= 0 AND refund_asked >= 0 AND unapplied >= 0)
);
CREATE INDEX receipts_created_position ON receipts (created_position);
CREATE INDEX receipts_received_date ON receipts (received_date, created_position);
CREATE INDEX receipts_customer ON receipts (customer, created_position);
CREATE INDEX receipts_reference ON receipts (reference);
CREATE INDEX receipts_free ON receipts (state, created_position) WHERE unapplied > 0;

CREATE TABLE credit_notes (
    id               text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    subtotal         numeric          NOT NULL,
    tax              numeric          NOT NULL,
    amount           numeric          NOT NULL,
    applied          numeric          NOT NULL,
    unapplied        numeric          NOT NULL,
    reason           text             NOT NULL,
    effective_date   date             NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT credit_notes_pkey PRIMARY KEY (id),
    CONSTRAINT credit_notes_amounts_check CHECK (amount > 0 AND applied >= 0 AND unapplied >= 0)
);
CREATE INDEX credit_notes_created_position ON credit_notes (created_position);
CREATE INDEX credit_notes_customer ON credit_notes (customer, created_position);

CREATE TABLE write_offs (
    id               text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    state            text             NOT NULL,
    effective_date   date             NOT NULL,
    made_by          text             NOT NULL,
    decided_by       text,
    rejection        text,
    leg_count        bigint           NOT NULL,
    reversed_legs    bigint           NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT write_offs_pkey PRIMARY KEY (id),
    CONSTRAINT write_offs_state_check
        CHECK (state IN ('proposed', 'rejected', 'posted', 'partly_reversed', 'reversed')),
    CONSTRAINT write_offs_legs_check CHECK (leg_count > 0 AND reversed_legs BETWEEN 0 AND leg_count)
);
CREATE INDEX write_offs_created_position ON write_offs (created_position);
CREATE INDEX write_offs_customer ON write_offs (customer, created_position);
CREATE INDEX write_offs_waiting ON write_offs (created_position) WHERE state = 'proposed';

CREATE TABLE write_off_legs (
    write_off   text COLLATE "C" NOT NULL,
    leg         bigint           NOT NULL,
    source_kind text             NOT NULL,
    source      text COLLATE "C" NOT NULL,
    bill        text COLLATE "C" NOT NULL,
    currency    text COLLATE "C" NOT NULL,
    amount      numeric          NOT NULL,
    reversal    text             NOT NULL,
    CONSTRAINT write_off_legs_pkey PRIMARY KEY (write_off, leg),
    CONSTRAINT write_off_legs_source_kind_check
        CHECK (source_kind IN ('receipt', 'wallet', 'credit_note', 'difference')),
    CONSTRAINT write_off_legs_amount_check CHECK (amount > 0)
);
CREATE INDEX write_off_legs_bill ON write_off_legs (bill);
CREATE INDEX write_off_legs_source ON write_off_legs (source);
