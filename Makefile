# Every target is one call of `python -m stack`; stack/bootstrap.sh finds or installs the Python for it.
STACK = @sh stack/bootstrap.sh

.DEFAULT_GOAL := help
.PHONY: help up down status clean manage check lint test prove openapi bench lock

help:
	@awk '/^## / { printf "\n%s\n", substr($$0, 4) } \
	    /^[a-z]+:.*# / { split($$0, part, ":.*# "); printf "  make %-8s %s\n", part[1], part[2] }' Makefile
	@echo

## Use
up: # set everything up and serve the demo city; ends with the URL and a curl to try
	$(STACK) up
down: # stop everything; data stays
	$(STACK) down
status: # what runs, and where its log is
	$(STACK) status
clean: # stop everything and remove .local and .venv, data included
	$(STACK) clean
manage: # a Django command on the running servers: make manage do="import_places file.geojson"
	$(STACK) run manage.py $(do)

## Develop
check: # format, lint, types, import contracts and the fast tests
	$(STACK) check
lint: # the same without the tests
	$(STACK) lint
test: # all tests; some of them: make test args="tests/geo -k box"
	$(STACK) test $(args)
prove: # the long proofs (kills, fail points, chaos, random questions) at full size; some of them: make prove args=FILE
	$(STACK) prove $(args)
openapi: # write docs/openapi.json and the tables of docs/ anew from the code
	$(STACK) openapi
bench: # all engines side by side over 100,000 and a million offers, on the servers of up; another: make bench name=tiles
	$(STACK) run -m benchmarks.$(or $(name),engines) $(args)
lock: # write requirements*.txt anew from pyproject.toml
	$(STACK) lock
