# Two commands: `make run` opens the app on demo data, `make test` passes every check.
# README, "Without make", has the same as plain commands.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test check demo bench clean

run: $(VENV)/.installed
	$(BIN)/python -m common_ground run

test: check
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

check: $(VENV)/.checkable
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/sqlfluff lint queries --disable-progress-bar --nocolor

demo: $(VENV)/.installed
	$(BIN)/python data/demo/generate.py

bench: $(VENV)/.checkable
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) workspace .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Common Ground needs Python 3.11 or newer; set PYTHON=python3.12, say."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.checkable: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python tests/browser/chromium.py
	@touch $@
