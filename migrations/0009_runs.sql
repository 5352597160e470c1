-- Numbers of rebuilds, checks and returns: each makes its tables in a schema named by its own, so that no two ever share
-- one. As many digits as fit behind the longest name of a book.
CREATE SEQUENCE runs AS integer MAXVALUE 999999999 CYCLE;

ALTER TABLE rebuilds
    -- Of whoever works on it: it is alive as long as the lock of this number is held.
    ADD COLUMN run integer,
    -- No rebuild, but a return to the tables that were replaced.
    ADD COLUMN back boolean NOT NULL DEFAULT false;

-- Since when a projection's leader leads it.
ALTER TABLE projections ADD COLUMN led_since timestamptz;
