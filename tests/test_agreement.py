"""The compiled validator and the reference give one verdict, on every case and on rows nobody thought of."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.casefiles import CASES, FILES, edited
from vimedsynth.schemas import load_schema, schema_names
from vimedsynth.validation.conformance import compiled, ecma_pattern, reference_faults

pytest.importorskip(
    "jsonschema_rs", reason="the extra 'fast' is not installed: there is no second validator to compare"
)

GOOD = {folder.name: orjson.loads((folder / "good.json").read_bytes()) for folder in sorted(CASES.iterdir())}
ODD = [
    *(None, True, False, 0, 1, 1.0, -0.0, 1.5, 10**30, -1, "", " ", "\n", "a\n", "a", "0" * 64, "0" * 64 + "\n", "٣"),
    *(
        "../a",
        "a/..",
        "a/../b",
        "..a",
        "C:/a",
        "a\u2028",
        "<image>\n",
        "<image>",
        "2026-11-01T08:00:00Z",
        "\u00a0",
        "\x1f",
    ),
    *([], {}, [1, 2], [1.0, 2.0], [[1, 2]], {"text": "a"}, float("nan"), float("inf")),
]
VALUES = st.one_of(
    st.sampled_from(ODD), st.text(max_size=8), st.integers(), st.floats(), st.lists(st.integers(), max_size=3)
)


def verdicts(name: str, value: Any) -> tuple[bool, bool]:
    fast = compiled(name)
    assert fast is not None
    return fast(value), not reference_faults(name, value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_on_every_case(path: Path) -> None:
    case = orjson.loads(path.read_bytes())
    if "edits" in case:
        row = edited(GOOD[path.parent.name], case["edits"])
        by_schema = any(code.startswith("schema-") for code, _ in case["expected"])
        assert verdicts(path.parent.name, row) == (not by_schema, not by_schema)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every way to a value inside ``value``, and to a field that is not there yet."""
    found = [way]
    if isinstance(value, dict):
        found += [place for key, item in value.items() for place in places(item, (*way, key))] + [(*way, "more")]
    elif isinstance(value, list):
        found += [place for key, item in enumerate(value) for place in places(item, (*way, key))]
    return found


def replaced(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[way[0]] = new if len(way) == 1 else replaced(copy[way[0]], way[1:], new)
    return copy


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), name=st.sampled_from(sorted(GOOD)))
def test_on_rows_with_one_value_changed(data: st.DataObject, name: str) -> None:
    row = GOOD[name]
    row = replaced(row, data.draw(st.sampled_from(places(row))), data.draw(VALUES))
    fast, slow = verdicts(name, row)
    assert fast == slow


@pytest.mark.parametrize("name", schema_names())
def test_patterns_use_only_what_both_read_alike(name: str) -> None:
    text = orjson.dumps(load_schema(name)).decode()
    patterns = re.findall(r'"pattern":"((?:[^"\\]|\\.)*)"', text)
    assert not [pattern for pattern in patterns if re.search(r"\\\\[dDwWsSbBpPA-Z]", pattern)]


def test_the_dollar_sign_is_the_very_end() -> None:
    assert ecma_pattern("^a$").search("a")
    assert not ecma_pattern("^a$").search("a\n")
    assert ecma_pattern(r"^\$[$]$").search("$$")
