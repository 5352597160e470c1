-- Why no money may leave a wallet, while it is frozen: the fold of version 2 fills it.

ALTER TABLE wallets ADD COLUMN frozen text;
