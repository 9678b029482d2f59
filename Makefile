# Clearway in two commands: `make up` runs it, `make test` proves it.
# Both need Python 3.11 or newer, node 20 or newer and, for what only tests need, apt.

PYTHON ?= python3
BIN := .venv/bin
TEST_DATA := $(wildcard ../shared/data)
ifneq ($(TEST_DATA),)
export CLEARWAY_TEST_DATA ?= $(abspath $(TEST_DATA))
endif

.PHONY: up test check types style axe walks authorised fuzz properties tries files bench replay lock clean run-ready test-ready python-there bundle

up: run-ready
	@exec $(BIN)/clearway up

test: test-ready check
	$(BIN)/pytest -n 3 --dist loadgroup --durations 20 --durations-min 5

# The types take longest: the rest is done beside them.
check: test-ready
	@$(MAKE) --no-print-directory -j2 --output-sync=target types style

types:
	node_modules/.bin/pyright

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_house.py

# Every command killed and cut off at each of its statements, workers frozen, records hammered: half
# an hour and more on two cores. `make test` does the same in short. Other instants: AXE_SEED=7;
# longer: AXE_SECONDS=600 AXE_JOBS=20000.
axe: test-ready
	AXE=long $(BIN)/pytest tests/axe -n 2 --dist loadgroup

# Twenty thousand random processes against an interpreter that shares no code with the engine, some
# minutes: `make test` walks a hundred. Others: WALKS_FROM=100000; more: WALKS=100000.
walks: test-ready
	WALKS=$${WALKS:-20000} $(BIN)/pytest tests/engine/test_random_processes.py -n 2

# A thousand changes, on each of which people do a hundred and more things, allowed or not, against
# a count of the ballots that shares no code with the service; and two planted holes that must be
# found. Ten minutes and more. Others: AUTHORISED_FROM=5000; more: AUTHORISED=5000.
authorised: test-ready
	AUTHORISED=$${AUTHORISED:-1000} $(BIN)/pytest tests/tasks/test_authorised.py -n 2

# A million random texts as FEEL, some minutes: none crashes, none runs on. `make test` reads 20,000.
# Others: FUZZ_SEED=7; more: FUZZ=5000000.
fuzz: test-ready
	PYTHONPATH=.:tests/shared $(BIN)/python tests/shared/feel_fuzz.py --inputs $${FUZZ:-1000000} --seed $${FUZZ_SEED:-1}

# Every property test with other draws than those of `make test`, which are the same each time. One
# round takes half a minute; more: ROUNDS=20. What fails is printed with its smallest case.
properties: test-ready
	for round in $$(seq $${ROUNDS:-3}); do \
		PROPERTIES=random $(BIN)/pytest -q -m hypothesis -n 2 --dist loadgroup || exit 1; \
	done

# Every scenario tried and kept after each of its steps; `make test` stops at four of them.
tries: test-ready
	TRYING=all $(BIN)/pytest tests/service/test_trying.py -n 2

# Every reference file of other tools in the editors of diagrams and tables; `make test` opens a part
# of them.
files: test-ready
	FILES=all $(BIN)/pytest tests/browser/test_editor_files.py tests/browser/test_editor_tables.py

# Table of all cases, some twenty minutes; some of them: make bench CASES="B5 B6". What is compared
# with is installed into .bench/ by the cases themselves.
bench: test-ready
	$(BIN)/python -m benchmarks $(CASES) --json .bench/result.json

# A real year of incidents through the incident process, in a database of its own.
replay: test-ready
	$(BIN)/clearway replay servicenow $(CLEARWAY_TEST_DATA)/logs/servicenow-incident-event-log.zip --fresh

# Resolve the requirements anew, with hashes and without any address; npm does its own.
lock:
	@$(PYTHON) setup/lock.py

# The data in var/ stays: remove it by hand if you mean it.
clean:
	rm -rf .venv node_modules build dist clearway/web/static/build
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python-there:
	@command -v $(PYTHON) >/dev/null || { echo "clearway: \`$(PYTHON)\` is missing: install Python 3.11 or newer, then again." >&2; exit 1; }

run-ready: python-there
	@$(PYTHON) setup/environment.py run
	@$(MAKE) --no-print-directory bundle

test-ready: python-there
	@$(PYTHON) setup/environment.py test
	@$(MAKE) --no-print-directory bundle

bundle:
	@node clearway/web/assets/build.mjs
