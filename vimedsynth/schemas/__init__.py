"""JSON Schema 2020-12, one file per artefact and per generation payload; they constrain decoding and they validate.

The files refer to one another by ``urn:`` identifiers only. The registry made here knows them all and fetches nothing:
an unknown reference is an error, never a request.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource
from referencing.jsonschema import DRAFT202012

from vimedsynth.errors import Misuse

SUFFIX = ".schema.json"

ALIASES: dict[str, str] = {
    "check": "check-pair",
    "decision": "review-decision",
    "finding": "findings",
    "jsonl": "jsonl-row",
    "lineage": "lineage-row",
    "llava": "llava-row",
    "pair": "check-pair",
    "rejections": "rejection",
    "samples": "sample",
    "sharegpt": "sharegpt-row",
}
"""Other names that a user may say for a schema."""


@cache
def schema_names() -> tuple[str, ...]:
    """The names of all schemas, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


def schema_name(said: str) -> str:
    """The schema a user means by ``said``. Raises Misuse for an unknown name."""
    name = ALIASES.get(said, said)
    if name not in schema_names():
        raise Misuse(f"schema {said!r} is not known; expected one of: {', '.join(schema_names())}")
    return name


def schema_bytes(name: str) -> bytes:
    """The schema file as it is. Raises Misuse for an unknown name."""
    return files(__name__).joinpath(schema_name(name) + SUFFIX).read_bytes()


def load_schema(name: str) -> dict[str, Any]:
    """The parsed schema. Raises Misuse for an unknown name."""
    schema: dict[str, Any] = orjson.loads(schema_bytes(name))
    return schema


def undeclared(name: str) -> dict[str, Any]:
    """The schema without its ``$schema``: where that stands behind a ``$ref``, jsonschema goes on with the stock
    validator of that dialect and forgets the one it was asked to use."""
    return {keyword: value for keyword, value in load_schema(name).items() if keyword != "$schema"}


def _never_fetch(uri: str) -> Resource[Any]:
    raise NoSuchResource(uri)


@cache
def registry() -> Registry[Any]:
    """All schemas by their ``$id``; anything else raises ``referencing.exceptions.NoSuchResource``."""
    known = [schema for schema in map(undeclared, schema_names()) if "$id" in schema]
    resources = [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in known]
    return Registry(retrieve=_never_fetch).with_resources(resources)  # type: ignore[call-arg]
