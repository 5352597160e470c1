-- Why a bill was voided, and as of when: the fold of version 3 fills it.

ALTER TABLE bills ADD COLUMN voided text NOT NULL DEFAULT 'null';
