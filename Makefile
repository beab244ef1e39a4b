# slamon: `make run` starts the demo, `make test` runs all tests. Both do their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
DEBIAN_TEST_PACKAGES := prometheus prometheus-alertmanager prometheus-blackbox-exporter \
  redis-server postgresql mariadb-server mosquitto slapd dovecot-imapd postfix \
  monitoring-plugins-basic monitoring-plugins-standard libmariadb3 bind9 rabbitmq-server victoria-metrics \
  openssh-server dovecot-pop3d vsftpd prosody
# Grafana's types are an npm package; an npm of another origin than Debian's will do
ifeq ($(shell command -v npm),)
DEBIAN_TEST_PACKAGES += nodejs npm
endif
# By file: servers that the tests of a file share start once.
PYTEST_ARGS ?= -n 2 --dist loadfile

.PHONY: run test lint bench backtest chart helm chart-test wheel-test lock clean debian-venv debian-test install install-dev kill-test fuzz

run: install ## the demo: a small company on loopback, watched by slamon
	$(BIN)/slamon demo $(ARGS)

test: lint debian-test ## all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install-dev debian-test ## measure against the peers; writes bench/results/
	$(BIN)/python -m bench $(ARGS)
	$(BIN)/python -m bench.panels

backtest: install-dev ## a year of outages: which alert would have told, when, at what cost
	$(BIN)/python -m bench.backtest $(ARGS)

wheel-test: install-dev ## build the wheel, install it by uv into an empty environment, and run what it brings
	rm -rf build/wheel && mkdir -p build/wheel
	$(BIN)/python -m pip wheel -q --disable-pip-version-check --no-deps -w build/wheel .
	$(PYTHON) -m venv build/wheel/uv && build/wheel/uv/bin/python -m pip install -q --disable-pip-version-check uv
	cd build/wheel && UV_TOOL_DIR=tools UV_TOOL_BIN_DIR=bin uv/bin/uv tool install -q --python $(PYTHON) slamon-*.whl
	cd build/wheel && bin/slamon --version && bin/slamon export rules >/dev/null && bin/slamon export dashboards -o dashboards >/dev/null && bin/slamon export schema >/dev/null && \
	  printf 'slamon: 1\nservices: {s: {checks: {c: {tcp: {address: "127.0.0.1:9"}}}}}\n' > slamon.yml && bin/slamon check

chart: ## the Helm chart with the rules and dashboards beside it, in build/chart/slamon
	rm -rf build/chart && mkdir -p build/chart && cp -r deploy/helm/slamon build/chart/
	mkdir -p build/chart/slamon/files && cp -r alerting/rules grafana/dashboards build/chart/slamon/files/

# Helm is in no Debian package: its module is built, which takes Go, Go's proxy and minutes; so it has a target of its own.
HELM := build/tools/helm
HELM_VERSION := v3.18.6
helm:
	@if [ ! -x $(HELM) ] && ! command -v helm >/dev/null; then \
	  mkdir -p $(dir $(HELM)); \
	  if command -v go >/dev/null && GOTOOLCHAIN=local GOBIN=$(CURDIR)/$(dir $(HELM)) timeout 900 go install helm.sh/helm/v3/cmd/helm@$(HELM_VERSION); \
	  then echo "built $(HELM)"; else echo "no Helm: neither Go nor its proxy is here" >&2; exit 1; fi; fi

chart-test: install-dev helm ## render the chart with Helm, and hold it against the schemas of Kubernetes
	$(BIN)/python -m pytest -q tests/system/test_chart.py

fuzz: install-dev ## every parser against broken input, for longer than the tests do: ARGS="--seconds 60"
	$(BIN)/python -m tests.fuzz $(ARGS)

lock: install-dev ## write the lock files anew from pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --strip-extras --extra all -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --strip-extras --allow-unsafe --extra all --extra dev -o requirements-dev.lock pyproject.toml

install: $(STAMP)
install-dev: $(DEV_STAMP)

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $(STAMP) $@

$(BIN)/python: | debian-venv
	$(PYTHON) -m venv $(VENV)

# Debian ships Python without ensurepip: venv needs a package of its own.
debian-venv:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; \
	  else echo "Python's venv module is incomplete: run 'apt-get install python3-venv' as root, then try again" >&2; exit 1; fi; }

# The real servers that the tests run. Debian would start services of them: while they are installed it is told not to.
POLICY := /usr/sbin/policy-rc.d
debian-test:
	@missing=; for p in $(DEBIAN_TEST_PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q ' installed$$' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing$$missing"; \
	    if [ ! -e $(POLICY) ]; then trap 'rm -f $(POLICY)' EXIT; printf '#!/bin/sh\nexit 101\n' > $(POLICY); chmod 755 $(POLICY); fi; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "the tests need$$missing: run 'apt-get install$$missing' as root, then try again" >&2; exit 1; fi; fi

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
