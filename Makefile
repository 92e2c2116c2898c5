# Two commands matter: `make run` and `make test`. Both set up whatever is missing first.
PYTHON ?= python3
RUN := .venv/bin/python
SETUP := $(PYTHON) .ci/bootstrap.py
ALL_CORES := -n auto --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run test test-lowest headless bench screenshots lock clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## set everything up and open the app on the bundled sample file
	@$(SETUP) run

test:  ## set up, then lint, check types and run every test
	@$(SETUP) test
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m pytest $(ALL_CORES)

test-lowest:  ## run the tests with the oldest versions of the libraries that we allow
	@$(SETUP) lowest
	.venv-lowest/bin/python -m pytest $(ALL_CORES)

headless:  ## set up the command line alone, without Qt (for a server)
	@$(SETUP) headless

bench:  ## measure the CPU coders, the native one beside zstd, constriction, Blosc2 and htscodecs
	@$(SETUP) bench
	$(RUN) -m pytest tests/benchmarks -o python_files='bench_*.py' --benchmark-only -s
	$(RUN) -m app bench cpu

screenshots:  ## render the pictures in docs/ anew
	@$(SETUP) test
	$(RUN) docs/screenshots.py
	$(RUN) docs/tutorial_pictures.py

lock:  ## pin the newest versions of all dependencies in .ci/*.lock
	@$(SETUP) lock

clean:  ## remove what the other commands made
	rm -rf .venv .venv-lowest .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
	rm -rf build dist ranscope.egg-info ranscope-window.png
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
