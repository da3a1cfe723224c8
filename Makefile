# Each target is one command that sets up what it needs. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test test-all bench faults lint translations
help:           ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: $(VENV)/run       ## serves http://localhost:8080, with demo data unless a server is set
	@exec $(BIN)/python main.py

test: $(VENV)/dev      ## rules, unit, DAO, page and browser tests, in minutes
	tests/setup/needs.sh chromium
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not long"

test-all: $(VENV)/dev  ## the long tests, the plans, and all tests again on Debian's PostgreSQL 15
	tests/setup/needs.sh chromium java libreoffice postgresql-15
	$(BIN)/python -m pytest -n 2 --dist worksteal -m long
	BENCH_ROWS=$${BENCH_ROWS:-200000} $(BIN)/python -m bench.plans
	$(BIN)/python -m faults --rounds 2
	tests/setup/on-postgresql-15.sh $(BIN)/python -m pytest -n 2 --dist worksteal --ignore tests/test_embedded

bench: $(VENV)/dev     ## what a page costs at 5,000 and at 1,000,000 problems (BENCH_ROWS=N)
	$(BIN)/python -m bench

faults: $(VENV)/dev    ## what SIH bears: kill -9, frozen, silent, full, a cluster (faults/README.md)
	tests/setup/needs.sh postgresql-15 patroni etcd pgbouncer
	$(BIN)/python -m faults --rounds 20 --cluster

lint: $(VENV)/dev      ## ruff and djlint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint sih/templates --lint --quiet

translations: $(VENV)/dev  ## collects the words of the pages, and compiles the catalog
	$(BIN)/python -m tests.setup.translations

$(VENV)/run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(VENV)/run $@
