-- What was given up of a bill, apart from what was settled: the fold of version 4 fills it.

ALTER TABLE bills ADD COLUMN written_off numeric NOT NULL DEFAULT 0;
