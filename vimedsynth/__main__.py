"""`python -m vimedsynth`, the same as the console script."""

import gc

from vimedsynth.cli import cli

SELDOM = (200_000, 50, 100)
"""Objects made between two searches for cycles: ours are trees, and the usual 700 cost a tenth of a run."""


def main() -> None:
    """Run the command line; see :mod:`vimedsynth.cli`."""
    gc.set_threshold(*SELDOM)
    cli(prog_name="vimedsynth")


if __name__ == "__main__":
    main()
