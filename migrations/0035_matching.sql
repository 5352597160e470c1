-- The rules by which receipts are matched with bills, and why a write-off was found by them.

CREATE TABLE matching_rules (
    version          bigint           NOT NULL,
    automatic_from   text COLLATE "C",
    rules            text             NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    CONSTRAINT matching_rules_pkey PRIMARY KEY (version),
    CONSTRAINT matching_rules_version_check CHECK (version > 0)
);

-- The fold of version 2 fills it.
ALTER TABLE write_offs ADD COLUMN matched text NOT NULL DEFAULT 'null';
