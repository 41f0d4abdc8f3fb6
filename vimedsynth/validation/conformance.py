"""A value against a schema. jsonschema is the reference and words every fault; jsonschema-rs is the fast first look.

The two are made to agree, and both never fetch (docs/adr/0020): a number is finite, ``$`` in a pattern is the very end
of the text, 1.0 is an integer.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing.exceptions import NoSuchResource

from vimedsynth.schemas import load_schema, registry, schema_names, undeclared
from vimedsynth.validation.problems import show


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a value departs from its schema. ``code`` is ``schema-<keyword>``; ``path`` is a JSON path from ``$``."""

    path: str
    code: str
    value: str
    expected: str


def _is_number(_: object, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, int) or math.isfinite(value)


@cache
def ecma_pattern(pattern: str) -> re.Pattern[str]:
    """``pattern`` with ``$`` as ECMA-262 reads it: the end of the text, not before a final line end as in Python."""
    return re.compile(re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda hit: hit[1] or r"\Z", pattern))


def _pattern(_: Validator, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and not ecma_pattern(pattern).search(value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


Reference: type[Validator] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number),
)


@cache
def reference(name: str) -> Validator:
    """The reference validator of the schema ``name``. Raises Misuse for an unknown name."""
    return Reference(undeclared(name), registry=registry())


def _refuse(uri: str) -> Any:
    raise NoSuchResource(uri)


@cache
def compiled(name: str) -> Callable[[Any], bool] | None:
    """The compiled validator's ``is_valid``; None where jsonschema-rs is not installed."""
    try:
        import jsonschema_rs
    except ImportError:
        return None
    resources = [(schema["$id"], schema) for schema in map(load_schema, schema_names()) if "$id" in schema]
    known = jsonschema_rs.Registry(resources, retriever=_refuse)
    made = jsonschema_rs.Draft202012Validator(load_schema(name), registry=known, offline=True)
    is_valid: Callable[[Any], bool] = made.is_valid
    return is_valid


_TYPES = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a finite number",
    "object": "an object",
    "string": "a string",
}


def _type_words(value: Any) -> str:
    return " or ".join(_TYPES[name] for name in ([value] if isinstance(value, str) else value))


_WORDS: dict[str, Callable[[Any], str]] = {
    "type": _type_words,
    "enum": lambda value: "one of " + ", ".join(show(item) for item in value),
    "const": show,
    "pattern": lambda value: f"text that matches /{value}/",
    "minItems": lambda value: f"at least {value} items",
    "maxItems": lambda value: f"at most {value} items",
    "minLength": lambda value: f"at least {value} characters",
    "maxLength": lambda value: f"at most {value} characters",
    "minProperties": lambda value: f"at least {value} fields",
    "minimum": lambda value: f"{value} or more",
    "maximum": lambda value: f"{value} or less",
    "exclusiveMinimum": lambda value: f"more than {value}",
    "exclusiveMaximum": lambda value: f"less than {value}",
    "uniqueItems": lambda _: "no item twice",
}


def json_path(steps: Iterable[str | int]) -> str:
    """The JSON path of ``steps`` from the root: ``$.turns[0].evidence``; names that need it are quoted."""
    return "$" + "".join(map(_step, steps))


def _step(step: str | int) -> str:
    return f".{step}" if isinstance(step, str) and step.isidentifier() else f"[{show(step)}]"


def _missing(path: str, required: Any, instance: Any) -> Iterator[Fault]:
    for name in required:
        if name not in instance:
            yield Fault(path + _step(name), "schema-required", "nothing", f"a field {show(name)}")


def _surplus(path: str, allowed: Any, instance: Any) -> Iterator[Fault]:
    known = ", ".join(map(show, allowed))
    for name, value in instance.items():
        if name not in allowed:
            yield Fault(path + _step(name), "schema-additional", show(value), f"only the fields {known}")


def _branch(error: ValidationError) -> list[ValidationError]:
    """The errors of the one alternative of anyOf or oneOf that has the right type; empty if there is no such one."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [
        inner for inner in branches.values() if not any(e.validator in ("type", "const") and not e.path for e in inner)
    ]
    return fitting[0] if len(fitting) == 1 else []


def _worded(error: ValidationError) -> Iterator[Fault]:
    path, schema, keyword = json_path(error.absolute_path), error.schema, str(error.validator)
    if keyword == "required":
        yield from _missing(path, error.validator_value, error.instance)
    elif keyword == "additionalProperties":
        yield from _surplus(path, schema["properties"] if isinstance(schema, dict) else {}, error.instance)
    elif inner := _branch(error):
        for one in inner:
            yield from _worded(one)
    elif keyword == "not" and not error.validator_value:  # `not: {}` says that a field has no place here
        yield Fault(path, "schema-not-allowed", show(error.instance), "no such field here")
    else:
        words = _WORDS.get(keyword, lambda value: f"{keyword} {show(value)}")
        said = schema.get("description") if keyword == "pattern" and isinstance(schema, dict) else None
        yield Fault(path, f"schema-{_kebab(keyword)}", show(error.instance), said or words(error.validator_value))


def _kebab(keyword: str) -> str:
    return re.sub(r"(?=[A-Z])", "-", keyword).lower()


def reference_faults(name: str, value: Any) -> tuple[Fault, ...]:
    """Every fault of ``value``, in document order, by the reference validator alone."""
    errors = reference(name).iter_errors(value)
    found = dict.fromkeys(fault for error in errors for fault in _worded(error))
    return tuple(sorted(found, key=lambda fault: (fault.path, fault.code)))


def faults(name: str, value: Any) -> tuple[Fault, ...]:
    """Every fault of ``value`` under the schema ``name``; the compiled validator, where present, passes good rows fast."""
    fast = compiled(name)
    if fast is not None and fast(value):
        return ()
    found = reference_faults(name, value)
    if fast is not None and not found:
        return (Fault("$", "schema-refused", show(value), "a value that the compiled validator accepts too"),)
    return found
