//! tallybook
