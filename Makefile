# Two commands for a newcomer: `make demo` and `make test`. Everything else serves them.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed

.PHONY: demo test lint format docs lock check bench clean

demo: $(STAMP)
	$(BIN)/cmprobe demo

test: $(STAMP)
	$(BIN)/python -m pytest -q -n auto $(PYTEST_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Side by side with other programs (apt-get install nginx prometheus-blackbox-exporter sslscan), best as root:
# then in a network namespace of its own. BENCH_ARGS=--quick tries it; see docs/performance.md.
bench: $(STAMP)
	$(BIN)/python tests/benchmarks/run.py $(BENCH_ARGS)

# The rule pages are generated from rules/, and the metrics' from their tables; tests fail when they differ.
docs: $(STAMP)
	$(BIN)/python -m probe.render.pages docs/rules
	$(BIN)/python -m probe.render.metrics.pages docs/metrics.md

# Exact versions with hashes, for every platform and Python that we support; no index is named.
lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --extra dev --upgrade \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("cmprobe needs Python 3.11 or later") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
