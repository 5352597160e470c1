-- What is left of a customer's money pays its oldest bills. Nobody had said so before this.
ALTER TABLE customers ADD COLUMN oldest_first boolean;
