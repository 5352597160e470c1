//! tallybook-api
