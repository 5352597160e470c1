-- The rarer states among a million bills.

CREATE INDEX bills_not_issued ON bills (state, created_position) WHERE state <> 'issued';
CREATE INDEX bills_partly_settled ON bills (created_position) WHERE open > 0 AND settled > 0;
