# The two commands: make briefing, make test. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help briefing lab hooks check test test-all bench clean

help: ## what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

briefing: $(READY) ## set up once, run the notebooks, make the site
	@$(BIN)/briefing build

lab: $(READY) ## JupyterLab on the notebooks
	@$(BIN)/briefing lab

# Whole paths, so that git finds the tools where .venv is not activated; .gitattributes says which files they are for.
hooks: $(READY) ## commits without outputs of notebooks, and notebooks as cells in git diff and merge
	@$(BIN)/pre-commit install
	@git config diff.jupyternotebook.command "$(CURDIR)/$(BIN)/git-nbdiffdriver diff"
	@git config merge.jupyternotebook.name "notebooks, cell by cell"
	@git config merge.jupyternotebook.driver "$(CURDIR)/$(BIN)/git-nbmergedriver merge %O %A %B %L %P"

check: $(READY) ## validate the evidence
	@$(BIN)/briefing check

test: $(READY) ## the tests, with whole builds (minutes)
	@$(BIN)/python -m pytest -q -m "not slow"

test-all: $(READY) ## the slow ones too: many editions, sweeps, injected faults
	@$(BIN)/python -m pytest -q

bench: $(READY) ## the benchmarks
	@for file in $(filter-out benchmarks/peers.py,$(wildcard benchmarks/*.py)); do $(BIN)/python $$file; done

# quarto-cli downloads an archive from a host of its own when it is installed; where that host is out of reach,
# smalldocs renders the same project.
$(READY): requirements.txt constraints.txt pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@grep -vE '^(quarto-cli|-c )' requirements.txt > $(VENV)/requirements.txt
	@echo "setting up $(VENV) (once)"
	@$(PIP) install -c constraints.txt -r $(VENV)/requirements.txt
	@$(PIP) install $$(grep '^quarto-cli' requirements.txt) >/dev/null 2>&1 \
	  || echo "quarto-cli cannot be installed here; smalldocs will render the site"
	@touch $(READY)

clean: ## remove what was generated, keep the environment
	rm -rf build _site
