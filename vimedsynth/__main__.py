"""`python -m vimedsynth`, the same as the console script."""

from vimedsynth.cli import cli


def main() -> None:
    """Run the command line; see :mod:`vimedsynth.cli`."""
    cli(prog_name="vimedsynth")


if __name__ == "__main__":
    main()
