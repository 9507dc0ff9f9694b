# Everything a person or a machine runs, under one name each.
# Needs Python 3.11, gcc, git and make; the rest is installed into .tools/ and .venv/ of this folder.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE ?= hardlink
# Without compiled modules each of a hundred processes would spend seconds on compiling them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install develop demo test test-fast test-all test-truth test-property check format docs dbt-docs screenshot clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(UV):
	@tools/bootstrap-uv "$(PYTHON)" "$(UV_VERSION)"

.venv/.installed: pyproject.toml uv.lock | $(UV)
	@echo "Installing Tillhouse into .venv (about 180 packages, once)"
	@$(UV) sync --python "$(PYTHON)" --frozen --no-dev --inexact --quiet
	@touch $@

.venv/.developed: .venv/.installed
	@echo "Installing the development tools into .venv"
	@$(UV) sync --python "$(PYTHON)" --frozen --inexact --quiet
	@touch $@

install: .venv/.installed ## Create .venv with the tillhouse command

develop: .venv/.developed ## The same with the tools for tests and checks
	@tools/ensure-chromium

demo: install ## A company, its numbers and the dashboard, from nothing
	@$(BIN)/tillhouse demo

test: develop ## The tests, on DuckDB and PostgreSQL, with a real browser
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not thorough" $(PYTEST_ARGS)

test-fast: develop ## Only the tests that need no server, in seconds
	@$(BIN)/python -m pytest tests/unit tests/contract -m "not slow and not postgres" $(PYTEST_ARGS)

test-all: develop ## Every test, what `make test` leaves out for its time among them (an hour)
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --every-world $(PYTEST_ARGS)

test-truth: develop ## Five companies on both engines, every table against what happened, every policy turned
	@$(BIN)/python -m pytest tests/e2e/test_truth.py tests/e2e/test_policies.py --every-world $(PYTEST_ARGS)

test-property: develop ## Random businesses, schedules and faults: nothing may be lost
	@$(BIN)/python -m pytest -n auto tests/property $(PYTEST_ARGS)

check: develop ## Format, lint, types, SQL lint, dbt parse, boundaries
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@tools/dbt-parse
	@$(BIN)/python tools/generate_docs.py --check
	@$(BIN)/sqlfluff lint --config dbt_project/.sqlfluff dbt_project/models dbt_project/tests

format: develop ## Put Python into the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .

docs: develop ## Write the documents that are derived from settings and models
	@$(BIN)/python tools/generate_docs.py

dbt-docs: develop ## dbt's site of the models with their lineage, as one HTML file
	@tools/dbt-docs

screenshot: develop ## The README's picture, from the demo company in a real browser
	@$(BIN)/python tools/screenshot.py --out docs/images/dashboard.png

clean: ## Remove what was installed and built (keeps .tillhouse, your data)
	@rm -rf .venv .tools .cache .pytest_cache .mypy_cache .ruff_cache dbt_project/target
