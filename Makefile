# make run    sets everything up and serves the system with sample data on http://127.0.0.1:8000
# make test   sets everything up and runs all tests
PYTHON ?= python3.11
BIN := .venv/bin
PORT ?= 8000
DEBIAN := postgresql-15 chromium fonts-noto-cjk fonts-ipafont tesseract-ocr tesseract-ocr-jpn
# Types and hands that forms are drawn in to measure their reading, beside the two families above.
HANDS := fonts-vlgothic fonts-motoya-l-maruberi fonts-sawarabi-gothic fonts-kiloji fonts-yozvox-yozfont-standard-kana \
	fonts-yusei-magic fonts-seto fonts-klee fonts-kouzan-mouhitsu fonts-aoyagi-soseki
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup setup-dev setup-eval debian run serve test soak check format bench eval clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready ## The program and what it needs, in .venv
setup-dev: .venv/.ready-dev debian ## Also what tests and checks need
setup-eval: setup-dev ## Also the fonts that forms are drawn in
	@sh tests/install_debian_packages $(HANDS)

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it or give PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.ready: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install -q -c constraints.txt -e .
	touch $@

.venv/.ready-dev: .venv/.ready
	$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	touch $@

debian:
	@sh tests/install_debian_packages $(DEBIAN)

run: .venv/.ready ## The demonstration with sample data on 127.0.0.1:8000
	$(BIN)/chienowa demo --port $(PORT)

serve: .venv/.ready ## An empty installation with a set-up page
	CHIENOWA_HOME=$${CHIENOWA_HOME:-var/bank} $(BIN)/chienowa serve --port $(PORT)

check: .venv/.ready-dev ## Style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.ready-dev ## Formats the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: setup-dev ## All tests, short versions of what is slow
	$(BIN)/pytest -n 2 --dist loadfile -m "not soak" $(ARGS)

soak: setup-dev ## The full sizes; writes benchmarks/results
	$(BIN)/pytest -m soak $(ARGS)
	$(BIN)/python -m benchmarks soak

bench: setup-dev ## Speed at 100,000 passages beside its peers; writes benchmarks/results
	$(BIN)/python -m benchmarks bench

eval: setup-eval ## Quality; CHIENOWA_EVAL_DATA names the folder of public data
	$(BIN)/python -m evals

clean: ## Removes the environment and the demonstration's data
	rm -rf .venv var build *.egg-info
