# `make help` lists the targets. Everything installs into .venv; nothing else on the machine is touched.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
CBRNGRAPH := $(BIN)/cbrngraph
# Folders that hold Python to check; those that a checkout lacks are left out.
CODE := $(wildcard cbrngraph tests tools benchmarks examples conftest.py)

# Set PYTHON=... to choose the interpreter that makes the environment.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
# Tools that write a committed file, or with --check say that it is out of date.
GENERATORS := namespaces docs_cli docs_sheet readme_picture readme_answers
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run test check lint types generated generate bench docs wheel ci clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.base ## build the graph from the shipped data and ask it real questions
	@$(CBRNGRAPH) build
	@$(CBRNGRAPH) info
	@echo; echo "\$$ cbrngraph query national-action-plans"
	@$(CBRNGRAPH) query national-action-plans
	@echo; echo "\$$ cbrngraph query membership-changes --param region=central-asia"
	@$(CBRNGRAPH) query membership-changes --param region=central-asia
	@echo; echo "Ask your own: $(CBRNGRAPH) queries, $(CBRNGRAPH) --help"

test: $(VENV)/.dev ## run all tests (ARGS='-k name' for some of them)
	@$(BIN)/pytest -q $(ARGS)

check: lint types generated test ## lint, types, generated files and tests

lint: $(VENV)/.dev ## format and style
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)

types: $(VENV)/.dev ## strict types over the package and the tests
	@$(BIN)/mypy

generated: $(VENV)/.dev ## are the committed generated files up to date?
	@for tool in $(GENERATORS); do $(BIN)/python -m tools.$$tool --check || exit 1; done

generate: $(VENV)/.dev ## write the committed generated files anew
	@for tool in $(GENERATORS); do $(BIN)/python -m tools.$$tool || exit 1; done

bench: $(VENV)/.bench ## measure speed and memory against the alternatives
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/.dev ## write the documentation site to site/
	@$(BIN)/python -m tools.docs_site

wheel: $(VENV)/.dev ## build the wheel and the sdist, and test them in a fresh environment
	@rm -rf dist && $(BIN)/python -m build --quiet --outdir dist . >/dev/null && ls dist
	@CBRNGRAPH_DIST=dist $(BIN)/pytest -q -m wheel tests/test_wheel.py

ci: ## what runs before a change is taken
	@CI=true bash .ci/run

clean: ## remove what the other targets made
	rm -rf $(VENV) dist build site .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "cbrngraph needs Python 3.11 or newer, and none is on the PATH." >&2; \
		echo "Install one (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 ..." >&2; \
		exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment (Debian: apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/.base: pyproject.toml | $(BIN)/python
	@echo "installing cbrngraph into $(VENV) ..." >&2
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "installing cbrngraph and its test tools into $(VENV) ..." >&2
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.base

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) install --editable '.[dev,bench]'
	@touch $@
