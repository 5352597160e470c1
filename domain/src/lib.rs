//! tallybook-domain
