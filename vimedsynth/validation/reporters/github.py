"""GitHub workflow commands: an annotation on the line of every problem."""

from collections.abc import Iterable, Iterator

from vimedsynth.validation.events import Checked, Event, Skipped
from vimedsynth.validation.problems import Problem

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def _error(problem: Problem) -> str:
    place = problem.place
    line = f",line={place.line or 1}"
    row = f"row {place.row} " if place.row is not None else ""
    head = f"file={place.file.translate(_PROPERTY)}{line},title={problem.code}"
    return f"::error {head}::{f'{row}{place.path}: {problem.message}'.translate(_DATA)}\n"


def github(events: Iterable[Event]) -> Iterator[str]:
    """``::error`` for problems, ``::notice`` for what was checked and ``::warning`` for what was not."""
    for event in events:
        if isinstance(event, Problem):
            yield _error(event)
        elif isinstance(event, Checked):
            yield f"::notice::{event.file}: {event.rows} rows as {event.schema}, {event.problems} problems\n"
        elif isinstance(event, Skipped):
            yield f"::warning::{event.what} was not checked: {event.why}\n".replace("%", "%25")
