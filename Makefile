# Each target makes its own virtual environment and works with nothing else on the machine but Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= april-2025
PAGE_SOURCES := $(shell find web src/standoff/web src/standoff/results/words.csv src/standoff/results/charts/templates -name node_modules -prune -o -name generated -prune -o -name static -prune -o -type f -print)

.PHONY: run test study bench docs clean

run: $(VENV)/run.stamp $(VENV)/page.stamp  ## set up, run the main job, print and open the report
	@$(BIN)/standoff run $(SCENARIO) --out out/$(SCENARIO)
	@echo "report: $(CURDIR)/out/$(SCENARIO)/report.html"
	@$(BIN)/python tools/open_report.py out/$(SCENARIO)/report.html

test: $(VENV)/dev.stamp $(VENV)/page.stamp  ## set up, run the whole suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile

study: $(VENV)/dev.stamp  ## the slow studies: frozen tables of the docs
	$(BIN)/python -m benchmarks.mechanisms
	$(BIN)/python -m benchmarks.evidence
	$(BIN)/python -m benchmarks.calibration
	$(BIN)/python -m benchmarks.self_check
	$(BIN)/python -m benchmarks.sensitivity
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m benchmarks.as_found
	$(BIN)/python -m benchmarks.belgium
	$(BIN)/python -m benchmarks.mrio

bench: $(VENV)/dev.stamp $(VENV)/page.stamp  ## benchmarks, as ratios measured in one run
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.lever
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.determine
	$(BIN)/python -m benchmarks.sweep
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks.firms
	$(BIN)/python -m benchmarks.ensemble
	$(BIN)/python -m benchmarks.systemic_risk
	$(BIN)/python -m benchmarks.rationing
	$(BIN)/python -m benchmarks.criticality
	$(BIN)/python -m benchmarks.traced_economies

docs: $(VENV)/dev.stamp  ## check that the examples of the docs run
	$(BIN)/python -m pytest tests/docs

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/run.stamp: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[excel]"
	touch $@

$(VENV)/dev.stamp: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	$(BIN)/python -m pip install --quiet -c constraints.txt --no-deps sanction-simulator  # its data file alone: a table of the world
	touch $@ $(VENV)/run.stamp

$(VENV)/page.stamp: $(PAGE_SOURCES) | $(BIN)/python
	@$(BIN)/python tools/build_page.py --if-possible
	@touch $@

clean:
	rm -rf $(VENV) out build dist
