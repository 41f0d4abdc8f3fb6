# Two commands set everything up on a machine with Python 3.11 and make: `make demo` and `make test`. A third tests the
# real engines in an environment of its own: `make test-engines`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS := imaging,text,server,formats,evaluate,review,stats,fast,compiled,dev

.PHONY: demo test test-engines lint bench wheel clean

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: $(PYTHON) is older than Python 3.11; name another one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[$(EXTRAS)]' --constraint constraints.txt
	touch $@

demo: $(VENV)/.ready
	$(BIN)/python -m vimedsynth demo -o demo-out

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Tests of a real model (`engines`) and of an accelerator (`gpu`) have environments of their own: see CONTRIBUTING.md.
test: lint
	$(BIN)/python -m pytest -m "not engines and not gpu" --cov --cov-report=term:skip-covered --durations=10

# Real vLLM, Ray and outlines on the CPU with a small real model: about 15 minutes from nothing, 8 when it is set up.
test-engines:
	PYTHON=$(PYTHON) bash tests/engines/setup.sh $(VENV)-engines
	VIMEDSYNTH_TEST_WEIGHTS=$(VENV)-engines/weights $(VENV)-engines/bin/python -m pytest tests/engines -x \
		-o filterwarnings=default --disable-warnings -o faulthandler_timeout=900 -p no:cacheprovider --durations=5

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.ready
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) demo-out dist
