# One word per habit. Needs Python 3.11 or 3.12 and make; `bench` and `test-node` also need Node.
SHELL := /bin/sh
UV_VERSION := 0.13.9
READY := .venv/.ready
COMPILED := .build/.compiled
ASSETS ?=
LEASES ?=
INVESTORS ?=
MAPPING ?=
PROFILE ?=
OUT ?=

# Everything runs inside the project: its tools, its Ape data, no downloads of Pythons.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_PYTHON_DOWNLOADS := never
export APE_DATA_FOLDER := $(CURDIR)/.cache/ape
# ape-vyper's settings make pydantic warn at every start.
export PYTHONWARNINGS := ignore::UserWarning

.PHONY: demo test test-node test-scale lint fuzz mutants gas bench clean

# --- what people run
demo: $(COMPILED)
	@ape run demo $(if $(ASSETS),--assets '$(ASSETS)') $(if $(LEASES),--leases '$(LEASES)') \
		$(if $(INVESTORS),--investors '$(INVESTORS)') $(if $(MAPPING),--mapping '$(MAPPING)') \
		$(if $(PROFILE),--profile '$(PROFILE)') $(if $(OUT),--out '$(OUT)')

test: $(READY) lint
	pytest

# Needs Node: deployments, runbooks and large files on a real node, anvil from npm.
test-node: $(READY)
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	PATH="$$(echo $(CURDIR)/node_modules/@foundry-rs/anvil-*/bin):$$PATH" pytest -p no:cacheprovider tests/node

# Needs Node: thousands of investors and assets on blocks of two seconds, killed half-way.
test-scale: $(READY)
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	PATH="$$(echo $(CURDIR)/node_modules/@foundry-rs/anvil-*/bin):$$PATH" CIVITAS_SCALE=full \
		pytest -s -p no:cacheprovider tests/node/test_scale_on_a_node.py

# --- what contributors run
lint: $(READY)
	ruff check .
	ruff format --check .
	mypy

# The long campaigns; a short seed of each runs in `make test`.
fuzz: $(READY)
	HYPOTHESIS_PROFILE=campaign pytest tests/unit tests/stateful -m "not mutants"

mutants: $(READY)
	python -m tests.stateful.mutants

# Write the gas of every function anew; `make test` compares with it.
gas: $(READY)
	python -m tests.gas

# Needs Node: OpenZeppelin and T-REX come from npm.
bench: $(READY)
	npm ci --ignore-scripts --no-audit --no-fund
	python -m bench

clean:
	rm -rf .venv .build .cache build node_modules

# Ape looks at a contract's own file only; an edit in a module must recompile what uses it.
$(COMPILED): $(READY) $(shell find contracts -name '*.vy*') ape-config.yaml
	@ape compile --force >/dev/null
	@touch $@

# --- the environment, exactly as locked
$(READY): uv.lock pyproject.toml ape-revm/pyproject.toml
	@python=; for each in python3.12 python3.11 python3; do \
		if $$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; \
		then python=$$each; break; fi; done; \
	if [ -z "$$python" ]; then echo "Civitas needs Python 3.11 or 3.12" >&2; exit 2; fi; \
	[ -x .venv/bin/uv ] || { $$python -m venv .venv && .venv/bin/pip install -q uv==$(UV_VERSION); }
	.venv/bin/uv sync --frozen --compile-bytecode --quiet
	@mkdir -p $(APE_DATA_FOLDER)
	@touch $@
