"""kill -9 at any moment: no finished request is asked twice, nothing is lost, nothing doubled."""

import random
from pathlib import Path

from tests.runs.killing import kill_again_and_again


def test_a_run_that_is_killed_again_and_again(tmp_path: Path) -> None:
    killed = kill_again_and_again(tmp_path, 60, 3, random.Random(5))
    assert killed.kills == 3
