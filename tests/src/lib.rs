//! tallybook-tests
