"""What the tests of the review share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review.making import Made, make_run
from tests.review.serving import Serving, serving
from vimedsynth.review.server import Wish


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Five studies, twenty samples, volumes for two of them."""
    return make_run(tmp_path, studies=5, volumes=2)


@pytest.fixture
def page(made: Made) -> Iterator[Serving]:
    """A running review with one reader."""
    with serving(made) as running:
        yield running


@pytest.fixture
def panel(made: Made) -> Iterator[Serving]:
    """A running review with two readers and a third."""
    with serving(made, Wish(readers=("An", "Bình"), adjudicators=("Chi",))) as running:
        yield running
