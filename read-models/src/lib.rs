//! tallybook-read-models
