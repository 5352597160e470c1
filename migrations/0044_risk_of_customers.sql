-- Why no money may leave a wallet, while it is frozen: the fold of version 2 fills it.

ALTER TABLE wallets ADD COLUMN frozen text;

-- How the latest withdrawal of each wallet was judged: the fold of version 2 fills it.

CREATE TABLE risk_customers (
    wallet           text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    score            bigint           NOT NULL,
    outcome          text             NOT NULL,
    withdrawal       text COLLATE "C" NOT NULL,
    assessed         bigint           NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT risk_customers_pkey PRIMARY KEY (wallet),
    CONSTRAINT risk_customers_assessed_check CHECK (assessed > 0),
    CONSTRAINT risk_customers_outcome_check CHECK (outcome IN ('pass', 'review', 'block'))
) WITH (fillfactor = 70);
CREATE INDEX risk_customers_score ON risk_customers (score, wallet);
