"""`python -m vimedsynth`, the same as the console script."""

import gc
import os
import signal
from types import FrameType

SELDOM = (200_000, 50, 100)
"""Objects made between two searches for cycles: ours are trees, and the usual 700 cost a tenth of a run."""


def main() -> None:
    """Run the command line; see :mod:`vimedsynth.cli`."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where a shell has us ignore it
        signal.signal(signal.SIGINT, _leave)  # nothing is begun while modules are read: there is nothing to finish
    gc.set_threshold(*SELDOM)
    from vimedsynth.cli import cli

    try:
        cli(prog_name="vimedsynth")
    except OSError as error:  # --help into a full disk: outside of any command
        _give_up(error)
    finally:
        gc.freeze()  # Python's last search for cycles walked half a million remembered values: a twelfth of a run


def _leave(number: int, frame: FrameType | None) -> None:
    os.write(2, b"vimedsynth: interrupted\n")
    os._exit(130)


def _give_up(error: OSError) -> None:
    os.write(2, f"vimedsynth: output cannot be written: {error.strerror or error}\n".encode())
    os._exit(1)  # what is left in the buffers cannot be written either


if __name__ == "__main__":
    main()
