# Everything a person types. `make` alone says what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test lint types pages imports bench faults starved browsers databases cases peers scale capacity fuzz mutants pi-short pi pi-arm64 words lock wheel packages check-data mrbs mrbs-folder home-assistant clean setup-run setup-test setup-pi
export PYTHON CAPACITY_DIR CAPACITY_SITES CAPACITY_MINUTES CAPACITY_WATCHERS
# Container images often set it. Without bytecode each process compiles all of our code again, twice the CPU of a start.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# More than twice the cores: half of what tests take is waiting for processes, browsers and lags.
CORES := $(shell getconf _NPROCESSORS_ONLN)
WORKERS ?= $(shell expr 2 \* $(CORES) + 1)
# Where the figure or the fault is one of a real disk, `tmp_path` is on it; elsewhere it may be in memory.
ON_DISK := PYTEST_DEBUG_TEMPROOT=$${TMPDIR:-/tmp}
# A machine by emulation is slow, and slower beside other work.
PI := $(ON_DISK) $(BIN)/pytest -o faulthandler_timeout=3600 --capture=sys -m

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup-run ## three hubs on simulated pins; SPEED=60 for a faster clock, FRESH=1 to start over, ARGS=...
	@deploy/setup/system.sh demo
	@exec $(BIN)/hallkeeper demo $(if $(SPEED),--speed $(SPEED)) $(if $(FRESH),--fresh) $(ARGS)

test: setup-test lint ## all checks: tests, types, imports, pages; ARGS=... goes to pytest
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: setup-test ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-test ## mypy --strict
	$(BIN)/mypy
	$(BIN)/mypy hatch_build.py

imports: setup-test ## the import rules
	$(BIN)/lint-imports

pages: setup-test ## the web app: its types and its own tests
	$(BIN)/python hatch_build.py check test

bench: setup-test ## the long benchmarks; prints ratios
	$(ON_DISK) $(BIN)/pytest tests/bench -m "bench or not bench" -s $(ARGS)

faults: WORKERS := $(shell expr $(CORES) + 1)
faults: setup-test ## the fault scenarios in their long form; prints a table
	$(ON_DISK) $(BIN)/pytest tests/faults tests/scenarios -m "not alone and not scale_full" -n $(WORKERS) --dist worksteal $(ARGS)
	$(ON_DISK) $(BIN)/pytest tests/faults -m alone $(ARGS)

starved: setup-test ## the part of make faults that keeps the machine busy: 500 codes at each reader with a tenth of a core, some ten minutes
	$(ON_DISK) $(BIN)/pytest tests/faults/test_starved.py -m alone $(ARGS)

browsers: setup-test ## every way of every page in Chromium; make test keeps the main ones
	$(BIN)/pytest tests/browser -m "browser_full or not browser_full" -n $(CORES) --dist worksteal $(ARGS)

databases: setup-test ## every test of the controller on PostgreSQL; make test keeps the repositories, the migrations and the races
	$(BIN)/pytest tests -m "databases_full and not faults_full and not bench" -n $(WORKERS) --dist worksteal $(ARGS)

cases: setup-test ## the costly and the further cases of rules; make test keeps the main ones
	$(BIN)/pytest tests -m "cases_full and not databases_full" -n $(WORKERS) --dist worksteal $(ARGS)

peers: setup-test ## whole programs of other projects as peers, such as Zigbee2MQTT; make test plays what they sent
	@deploy/setup/system.sh peers
	$(BIN)/pytest tests -m peers_full $(ARGS)

scale: setup-test ## RabbitMQ, clusters, and servers that fail; make test keeps what needs none of them
	@deploy/setup/system.sh scale
	$(ON_DISK) $(BIN)/pytest tests -m scale_full $(ARGS)

fuzz: setup-test ## random bad input and every rule with other examples, forty times as many as in make test
	$(BIN)/pytest tests/fuzz tests/property tests/controller/people/test_matrix.py -m "cases_full or not cases_full" \
		--hypothesis-profile=long $(ARGS)

mutants: setup-test ## mutation testing: small faults in the code, and how many the tests detect; ARGS="--number 300 --seed 1"
	$(BIN)/python -m tests.mutants $(ARGS)

pi-short: setup-pi ## the edge's package in a virtual machine: a code typed on lines of the kernel, and a power cut
	$(PI) pi tests/pi/test_hall.py $(ARGS)

pi: setup-pi ## all that needs a virtual machine, on amd64; goes on where it was stopped, ARGS=--again from the start
	$(PI) pi tests/pi $(ARGS)

pi-arm64: setup-pi ## the packages for arm64, built and run by emulation: a code opens a door; once a release
	@deploy/setup/system.sh arm64
	$(PI) pi_arm64 tests/pi/test_arm64.py $(ARGS)

capacity: setup-test ## a controller under thousands of simulated sites, in figures; CAPACITY_SITES="1 42" for others, CAPACITY_DIR=folder keeps them
	$(ON_DISK) $(BIN)/pytest tests/capacity -m capacity_full -s -o faulthandler_timeout=7200 $(ARGS)

words: setup-test ## words/en.po and its translations from the sources; NEW=cy begins one, LANGUAGE=cy builds its pages
	$(BIN)/python -m tools.words $(if $(NEW),--new $(NEW))
	$(if $(LANGUAGE),$(BIN)/python -m tools.words --build $(LANGUAGE))

lock: setup-test ## compile requirements/*.txt; ARGS=--upgrade for the newest versions
	deploy/setup/lock.sh $(ARGS)

wheel: setup-run ## dist/hallkeeper-*.whl for a server, with the pages in it; dist/hallkeeper_edge-*.whl for a Pi
	$(BIN)/python -m hatchling build -t wheel
	cd deploy/edge-wheel && ../../$(BIN)/python -m hatchling build -t wheel -d ../../dist

packages: wheel ## dist/hallkeeper-edge_*.deb and hallkeeper-controller_*.deb for this Debian release and processor
	@deploy/setup/system.sh packages
	deploy/packages/build.sh hallkeeper-edge dist
	deploy/packages/build.sh hallkeeper-controller dist

check-data: setup-test ## compare the demo's figures with the published files in DATA=folder
	@test -d "$(DATA)" || { echo "say where the files are: make check-data DATA=folder" >&2; exit 2; }
	DATA="$(abspath $(DATA))" $(BIN)/pytest tests/check_data.py $(ARGS)

mrbs: mrbs-folder setup-test ## what a booking costs here and in MRBS on one PostgreSQL server; MRBS=folder of an unpacked release
	@deploy/setup/system.sh mrbs
	$(ON_DISK) MRBS="$(abspath $(MRBS))" $(BIN)/pytest tests/bench/check_mrbs.py -s -o faulthandler_timeout=7200 $(ARGS)

home-assistant: setup-test ## what a measured value costs here and in Home Assistant with its recorder, which is fetched from PyPI
	@deploy/setup/system.sh home-assistant
	$(ON_DISK) $(BIN)/pytest tests/bench/check_home_assistant.py -s -o faulthandler_timeout=7200 $(ARGS)

mrbs-folder:
	@test -f "$(MRBS)/tables.pg.sql" || { echo "say where an unpacked release of MRBS is: make mrbs MRBS=folder" >&2; exit 2; }

clean: ## remove what can be rebuilt (.venv, caches, built pages); the demo's state in var/ stays
	rm -rf .venv .home-assistant .wheels dist dashboards/dist dashboards/languages dashboards/node_modules test-artefacts
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

setup-run:
	@deploy/setup/environment.sh run

setup-test:
	@deploy/setup/system.sh test
	@deploy/setup/environment.sh test

setup-pi: setup-test
	@deploy/setup/system.sh pi

.NOTPARALLEL:
