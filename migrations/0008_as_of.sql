-- The book as it stood: what each question needs to leave out what was recorded after a position.

-- What was set aside in a wallet, and what became of it: one line per event of a hold.
CREATE TABLE wallet_hold_lines (
    wallet         text COLLATE "C" NOT NULL,
    position       bigint           NOT NULL,
    withdrawal     text COLLATE "C" NOT NULL,
    kind           text             NOT NULL,
    amount         numeric          NOT NULL,
    effective_date date,
    recorded_at    timestamptz      NOT NULL,
    recorded_by    text             NOT NULL,
    CONSTRAINT wallet_hold_lines_pkey PRIMARY KEY (wallet, position),
    CONSTRAINT wallet_hold_lines_kind_check CHECK (kind IN ('held', 'released', 'paid_out')),
    CONSTRAINT wallet_hold_lines_amount_check CHECK (amount > 0),
    -- Money is set aside and set free without a business date; it leaves on one.
    CONSTRAINT wallet_hold_lines_effective_date_check CHECK ((effective_date IS NOT NULL) = (kind = 'paid_out'))
);

-- The sum of a wallet's lines up to a position, out of the index alone; and its last line up to there.
CREATE INDEX wallet_statement_lines_position ON wallet_statement_lines (wallet, position)
    INCLUDE (effective_date, amount);

-- What was posted after a position. It grows at its end only.
CREATE INDEX ledger_lines_position ON ledger_lines (position);
