-- Who had agreed, and does not count any more. Nothing had lapsed before this.
ALTER TABLE approvals ADD COLUMN lapsed text NOT NULL DEFAULT '[]';
