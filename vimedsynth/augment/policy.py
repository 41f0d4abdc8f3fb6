"""Policies as data: the bundled ones and the user's file, checked against the schema and by albumentations."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from vimedsynth.errors import Misuse


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a policy; ``regions`` None means every region."""

    transform: str
    args: Mapping[str, Any]
    p: float = 1.0
    on: str | None = None
    interpolation: str | None = None
    regions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A checked policy. ``sha256`` is that of its canonical JSON."""

    name: str
    description: str
    steps: tuple[Step, ...]
    sha256: str
    tolerance: Mapping[str, float] = field(default_factory=dict)


def policy_names() -> list[str]:
    """The bundled policies."""
    folder = files("vimedsynth.augment.policies")
    return sorted(item.name.removesuffix(".json") for item in folder.iterdir() if item.name.endswith(".json"))


def load_policy(name: str) -> Policy:
    """A bundled policy by name, or the policy in a JSON file; raises Misuse with the place that is wrong."""
    if name in policy_names():
        text = files("vimedsynth.augment.policies").joinpath(f"{name}.json").read_text(encoding="utf-8")
        return parse_policy(text, name)
    path = Path(name)
    if not path.is_file():
        raise Misuse(f"policy {name!r} is neither a file nor one of: {', '.join(policy_names())}")
    try:
        return parse_policy(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot be read as UTF-8 text") from error


def parse_policy(text: str, where: str) -> Policy:
    """A policy from JSON text, checked against ``schemas/policy.schema.json`` and by albumentations itself."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Misuse(f"{where}: not JSON ({error})") from error
    for fault in sorted(_validator().iter_errors(document), key=lambda e: list(map(str, e.path))):
        place = "/".join(map(str, fault.absolute_path)) or "the document"
        raise Misuse(f"{where}: {place}: {fault.message[:300]}")
    steps = tuple(_step(item) for item in document["steps"])
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    sha256 = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    policy = Policy(document["name"], document["description"], steps, sha256, document.get("tolerance", {}))
    from vimedsynth.augment.sampling import Sampler

    Sampler(policy, where)  # albumentations judges the arguments now, not in the middle of a run
    return policy


def _step(item: Mapping[str, Any]) -> Step:
    regions = tuple(item["regions"]) if "regions" in item else None
    return Step(item["transform"], item.get("args", {}), float(item.get("p", 1.0)), item.get("on"),
                item.get("interpolation"), regions)  # fmt: skip


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    text = files("vimedsynth.schemas").joinpath("policy.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), registry=Registry())
