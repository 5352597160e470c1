//! tallybook-projector
