-- What customers used, as meters counted it. Written by the projection "usage".

CREATE TABLE usage_records (
    customer         text COLLATE "C" NOT NULL,
    month            text COLLATE "C" NOT NULL,
    meter            text COLLATE "C" NOT NULL,
    date             date             NOT NULL,
    reference        text COLLATE "C" NOT NULL,
    quantity         numeric          NOT NULL,
    -- It came in, or was corrected, after the month had been billed.
    late             boolean          NOT NULL,
    -- Of the event in the stream of the customer's month that recorded or corrected it last.
    sequence         bigint           NOT NULL,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT usage_records_pkey PRIMARY KEY (customer, month, meter, date, reference),
    CONSTRAINT usage_records_month_check CHECK (to_char(date, 'YYYY-MM') = month),
    CONSTRAINT usage_records_quantity_check CHECK (quantity >= 0)
) WITH (fillfactor = 90);

CREATE INDEX usage_records_created_position ON usage_records (created_position);
CREATE INDEX usage_records_date ON usage_records (date, customer, meter, reference);
CREATE INDEX usage_records_late ON usage_records (created_position) WHERE late;

-- Which bills count a customer's month, and up to which event of its stream.
CREATE TABLE usage_bills (
    customer         text COLLATE "C" NOT NULL,
    month            text COLLATE "C" NOT NULL,
    bill             text COLLATE "C" NOT NULL,
    through          bigint           NOT NULL,
    -- False once the bill was voided.
    standing         boolean          NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT usage_bills_pkey PRIMARY KEY (customer, month, bill)
);
