"""One line a problem for people, and what was checked at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator

from vimedsynth.validation.events import Checked, Event, Skipped
from vimedsynth.validation.problems import Place, Problem


def where(place: Place) -> str:
    """``file:line`` as editors open it, with the row and the path."""
    line = f":{place.line}" if place.line is not None else ""
    row = f" row {place.row}" if place.row is not None else ""
    return f"{place.file}{line}:{row} {place.path}"


def text(events: Iterable[Event]) -> Iterator[str]:
    """A line for every problem and note, then the counts."""
    codes: Counter[str] = Counter()
    files = rows = 0
    for event in events:
        if isinstance(event, Problem):
            codes[event.code] += 1
            yield f"{where(event.place)}: {event.message} [{event.code}]\n"
        elif isinstance(event, Skipped):
            yield f"not checked: {event.what}: {event.why}\n"
        elif isinstance(event, Checked):
            files, rows = files + 1, rows + event.rows
            yield f"checked {event.file}: {event.rows} rows as {event.schema}, {event.problems} problems\n"
    for code, count in sorted(codes.items()):
        yield f"{count:8d}  {code}\n"
    yield f"{sum(codes.values())} problems in {rows} rows of {files} files\n"
