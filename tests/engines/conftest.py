"""Real engines on the small real model; `make test-engines` sets the environment up and names it here."""

import os
from pathlib import Path

import pytest

WEIGHTS = os.environ.get("VIMEDSYNTH_TEST_WEIGHTS", "")


@pytest.fixture(scope="session")
def weights() -> Path:
    if not WEIGHTS:
        pytest.skip("real engines need their own environment: make test-engines")
    return Path(WEIGHTS)
