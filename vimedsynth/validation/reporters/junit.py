"""JUnit XML: a test suite a file, a test case a problem code; a clean file is one passed case."""

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from vimedsynth.validation.events import Checked, Event, Skipped
from vimedsynth.validation.problems import Problem
from vimedsynth.validation.reporters.text import where

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _case(file: str, code: str, problems: list[Problem]) -> str:
    body = "\n".join(f"{where(problem.place)}: {problem.message}" for problem in problems)
    message = f"{len(problems)} problems, the first: {problems[0].message}"
    return (
        f"    <testcase classname={quoteattr(_clean(file))} name={quoteattr(code)}>\n"
        f"      <failure type={quoteattr(code)} message={quoteattr(_clean(message))}>{escape(_clean(body))}</failure>\n"
        "    </testcase>\n"
    )


def _suite(file: str, problems: list[Problem], rows: int) -> str:
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    name = quoteattr(_clean(file))
    cases = [_case(file, code, found) for code, found in sorted(by_code.items())]
    passed = f"    <testcase classname={name} name={quoteattr(f'{rows} rows')}/>\n"
    head = f'  <testsuite name={name} tests="{len(cases) or 1}" failures="{len(cases)}">\n'
    return head + ("".join(cases) or passed) + "  </testsuite>\n"


def _skipped(event: Skipped) -> str:
    name, why = quoteattr(_clean(event.what)), quoteattr(_clean(event.why))
    case = f"<testcase classname={name} name={name}><skipped message={why}/></testcase>"
    return f'  <testsuite name={name} tests="1" skipped="1">{case}</testsuite>\n'


def junit(events: Iterable[Event]) -> Iterator[str]:
    """The report; the problems of one file at a time are held."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="vimedsynth validate">\n'
    held: dict[str, list[Problem]] = {}
    for event in events:
        if isinstance(event, Problem):
            held.setdefault(event.place.file, []).append(event)
        elif isinstance(event, Checked):
            yield _suite(event.file, held.pop(event.file, []), event.rows)
        else:
            yield _skipped(event)
    yield from (_suite(file, problems, 0) for file, problems in held.items())
    yield "</testsuites>\n"
