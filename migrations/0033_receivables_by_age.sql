-- What settled a bill without money (a credit note, a difference) is told apart from what money settled: the fold of
-- version 2 writes it so. Open items are asked for by customer, what was billed and paid by date.

ALTER TABLE receivable_entries
    DROP CONSTRAINT receivable_entries_kind_check,
    ADD CONSTRAINT receivable_entries_kind_check
        CHECK (kind IN ('issued', 'debit_note', 'credit_note', 'voided', 'paid_from_wallet', 'returned_to_wallet',
                        'written_off', 'applied', 'reopened', 'credit_applied', 'credit_reopened',
                        'difference_applied', 'difference_reopened'));
CREATE INDEX receivable_entries_effective_date ON receivable_entries (effective_date);
CREATE INDEX receivables_customer ON receivables (customer, due_date, bill);
