"""Progress of a run on stderr: a line that is redrawn on a terminal, a line every few seconds otherwise."""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TextIO

from vimedsynth.journal import Finished

_TERMINAL_EVERY, _LOG_EVERY = 0.2, 5.0


@dataclass
class Progress:
    """Counts and shows. ``studies`` is how many there are; the ETA goes by the share of them that was begun."""

    studies: int = 0
    quiet: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)

    def __post_init__(self) -> None:
        self.ended_works = self.skipped_works = self.accepted = self.tokens = self.begun = 0
        self.refused: Counter[str] = Counter()
        self._began = self._shown = time.monotonic()
        self._terminal = self.stream.isatty()

    def study(self) -> None:
        """A study was begun."""
        self.begun += 1

    def skipped(self) -> None:
        """A unit that an earlier run of the same command has ended."""
        self.skipped_works += 1

    def reply(self, finished: Finished) -> None:
        """A finished request."""
        self.tokens += finished.reply.completion_tokens
        for outcome in finished.outcomes:
            if outcome.code is None:
                self.accepted += 1
            else:
                self.refused[outcome.code] += 1

    def ended(self) -> None:
        """A unit of work has its answer."""
        self.ended_works += 1
        self.show()

    def show(self, *, last: bool = False) -> None:
        """Write the line if it is time; ids and codes only, never text."""
        now = time.monotonic()
        due = now - self._shown >= (_TERMINAL_EVERY if self._terminal else _LOG_EVERY)
        if self.quiet or not (due or (last and self._terminal)):
            return
        self._shown = now
        line = self.line(now - self._began)
        end = "\n" if last or not self._terminal else ""
        self.stream.write(f"\r\x1b[2K{line}{end}" if self._terminal else f"{line}\n")
        self.stream.flush()

    def line(self, seconds: float) -> str:
        """The text of one progress line after ``seconds`` of work."""
        rate = self.ended_works / seconds if seconds > 0 else 0.0
        parts = [f"study {self.begun}/{self.studies}", f"{self.ended_works} answered, {rate:.1f}/s"]
        if self.skipped_works:
            parts.append(f"{self.skipped_works} were done before")
        if self.tokens and seconds > 0:
            parts.append(f"{self.tokens / seconds:.0f} tokens/s")
        parts.append(f"{self.accepted} accepted, {self.refused.total()} refused")
        if self.refused:
            parts.append(" ".join(f"{code}:{n}" for code, n in self.refused.most_common(3)))
        if 0 < self.begun < self.studies:
            parts.append(f"ETA {_clock(seconds * (self.studies - self.begun) / self.begun)}")
        return " | ".join(parts)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
