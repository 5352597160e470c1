-- Statements that were sent to customers, and what they say to them. Written by the projection "statements".
CREATE TABLE statements (
    id                 text COLLATE "C" NOT NULL,
    customer           text COLLATE "C" NOT NULL,
    currency           text COLLATE "C" NOT NULL,
    from_date          date             NOT NULL,
    to_date            date             NOT NULL,
    known_at           bigint           NOT NULL,
    opening_receivable numeric          NOT NULL,
    opening_advance    numeric          NOT NULL,
    closing_receivable numeric          NOT NULL,
    closing_advance    numeric          NOT NULL,
    line_count         bigint           NOT NULL,
    state              text             NOT NULL,
    answer             text,
    remark             text,
    answered_by        text,
    answered_at        timestamptz,
    end_reason         text,
    created_position   bigint           NOT NULL,
    created_at         timestamptz      NOT NULL,
    created_by         text             NOT NULL,
    updated_position   bigint           NOT NULL,
    updated_at         timestamptz      NOT NULL,
    updated_by         text             NOT NULL,
    CONSTRAINT statements_pkey PRIMARY KEY (id),
    CONSTRAINT statements_state_check CHECK (state IN ('issued', 'agreed', 'disagreed', 'withdrawn')),
    CONSTRAINT statements_answer_check CHECK (answer IN ('agrees', 'disagrees'))
);
CREATE INDEX statements_created_position ON statements (created_position);
CREATE INDEX statements_customer ON statements (customer, created_position);

-- What links for people without sign-in are made with. It is in no export, and the runtime may only read it.
CREATE TABLE link_keys (
    purpose text  NOT NULL,
    key     bytea NOT NULL,
    CONSTRAINT link_keys_pkey PRIMARY KEY (purpose),
    CONSTRAINT link_keys_key_check CHECK (octet_length(key) = 32)
);
-- 122 random bits of each.
INSERT INTO link_keys VALUES ('statement', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
