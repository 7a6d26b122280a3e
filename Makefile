# Two commands on a fresh machine do everything: `make demo` and `make test`. Each sets itself up first.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
DEMO_VENV ?= .venv-demo
DOCS = $(VENV)/.docs
SITE = $(VENV)/.site
BROWSER = $(VENV)/.browser
ENGINES = $(VENV)/.engines
# Not --quiet, which drops the warnings that make a strict build fail. The variable: no advertisement at each build.
BUILD = NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

.PHONY: demo test test-slow test-all test-site test-browser test-engines coverage lint docs site bench dist clean

demo:  ## the guide's app and its nine events against an embedded S3, a hundred calls at once, and the cost beside boto3
	@$(PYTHON) examples/demo/prepare.py $(DEMO_VENV)
	@$(DEMO_VENV)/bin/python -m examples.demo

test: $(READY)  ## run the tests on this Python, and a sample of those that take long
	$(BIN)/python -m pytest -q -n 2

test-slow: $(READY)  ## run all tests, also those that take long
	$(BIN)/python -m pytest -q -n 2 --slow

site: $(DOCS)  ## build the site into build/site, strictly: links, anchors, navigation
	$(BUILD)
	@echo "build/site/index.html"

docs: site

test-site: $(SITE)  ## build the site, look at it in a browser, and run the examples of pages that need other packages
	$(BUILD)
	$(BIN)/python -m pytest -q -m site tests/test_site.py tests/test_documents.py

test-browser: $(BROWSER)  ## look at the page of recorded calls in Chromium; SOTALIA_SCREENSHOTS=1 makes the pictures of the docs
	$(BIN)/python -m pytest -q -m browser tests/recording

test-engines: $(ENGINES)  ## run pandas, Arrow, polars, zarr, datasets, dask and Ray on sotalia.fs, and the examples of their page
	$(BIN)/python -m pytest -q -m engines tests/fs/test_engines.py tests/test_documents.py

coverage: $(READY)  ## run all tests; lines and branches that they reach, by room and in total
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest -q -n 2 --slow
	$(BIN)/python -m coverage combine -q
	$(BIN)/python tests/coverage_by_room.py

test-all: $(READY)  ## run the tests on every Python from 3.11 on that this machine has
	$(BIN)/python tests/every_python.py

lint: $(READY)  ## formatter, linter, types
	$(BIN)/ruff format --check src tests examples benchmarks tools
	$(BIN)/ruff check src tests examples benchmarks tools
	$(BIN)/mypy
	$(BIN)/pyright

bench: $(READY)  ## side by side with boto3
	$(BIN)/python -m benchmarks

dist: $(READY)  ## build what is published, the wheel out of the sdist, and check both as a stranger meets them
	rm -rf dist
	$(BIN)/python -m hatchling build --target sdist --directory dist
	$(BIN)/python -m pip wheel -q --no-deps --no-build-isolation --wheel-dir dist dist/*.tar.gz
	TESTED_SDIST="$$(echo $(CURDIR)/dist/*.tar.gz)" TESTED_WHEEL="$$(echo $(CURDIR)/dist/*.whl)" \
		$(BIN)/python -m pytest -q --slow tests/test_wheel.py tests/test_sdist.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q -c constraints.txt --group dev -e '.[local,cli]'
	touch $(READY)

# A build of the site needs nothing of the rest, as it reads the source without importing it.
$(DOCS): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q -c constraints.txt --group docs
	touch $(DOCS)

$(SITE): $(READY)
	$(BIN)/python -m pip install -q -c constraints.txt --group site
	touch $(DOCS) $(SITE) $(BROWSER)

$(BROWSER): $(READY)
	$(BIN)/python -m pip install -q -c constraints.txt --group browser
	touch $(BROWSER)

$(ENGINES): $(READY)
	$(BIN)/python -m pip install -q -c constraints.txt --group engines
	touch $(ENGINES)

clean:
	rm -rf $(VENV) $(DEMO_VENV) build/site dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
