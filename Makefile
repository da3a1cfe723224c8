# Each target is one command that sets up what it needs. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin

# Tests of what depends on PostgreSQL's version: schema, statements, plans of searches, locks, and errors.
OF_THE_SERVER := $(patsubst %,tests/test_%.py,append_only bulk_races database_faults init_db jobs lists \
	migrations presences query races recap_closing search sql statements transactions triggers)

.PHONY: help run test test-all bench faults lint translations lock run-packages dev-packages
help:           ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: run-packages       ## serves http://localhost:8080, with demo data unless a server is set
	@exec $(BIN)/python main.py

test: dev-packages      ## rules, unit, DAO, page and browser tests, in minutes
	tests/setup/needs.sh chromium-headless-shell libatomic1 pgbouncer
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not long"

test-all: dev-packages  ## the long tests, the plans, faults, and on Debian's PostgreSQL 15 again what depends on it
	tests/setup/needs.sh chromium-headless-shell faketime firefox-esr libatomic1 java libreoffice nginx pgbouncer \
		postgresql-15 webkit2gtk-driver xvfb
	$(BIN)/python -m pytest -n 2 --dist worksteal -m long
	BENCH_ROWS=$${BENCH_ROWS:-200000} $(BIN)/python -m bench.plans
	$(BIN)/python -m faults --rounds 2
	tests/setup/on-postgresql-15.sh $(BIN)/python -m pytest -n 2 --dist worksteal $(OF_THE_SERVER)

bench: dev-packages     ## what a page costs at 5,000 and at 1,000,000 problems (BENCH_ROWS=N)
	$(BIN)/python -m bench

faults: dev-packages    ## what SIH bears: kill -9, frozen, silent, full, a cluster (faults/README.md)
	tests/setup/needs.sh postgresql-15 --optional pgbouncer patroni etcd
	$(BIN)/python -m faults --rounds 20 --cluster

lint: dev-packages      ## ruff, ty and djlint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check
	$(BIN)/djlint sih/templates --lint --quiet

translations: dev-packages  ## collects the words of the pages, and compiles the catalog
	$(BIN)/python -m tests.setup.translations

COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --quiet --custom-compile-command "make lock"
lock: dev-packages      ## resolves requirements.in and requirements-dev.in into the locks beside them
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

run-packages:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: SIH needs Python 3.11 or later." >&2; exit 1; }
	@$(PYTHON) install.py requirements.txt

dev-packages:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: SIH needs Python 3.11 or later." >&2; exit 1; }
	@$(PYTHON) install.py requirements-dev.txt
