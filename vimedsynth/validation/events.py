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


Event = Problem | Checked | Skipped
