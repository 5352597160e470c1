-- What is kept of a bill, a receipt, a credit note and a write-off now also says from which day on all that is free or owed
-- of it has been, and which differences stand: the events say it, snapshots made before do not.
DELETE FROM snapshots WHERE aggregate_type IN ('bill', 'receipt', 'credit_note', 'write_off');

-- What went from a receipt to the wallet can go back.
ALTER TABLE wallet_statement_lines
    DROP CONSTRAINT wallet_statement_lines_kind_check,
    DROP CONSTRAINT wallet_statement_lines_amount_check,
    ADD CONSTRAINT wallet_statement_lines_kind_check
        CHECK (kind IN ('deposit', 'deposit_reversal', 'withdrawal', 'withdrawal_return', 'bill_payment',
                        'bill_payment_return', 'advance', 'advance_return')),
    ADD CONSTRAINT wallet_statement_lines_amount_check
        CHECK (CASE WHEN kind IN ('deposit', 'withdrawal_return', 'bill_payment_return', 'advance') THEN amount > 0
                    ELSE amount < 0 END);

-- A receipt says when it is in the books and how often it was recorded, a credit note how far it has come: the folds of
-- version 2 fill it.
ALTER TABLE receipts
    ADD COLUMN effective_date date   NOT NULL DEFAULT '1900-01-01',
    ADD COLUMN entry          bigint NOT NULL DEFAULT 1;
ALTER TABLE credit_notes
    ADD COLUMN state      text NOT NULL DEFAULT 'open',
    ADD COLUMN decided_by text,
    ADD COLUMN end_reason text,
    ADD CONSTRAINT credit_notes_state_check
        CHECK (state IN ('proposed', 'rejected', 'open', 'used', 'reversed'));
