-- Write-offs settle bills and open them again, and take from wallets: more reasons why something is owed, and what came
-- from a receipt in a wallet's statement. Snapshots of bills do not tell their legs; a bill is folded from its events
-- again.

ALTER TABLE wallet_statement_lines
    DROP CONSTRAINT wallet_statement_lines_kind_check,
    DROP CONSTRAINT wallet_statement_lines_amount_check,
    ADD CONSTRAINT wallet_statement_lines_kind_check
        CHECK (kind IN ('deposit', 'deposit_reversal', 'withdrawal', 'withdrawal_return', 'bill_payment',
                        'bill_payment_return', 'advance')),
    ADD CONSTRAINT wallet_statement_lines_amount_check
        CHECK (CASE WHEN kind IN ('deposit', 'withdrawal_return', 'bill_payment_return', 'advance') THEN amount > 0
                    ELSE amount < 0 END);

ALTER TABLE receivable_entries
    DROP CONSTRAINT receivable_entries_kind_check,
    ADD CONSTRAINT receivable_entries_kind_check
        CHECK (kind IN ('issued', 'debit_note', 'credit_note', 'voided', 'paid_from_wallet', 'returned_to_wallet',
                        'written_off', 'applied', 'reopened'));

DELETE FROM snapshots WHERE aggregate_type = 'bill';
