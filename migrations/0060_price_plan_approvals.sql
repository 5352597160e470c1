-- Changes of price plans take approvals, too, where the rules say so. Nothing waited before this.

ALTER TABLE approvals
    DROP CONSTRAINT approvals_kind_check,
    ADD CONSTRAINT approvals_kind_check CHECK
        (kind IN ('withdrawal', 'refund', 'write_off', 'credit_note', 'bad_debt', 'period_reopening', 'order_refund',
                  'price_plan_version', 'price_plan_change'));

ALTER TABLE approval_rules ADD COLUMN price_plan_changes boolean NOT NULL DEFAULT false;

ALTER TABLE price_plans ADD COLUMN requested text NOT NULL DEFAULT 'null';

CREATE TABLE subscription_requests (
    customer         text COLLATE "C" NOT NULL,
    requested        text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT subscription_requests_pkey PRIMARY KEY (customer)
) WITH (fillfactor = 70);
