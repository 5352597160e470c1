-- Snapshots of accounting periods do not tell who made the key that asked: they are folded from their events again.

DELETE FROM snapshots WHERE aggregate_type = 'accounting_periods';
