"""The suite runs alike in a terminal and in the background."""

import signal


def pytest_configure() -> None:
    """A shell starts background jobs with SIGINT ignored, and so would be the commands that tests start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
