-- What stands in a voided bill's place, what bills the difference to it, and what somebody asked to write off.

ALTER TABLE bills
    ADD COLUMN replaced_by text COLLATE "C",
    ADD COLUMN amends      text COLLATE "C",
    ADD COLUMN amended_by  text NOT NULL DEFAULT '[]',
    ADD COLUMN bad_debt    text NOT NULL DEFAULT 'null';

-- Usage that came late is counted by a bill of its own, or by a note of a bill.
ALTER TABLE usage_bills
    ADD COLUMN note bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT usage_bills_pkey,
    ADD CONSTRAINT usage_bills_pkey PRIMARY KEY (customer, month, bill, note);
