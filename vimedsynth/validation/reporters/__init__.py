"""Events as text, one file a format. A reporter is a function from events to pieces of output, written as they come."""

from collections.abc import Callable, Iterable, Iterator

from vimedsynth.validation.events import Event
from vimedsynth.validation.reporters.github import github
from vimedsynth.validation.reporters.json_ import json_
from vimedsynth.validation.reporters.junit import junit
from vimedsynth.validation.reporters.sarif import sarif
from vimedsynth.validation.reporters.text import text

Reporter = Callable[[Iterable[Event]], Iterator[str]]

REPORTER_BY_NAME: dict[str, Reporter] = {
    "text": text,
    "json": json_,
    "junit": junit,
    "sarif": sarif,
    "github": github,
}
"""What ``--format`` may say."""
