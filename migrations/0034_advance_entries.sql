-- What made more or less of what is left of receipts and credit notes. Written by the projection "advances".
CREATE TABLE advance_entries (
    source         text COLLATE "C" NOT NULL,
    position       bigint           NOT NULL,
    effective_date date             NOT NULL,
    kind           text             NOT NULL,
    -- Whose it is from here on, where the event says so.
    customer       text COLLATE "C",
    reference      text,
    currency       text COLLATE "C" NOT NULL,
    amount         numeric          NOT NULL,
    CONSTRAINT advance_entries_pkey PRIMARY KEY (source, position),
    CONSTRAINT advance_entries_kind_check
        CHECK (kind IN ('received', 'identified', 'granted', 'applied', 'freed', 'moved_to_wallet',
                        'moved_back', 'refunded', 'refund_returned', 'reversed'))
);
CREATE INDEX advance_entries_customer ON advance_entries (customer) WHERE customer IS NOT NULL;
