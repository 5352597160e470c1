-- A wallet also pays bills: one more kind of movement in its statement.

ALTER TABLE wallet_statement_lines
    DROP CONSTRAINT wallet_statement_lines_kind_check,
    ADD CONSTRAINT wallet_statement_lines_kind_check
        CHECK (kind IN ('deposit', 'deposit_reversal', 'withdrawal', 'withdrawal_return', 'bill_payment'));
