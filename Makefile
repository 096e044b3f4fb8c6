# parindex. `make` lists what can be done. PYTHON=… names the Python to use (3.11 to 3.13).
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?=
VENV ?= .venv
export PYTHON
bin := $(VENV)/bin
code := src $(wildcard tests) $(wildcard benchmarks)

.PHONY: help setup run test test-postgres test-fast test-web lint soak bench load pictures docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# A stamp is newer than the lock it was made from; what changes the installation is the lock and pyproject.toml.
$(VENV)/.run: requirements/run.txt pyproject.toml
	@scripts/set-up.sh $(VENV) requirements/run.txt && touch $@

# The development lock holds the run lock at the same versions, so it serves both.
$(VENV)/.dev: requirements/dev.txt pyproject.toml
	@scripts/set-up.sh $(VENV) requirements/dev.txt && touch $@ $(VENV)/.run

setup: $(VENV)/.run ## the environment for running, in .venv

run: $(VENV)/.run ## two editions computed and ranked, then the web application on this machine (ONCE=1: it ends before)
	@scripts/run.sh $(VENV)

test: $(VENV)/.dev ## everything that is checked before a change is taken: lint, all tests, coverage
	@$(MAKE) --no-print-directory lint
	@# Counting branches makes tests half as dear again: only where a number is made.
	$(bin)/python -m pytest -n 2 -m watched --cov --cov-report=
	@scripts/coverage.sh $(bin)/python
	@# A third worker, as commands also wait; none beside browsers, which give up on a page that comes late.
	$(bin)/python -m pytest -n 3 --dist loadgroup --durations=10 -m "not watched" --ignore=tests/web
	$(bin)/python -m pytest -n 2 --dist loadgroup --durations=10 tests/web
	@$(MAKE) --no-print-directory test-postgres

# What a test server may lose in a power cut is no matter here.
test-postgres: $(VENV)/.dev ## the tests in which the database matters, on a PostgreSQL of their own
	PARINDEX_KILLS=$${PARINDEX_KILLS:-10} \
	  POSTGRES_OPTIONS="-c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
	  scripts/with-postgres.sh $(bin)/python -m pytest -n 2 --dist loadgroup --durations=5 -m databases tests/web

test-fast: $(VENV)/.dev ## the tests of the library under a minute
	$(bin)/python -m pytest -n 2 -m "not slow"

test-web: $(VENV)/.dev ## the tests of the web application, on SQLite
	$(bin)/python -m pytest -n 2 --dist loadgroup tests/web

lint: $(VENV)/.dev ## style, format, types, and who imports whom
	$(bin)/ruff check $(code)
	$(bin)/ruff format --check $(code)
	$(bin)/mypy
	$(bin)/lint-imports --no-logo

soak: $(VENV)/.dev ## minutes of repeated work (tests/soak; 500 kills and 500 examples of the web on both databases)
	$(bin)/python -m pytest tests/soak
	PARINDEX_KILLS=500 PARINDEX_STATE_EXAMPLES=500 $(bin)/python -m pytest tests/web/test_kills.py tests/web/test_state_machine.py
	PARINDEX_KILLS=500 PARINDEX_STATE_EXAMPLES=500 \
	  scripts/with-postgres.sh $(bin)/python -m pytest tests/web/test_kills.py tests/web/test_state_machine.py

bench: $(VENV)/.dev ## measure time and memory; every page of the web on the edition that `make run` made
	$(bin)/python -m benchmarks
	$(bin)/python -m benchmarks.web_pages

load: $(VENV)/.dev ## 5 minutes of 300 people saving on PostgreSQL, then of 30 on SQLite (after ONCE=1 make run)
	POSTGRES_CONNECTIONS=100 scripts/with-postgres.sh $(bin)/python -m benchmarks.web_load --seconds 300
	$(bin)/python -m benchmarks.web_load --seconds 300

pictures: $(VENV)/.dev ## every page of the web as PNG, both languages and widths, in out/pictures (after ONCE=1 make run)
	$(bin)/python -m benchmarks.pictures out/pictures

docs: $(VENV)/.dev ## write the reference pages again from the code
	$(bin)/parindex docs write docs/reference
	@room=$$(mktemp -d) && PARINDEX_DEMO=1 PARINDEX_FILES=$$room $(bin)/parindex-web write_reference docs/reference && rm -r $$room

lock: $(VENV)/.dev ## write requirements/*.txt from pyproject.toml (UPGRADE=1: with the newest versions it allows)
	@scripts/lock.sh $(bin)/uv $(if $(UPGRADE),--upgrade)

clean: ## remove the environment and the caches; out/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
