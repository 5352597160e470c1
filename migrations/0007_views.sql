-- The read side as it stood at a position, each in a schema of its own beside the book's. An operator's record: it is
-- not folded from the journal.
CREATE TABLE views (
    name        text        NOT NULL,
    position    bigint      NOT NULL,
    -- When the event at the position was recorded; null before the first.
    recorded_at timestamptz,
    made_by     text        NOT NULL,
    begun_at    timestamptz NOT NULL,
    -- Null as long as it is half made: then it is shown to nobody.
    made_at     timestamptz,
    CONSTRAINT views_pkey PRIMARY KEY (name),
    CONSTRAINT views_position_check CHECK (position >= 0)
);
