-- Refunds of orders take approvals, too.

ALTER TABLE approvals
    DROP CONSTRAINT approvals_kind_check,
    ADD CONSTRAINT approvals_kind_check CHECK
        (kind IN ('withdrawal', 'refund', 'write_off', 'credit_note', 'bad_debt', 'period_reopening', 'order_refund'));
