-- Statements are summed up by month: their days were nearly as many as their lines. The fold of version 2 writes these;
-- what there is already is taken over, so that statements are right before it has run. Nobody may write lines while their
-- days are read; the tables are locked in the order in which statements are read.

LOCK TABLE wallet_statement_lines, wallet_statement_days IN ACCESS EXCLUSIVE MODE;

CREATE TABLE wallet_statement_months (
    wallet     text    COLLATE "C" NOT NULL,
    month      date    NOT NULL,
    credits    numeric NOT NULL,
    debits     numeric NOT NULL,
    line_count bigint  NOT NULL,
    CONSTRAINT wallet_statement_months_pkey PRIMARY KEY (wallet, month),
    CONSTRAINT wallet_statement_months_amounts_check CHECK (credits >= 0 AND debits >= 0)
) WITH (fillfactor = 80);

INSERT INTO wallet_statement_months
SELECT wallet, date_trunc('month', effective_date)::date, sum(credits), sum(debits), sum(line_count)
  FROM wallet_statement_days
 GROUP BY 1, 2;

DROP TABLE wallet_statement_days;

-- The generation before: nobody can go back to it any more.
DO $$ BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I.wallet_statement_days', current_schema() || '__previous');
END $$;

-- A statement as known at a position is summed up out of the key alone, which takes the place of an index by position:
-- lines that came later are passed over.
ALTER TABLE wallet_statement_lines DROP CONSTRAINT wallet_statement_lines_pkey;
DROP INDEX wallet_statement_lines_position;
ALTER TABLE wallet_statement_lines ADD CONSTRAINT wallet_statement_lines_pkey
    PRIMARY KEY (wallet, effective_date, position) INCLUDE (amount);
