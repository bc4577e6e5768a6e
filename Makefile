# Craftpath 匠路. `make help` lists what there is; the work is done by scripts/.

PYTHON ?= python3
PORT ?= 8000
SIZE ?= small
export PORT SIZE

SETUP = $(PYTHON) -m scripts.setup
MANAGE = .venv/bin/python manage.py

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench shell worker messages reset-demo

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  \033[1mmake %-12s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Set everything up and run the site with its demo data at http://127.0.0.1:8000/ (PORT=…)
	@$(SETUP) demo

test: setup-test ## Set up what tests need (Chromium too) and run the whole suite; ARGS="-k name" for a part
	@.venv/bin/python -m pytest -n $${CRAFTPATH_TEST_PROCESSES:-2} --dist loadgroup $(ARGS)

lint: setup-test ## Style, types, import contracts, templates, translations, migrations
	@.venv/bin/python -m scripts.lint

bench: setup-test ## Speed, as ratios against plain ways to do the same; NAMES="issuing rights" for some, SIZE=large for 100,000 rows and more
	@.venv/bin/python -m tests.benchmarks $(NAMES)

shell: setup-run ## A Python shell with the site's models
	@$(MANAGE) shell

worker: setup-run ## One more background worker for the embedded site
	@.venv/bin/celery --app config worker --loglevel INFO --concurrency 1

messages: setup-test ## Collect texts to translate into each app's catalogue, and compile them
	@.venv/bin/python -m scripts.messages

reset-demo: ## Throw the embedded site's data away; the next `make demo` starts afresh
	@$(SETUP) reset

.PHONY: setup-run setup-test
setup-run setup-test: setup-%:
	@$(SETUP) $*
