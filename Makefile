# Needs Python 3.11 or newer, make and a package index; everything else goes to .venv.
# Another interpreter: make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.installed-bench
DOCS_STAMP := $(VENV)/.installed-docs
JOBS ?= 2
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-deep lint types bench docs clean

help:
	@echo "make demo       the main job on real input, in a minute"
	@echo "make test       ruff, mypy, tests, doctests, the code of README, docs and examples"
	@echo "make test-deep  the same tests with many more random cases, and the slow ones"
	@echo "make bench      the benchmark table; BENCH=\"--only NAME\" for one, BENCH=\"--json FILE\" to keep it"
	@echo "make docs       the documentation as a site, in build/docs/index.html"
	@echo "make setup      .venv with symwick and the test extras (the others call it)"
	@echo "make clean      remove .venv, build and all caches"

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("symwick needs Python 3.11 or newer, not %d.%d: make PYTHON=python3.12" % v[:2])'
	@echo "Setting up $(VENV): a minute or so, once."
	@$(PIP) --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --quiet -e ".[test]"
	@rm -f $(BENCH_STAMP) $(DOCS_STAMP)
	@touch $@

$(BENCH_STAMP): $(STAMP)
	@$(PIP) install --quiet -e ".[bench]"
	@touch $@

$(DOCS_STAMP): $(STAMP)
	@$(PIP) install --quiet -e ".[docs]"
	@touch $@

demo: setup
	@$(VENV)/bin/symwick demo

lint: setup
	$(PY) -m ruff check .

types: setup
	$(PY) -m mypy

test: lint types
	$(PY) -m pytest -n $(JOBS) --dist worksteal tests symwick

test-deep: lint types
	SYMWICK_HYPOTHESIS_PROFILE=deep $(PY) -m pytest -n $(JOBS) --dist worksteal -m "deep or not deep" tests symwick

bench: $(BENCH_STAMP)
	$(PY) -m benchmarks $(BENCH)

docs: $(DOCS_STAMP)
	$(PY) -m sphinx --quiet --write-all --fail-on-warning --keep-going --builder html --conf-dir docs --doctree-dir build/doctrees . build/docs
	@echo "Open build/docs/index.html"

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
