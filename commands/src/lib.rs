//! tallybook-commands
