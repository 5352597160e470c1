-- Orders, what became of them, and what a day of them comes to.

-- Money in a wallet pays orders, and comes back from them.
ALTER TABLE wallet_statement_lines
    DROP CONSTRAINT wallet_statement_lines_kind_check,
    DROP CONSTRAINT wallet_statement_lines_amount_check,
    ADD CONSTRAINT wallet_statement_lines_kind_check
        CHECK (kind IN ('deposit', 'deposit_reversal', 'withdrawal', 'withdrawal_return', 'bill_payment',
                        'bill_payment_return', 'advance', 'advance_return', 'order_payment', 'order_refund')),
    ADD CONSTRAINT wallet_statement_lines_amount_check
        CHECK (CASE WHEN kind IN ('deposit', 'withdrawal_return', 'bill_payment_return', 'advance', 'order_refund')
                    THEN amount > 0 ELSE amount < 0 END);

CREATE TABLE orders (
    id               text COLLATE "C" NOT NULL,
    order_no         text COLLATE "C" NOT NULL,
    customer         text COLLATE "C" NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    amount           numeric          NOT NULL,
    freight          numeric          NOT NULL,
    discount         numeric          NOT NULL,
    tax_rate         text,
    -- JSON: the lines with what is shipped of them, the discounts.
    lines            text             NOT NULL,
    discounts        text             NOT NULL,
    remark           text,
    state            text             NOT NULL,
    placed_date      date             NOT NULL,
    paid_date        date,
    method           text,
    payment          text COLLATE "C",
    captured         numeric          NOT NULL,
    refunded         numeric          NOT NULL,
    -- Asked back, and not decided.
    refund_pending   numeric          NOT NULL,
    revenue          numeric          NOT NULL,
    tax              numeric          NOT NULL,
    due_at           timestamptz,
    created_position bigint           NOT NULL,
    created_at       timestamptz      NOT NULL,
    created_by       text             NOT NULL,
    updated_position bigint           NOT NULL,
    updated_at       timestamptz      NOT NULL,
    updated_by       text             NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_state_check
        CHECK (state IN ('pending_payment', 'paid', 'partly_shipped', 'shipped', 'received', 'completed', 'cancelled',
                         'closed')),
    CONSTRAINT orders_refund_check CHECK (refunded >= 0 AND refund_pending >= 0
                                          AND refunded + refund_pending <= captured)
);
CREATE INDEX orders_created_position ON orders (created_position);
CREATE INDEX orders_customer ON orders (customer, created_position);
CREATE INDEX orders_order_no ON orders (order_no);
CREATE INDEX orders_state ON orders (state, created_position);
-- Those whose next step takes itself. A received order is not completed while money is asked back.
CREATE INDEX orders_due_at ON orders (due_at)
    WHERE due_at IS NOT NULL AND (state <> 'received' OR refund_pending = 0);

CREATE TABLE order_steps (
    order_id       text COLLATE "C" NOT NULL,
    position       bigint           NOT NULL,
    step           text             NOT NULL,
    at             timestamptz      NOT NULL,
    by             text             NOT NULL,
    effective_date date,
    -- JSON: what is known of the step.
    facts          text             NOT NULL,
    CONSTRAINT order_steps_pkey PRIMARY KEY (order_id, position)
);

-- The folds of version 2 fill these.
ALTER TABLE daily_totals
    ADD COLUMN orders             bigint  NOT NULL DEFAULT 0,
    ADD COLUMN orders_converted   bigint  NOT NULL DEFAULT 0,
    ADD COLUMN order_payments     numeric NOT NULL DEFAULT 0,
    ADD COLUMN order_payment_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN order_refunds      numeric NOT NULL DEFAULT 0,
    ADD COLUMN order_refund_count bigint  NOT NULL DEFAULT 0;
