-- Whether rules have said whose money a receipt is, and whether a write-off of it was undone: the fold of version 3 fills
-- them.
ALTER TABLE receipts
    ADD COLUMN identified_by text COLLATE "C",
    ADD COLUMN undone        boolean NOT NULL DEFAULT false;
