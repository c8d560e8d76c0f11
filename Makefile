# Two commands do everything on a machine with Python 3.11 or later, git and make:
#   make demo   the main job on the embedded data; ends by naming the page to open
#   make test   style, types, imports and the tests, but the slow ones (make test-all)

PYTHON ?= python3
VENV   ?= .venv
OUT    ?= out/demo
BIN     = $(VENV)/bin
PYTEST_ARGS ?= -n auto

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint docs mutants wheel sbom clean

help:
	@echo "make demo        coverage, consolidation and pages from the embedded data, into $(OUT)"
	@echo "make test        what must hold: style, types, imports and the quick tests"
	@echo "make test-all    the same with the slow tests: fuzz, attacks, kills, environments"
	@echo "make lint        style, types and imports only"
	@echo "make docs        build the documentation site into out/site"
	@echo "make mutants     change the code on purpose and count what the tests notice (hours)"
	@echo "make wheel       build the wheel into dist/"
	@echo "make sbom        list what an installation contains (CycloneDX) into dist/"
	@echo "make clean       remove the virtual environment and what was built"

# The stamps make a second run skip the installation until pyproject.toml changes.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Sharedview needs Python 3.11 or later; name one with: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python pyproject.toml
	@echo "Installing Sharedview and its libraries (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/sharedview warm-up
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.python pyproject.toml
	@echo "Installing Sharedview with its test tools (about two minutes, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/sharedview warm-up
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	@$(BIN)/sharedview demo --out $(OUT)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: lint
	$(BIN)/pytest $(PYTEST_ARGS) -m "not slow"

test-all: lint
	$(BIN)/pytest $(PYTEST_ARGS)

docs: $(VENV)/.python pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs,notebooks]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open out/site/index.html"

mutants: $(VENV)/.installed-dev
	$(BIN)/python scripts/mutants.py

wheel: $(VENV)/.installed-dev
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

# Of a clean installation: the tools of the tests are no part of it.
sbom: wheel
	@$(PYTHON) -m venv --clear out/sbom
	@out/sbom/bin/python -m pip install --quiet --disable-pip-version-check dist/sharedview-*.whl
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=5.0'
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --output-format JSON --output-file dist/sharedview.cdx.json out/sbom/bin/python
	@rm -rf out/sbom

clean:
	rm -rf $(VENV) build dist out
