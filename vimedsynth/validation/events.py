"""What the gate says as it goes: problems, files read to their end, and what was not checked."""

from dataclasses import dataclass

from vimedsynth.validation.problems import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """A file was read to its end. ``problems`` counts those of its rows."""

    file: str
    schema: str
    rows: int
    problems: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something was not checked, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """So many rows of a file have been read so far; for a progress line, no reporter sees it."""

    file: str
    rows: int


Event = Problem | Checked | Skipped
Step = Event | Reading
