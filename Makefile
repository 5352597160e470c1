# Two commands do everything: `make up` runs Tallybook, `make test` tests it.

PORT ?= 8080
DATA ?= $(shell scripts/data-directory)

# Both commands know their database; one that happens to be named in the environment is nobody's to touch.
unexport DATABASE_URL
export SQLX_OFFLINE := true
# Tests wait for processes and pages more than they calculate: at least four at once.
export RUST_TEST_THREADS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); [ $$n -ge 4 ] || n=4; echo $$n)

.DEFAULT_GOAL := help
.PHONY: help up test test-long lint tour openapi deny missing checkers

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: missing ## Set everything up and run it with demonstration data, at http://localhost:$PORT (DATA=DIR keeps it elsewhere)
	cargo build --release --locked --package tallybook
	cargo run --quiet --release --locked --package tallybook -- up --demo --port $(PORT) --data $(DATA)

test: missing checkers lint ## Test everything
	cargo build --workspace --locked
	cargo test --workspace --locked --no-run
	TMPDIR=$$(scripts/scratch-directory) scripts/with-postgres cargo test --workspace --locked
	$(MAKE) tour openapi

test-long: missing ## Test what takes minutes: kills, crashes and load
	cargo build --workspace --locked
	scripts/with-postgres cargo test --workspace --locked -- --ignored

lint: missing ## Check format and lints, and that .sqlx is what the migrations and queries say
	cargo fmt --all --check
	scripts/sqlx-prepare --check

tour: ## Check that the README's tour answers as printed there
	cargo build --quiet --locked --package tallybook
	scripts/check-tour $${CARGO_TARGET_DIR:-target}/debug/tallybook

openapi: ## Check that docs/openapi.json is what the code says
	cargo run --quiet --locked --package tallybook -- openapi | diff --unified docs/openapi.json -

deny: ## Check licences, advisories and sources of the dependencies
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check

missing:
	@scripts/install-missing

# What checks an export of the book; tests that need it are skipped where it cannot be installed.
checkers: missing
	@scripts/install-missing checkers
