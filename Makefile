# Backstride: everything a person types. `make help` lists it.
SHELL := /bin/sh
VENV  := .venv
BIN   := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
            $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help run demo test bench screens lint cases sbom audit clean check-python

help: ## list every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/.runs ## install what is needed, bring the database up to date, serve http://localhost:8501
	@$(BIN)/python -m db upgrade
	@echo "Backstride: http://localhost:8501  (Ctrl+C stops it)"
	@$(BIN)/streamlit run dashboard/app.py

demo: $(VENV)/.runs ## make the invented demo clinic without opening the app
	@$(BIN)/python -m dashboard.demo

test: $(VENV)/.tests ## run every test, browser included, on as many cores as there are (at most four)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

bench: $(VENV)/.benches ## measure pages with real sessions, and the reasoning, side by side
	@$(BIN)/python -m bench $(ARGS)

screens: $(VENV)/.tests ## photograph every screen of the demo clinic into build/screens
	@$(BIN)/python docs/screens.py $(ARGS)

cases: $(VENV)/.runs ## report the worked cases one by one and keep the report in docs/cases.md
	@$(BIN)/python -m tests.report

lint: $(VENV)/.tests ## style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy dashboard db supply

sbom: $(VENV)/.runs $(VENV)/.audits ## write the bill of materials of what runs to build/sbom.json (CycloneDX 1.6)
	@$(VENV)/audit/bin/python -m supply.bill $(BIN)/python requirements.txt

audit: $(VENV)/.audits ## ask for known weaknesses of what runs; fails when nobody could see, too
	@$(VENV)/audit/bin/python -m supply.audit $(or $(ARGS),requirements.txt)

clean: ## remove the environment and build leftovers (never the clinic's data)
	rm -rf $(VENV) build .pytest_cache .hypothesis .ruff_cache .mypy_cache

check-python:
	@test -n "$(PYTHON)" || { echo "Backstride needs Python 3.11 or newer on the PATH (python3). Install it, then type the same command again." >&2; exit 1; }

$(VENV)/.made: | check-python
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runs: requirements.txt $(VENV)/.made
	@echo "Installing what Backstride needs (about a minute the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt $(VENV)/.runs
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.benches: requirements-bench.txt $(VENV)/.tests
	@echo "Installing the engines Backstride is measured beside ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

$(VENV)/.audits: requirements-audit.txt $(VENV)/.made
	@echo "Installing what looks over the packages, in an environment of its own ..."
	@$(BIN)/python -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@
