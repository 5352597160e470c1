-- Seals: signed statements of how many events there were and what their Merkle root was. See docs/auditing.md.

CREATE TABLE seals (
    size      bigint      NOT NULL,
    root      bytea       NOT NULL,
    sealed_at timestamptz NOT NULL,
    -- The signed note as it was made: what is handed out, and what a signature covers.
    note      text        NOT NULL,
    -- The public key it was signed with, as a verifier key.
    key       text        NOT NULL,
    -- The tree's frontier at that size: the next seal goes on from here.
    frontier  bytea       NOT NULL,
    CONSTRAINT seals_pkey PRIMARY KEY (size),
    CONSTRAINT seals_size_check CHECK (size > 0),
    CONSTRAINT seals_root_check CHECK (octet_length(root) = 32)
);

CREATE TRIGGER seals_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
