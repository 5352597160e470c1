-- Customers with their whole file. Personal fields are sealed; the keys that open them are here, and nowhere in a fold.

ALTER TABLE customers
    DROP CONSTRAINT customers_status_check,
    ADD CONSTRAINT customers_status_check CHECK (status IN ('active', 'suspended', 'closed')),
    ADD COLUMN closure_reason          text,
    ADD COLUMN account_manager         text,
    ADD COLUMN code                    text,
    ADD COLUMN short_name              text,
    ADD COLUMN industry                text,
    ADD COLUMN level                   text,
    ADD COLUMN tax_number              text,
    ADD COLUMN bank_name               text,
    ADD COLUMN settlement_mode         text,
    ADD COLUMN billing_cycle           text,
    ADD COLUMN payment_term_days       bigint,
    ADD COLUMN credit_limit            numeric,
    ADD COLUMN credit_limit_currency   text,
    ADD COLUMN currency                text,
    ADD COLUMN tags                    text,
    ADD COLUMN remarks                 text,
    ADD COLUMN external_ids            text,
    ADD COLUMN contact_person          text,
    ADD COLUMN phone                   text,
    ADD COLUMN email                   text,
    ADD COLUMN address                 text,
    ADD COLUMN bank_account            text,
    ADD COLUMN personal_data_erased_at timestamptz,
    ADD CONSTRAINT customers_credit_limit_check CHECK ((credit_limit IS NULL) = (credit_limit_currency IS NULL));
CREATE INDEX customers_code ON customers (coalesce(code, '') COLLATE "C", id);
CREATE INDEX customers_account_manager ON customers (account_manager, id);
CREATE INDEX customers_updated_position ON customers (updated_position);

-- The key each customer's personal fields are sealed with, wrapped by the master key, which is in no database. After an
-- erasure the row stays and the key is gone. An erased key is vacuumed away as soon as PostgreSQL looks.
CREATE TABLE customer_keys (
    customer    text COLLATE "C" NOT NULL,
    wrapped_key bytea,
    created_at  timestamptz      NOT NULL,
    -- Set before the erasure is recorded, so that one that was interrupted is found again.
    erasing_at  timestamptz,
    erased_at   timestamptz,
    CONSTRAINT customer_keys_pkey PRIMARY KEY (customer),
    CONSTRAINT customer_keys_erased_check CHECK ((erased_at IS NULL) = (wrapped_key IS NOT NULL))
) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX customer_keys_erasing ON customer_keys (customer) WHERE erasing_at IS NOT NULL AND erased_at IS NULL;

-- The number a registration with personal fields goes by, kept with its key: a repeat must seal the same.
CREATE TABLE customer_reservations (
    command_id text COLLATE "C" NOT NULL,
    row_number bigint           NOT NULL,
    customer   text COLLATE "C" NOT NULL,
    CONSTRAINT customer_reservations_pkey PRIMARY KEY (command_id, row_number),
    CONSTRAINT customer_reservations_customer_key UNIQUE (customer)
);

-- Who was shown whose personal fields in full.
CREATE TABLE personal_showings (
    number     bigint GENERATED ALWAYS AS IDENTITY,
    shown_at   timestamptz      NOT NULL,
    principal  text             NOT NULL,
    customer   text COLLATE "C" NOT NULL,
    fields     text[]           NOT NULL,
    request_id text             NOT NULL,
    CONSTRAINT personal_showings_pkey PRIMARY KEY (number)
);
CREATE INDEX personal_showings_customer ON personal_showings (customer, number);
CREATE INDEX personal_showings_principal ON personal_showings (principal, number);

-- How lists that people bring are read, by name: `customers` and the mapping. Operators' records, not folded.
CREATE TABLE import_mappings (
    list     text COLLATE "C" NOT NULL,
    name     text COLLATE "C" NOT NULL,
    mapping  text             NOT NULL,
    saved_at timestamptz      NOT NULL,
    saved_by text             NOT NULL,
    CONSTRAINT import_mappings_pkey PRIMARY KEY (list, name)
);
