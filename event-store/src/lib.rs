//! tallybook-event-store
