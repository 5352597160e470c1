-- The journal: what happened, in order, for ever. See docs/event-bytes.md for leaf_hash, root and frontier.
-- Names and keys are compared byte by byte (COLLATE "C"): the same on every machine, and cheaper to append.

CREATE TABLE events (
    position       bigint      NOT NULL,
    sequence       bigint      NOT NULL,
    recorded_at    timestamptz NOT NULL,
    aggregate_type text        COLLATE "C" NOT NULL,
    aggregate_id   text        COLLATE "C" NOT NULL,
    event_type     text        COLLATE "C" NOT NULL,
    event_version  text        COLLATE "C" NOT NULL,
    -- json, not jsonb: the exact text is kept, and leaf_hash covers it.
    payload        json        NOT NULL,
    metadata       json        NOT NULL,
    leaf_hash      bytea       NOT NULL,
    -- The id first: it tells streams apart at the first comparison, and finds them without their type.
    CONSTRAINT events_pkey PRIMARY KEY (aggregate_id, aggregate_type, sequence),
    CONSTRAINT events_position_key UNIQUE (position)
);

-- One row, and no other can be added: the last position, and the RFC 9162 compact range and root over all leaves up to it.
CREATE TABLE book_head (
    only_row boolean NOT NULL DEFAULT true,
    position bigint  NOT NULL,
    frontier bytea   NOT NULL,
    root     bytea   NOT NULL,
    CONSTRAINT book_head_pkey PRIMARY KEY (only_row)
) WITH (fillfactor = 50);

-- The empty tree: no peaks, and its root is SHA-256 of nothing.
INSERT INTO book_head (position, frontier, root) VALUES (0, '', sha256(''));

-- Every command that was recorded, with the answer it got: a repeat of it gets the same.
CREATE TABLE commands (
    command_id     text   COLLATE "C" NOT NULL,
    request_hash   bytea  NOT NULL,
    first_position bigint,
    last_position  bigint NOT NULL,
    outcome        json   NOT NULL,
    CONSTRAINT commands_pkey PRIMARY KEY (command_id)
);

-- What may exist once in the book: a bank reference, a customer's name.
CREATE TABLE claims (
    scope text COLLATE "C" NOT NULL,
    key   text COLLATE "C" NOT NULL,
    CONSTRAINT claims_pkey PRIMARY KEY (key, scope)
);

-- Where loading a long stream may begin; can be thrown away at any time.
CREATE TABLE snapshots (
    aggregate_type   text   COLLATE "C" NOT NULL,
    aggregate_id     text   COLLATE "C" NOT NULL,
    last_sequence    bigint NOT NULL,
    current_snapshot bigint NOT NULL,
    payload          json   NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (aggregate_type, aggregate_id)
);

CREATE TABLE book_settings (
    only_row  boolean NOT NULL DEFAULT true,
    time_zone text    NOT NULL,
    CONSTRAINT book_settings_pkey PRIMARY KEY (only_row),
    CONSTRAINT book_settings_only_row_check CHECK (only_row)
);

CREATE SEQUENCE customer_number;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commands_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER book_head_is_kept BEFORE INSERT OR DELETE OR TRUNCATE ON book_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
