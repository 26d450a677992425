# Everything runs in .venv/, made by `make install` from the hashes in requirements.lock.
PYTHON ?= python3
FUZZ_SECONDS ?= 600
SIMULATED_CUSTOMERS ?= 1000
SIMULATED_VISITORS ?= 200
PROPERTIES_EXAMPLES ?= 10000
FAULT_KILLS ?= 700
FAULT_RACES ?= 5000
FAULT_RESTARTS ?= 20
ATTACKS ?= 2400
SEED ?= 2026
BIN := .venv/bin

.PHONY: run test lint types check install lock audit sbom fuzz simulate properties faults attacks clean

run: install ## start the service on http://127.0.0.1:8000
	@$(BIN)/esoteric serve

test: install ## the whole test suite, offline
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder # else the long files, which have few tests, come last

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive graph agents tools server kb

types: install
	@$(BIN)/mypy

check: lint types test

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Esoteric needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## needs uv; writes the exact versions and hashes that install uses
	@uv pip compile pyproject.toml requirements.in --extra postgres --extra redis --extra openai --extra models --extra dev \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --output-file requirements.lock

audit: install ## needs the network; without it this fails, for a package that was not looked up was not audited
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off --requirement requirements.lock

sbom: install ## what is installed, as CycloneDX, the same bytes for the same lock: dist/esoteric.cdx.json
	@mkdir -p dist
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --output-format JSON --output-file dist/esoteric.cdx.json
	@echo dist/esoteric.cdx.json

fuzz: install ## bytes, frames and the laws of the parsers for FUZZ_SECONDS; what breaks one is kept in var/fuzz
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

simulate: install ## SIMULATED_CUSTOMERS and SIMULATED_VISITORS talk to services of their own; reports in var/simulation
	@$(BIN)/python -m tests.simulation --customers $(SIMULATED_CUSTOMERS) --seed $(SEED) --report var/simulation/report.md
	@$(BIN)/python -m tests.simulation.hedge_fund_guy --people $(SIMULATED_VISITORS) --seed $(SEED) \
		--report var/simulation/hedge_fund_guy/report.md

properties: install ## the laws of lending over PROPERTIES_EXAMPLES random histories; report in var/properties
	@$(BIN)/python -m tests.properties --examples $(PROPERTIES_EXAMPLES) --seed $(SEED) --report var/properties/report.md

faults: install ## every fault of the matrix, kill points and races on each back end, restarts; report in var/faults
	@$(BIN)/python -m tests.faults --kills $(FAULT_KILLS) --sigkills 100 --races $(FAULT_RACES) \
		--restarts $(FAULT_RESTARTS) --seed $(SEED) --report var/faults/report.md

attacks: install ## ATTACKS on services whose language model obeys the attacker; report in var/hostile
	@$(BIN)/python -m tests.hostile --cases $(ATTACKS) --seed $(SEED) --report var/hostile/report.md

clean:
	@rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .langgraph_api
