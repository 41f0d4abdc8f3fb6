"""What must not leave the machine: a screen for people in a report, its redaction, and the switches of telemetry.

The forms are Vietnamese: names by family and middle name or after a cue, national ids (12 digits with the code of a
province, 9 digits after a cue), insurance and hospital numbers, dates of birth, addresses, e-mail; telephone numbers
are read by the phonenumbers library. The words are in ``privacy.json``. A screen is a net, not a proof: it lowers the
risk of a mistake and does not replace the agreement that a remote service needs.
"""

import re
from collections import Counter
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.errors import DataRefused, missing_extra
from vimedsynth.reports import Span, nfc
from vimedsynth.samples import Case

TELEMETRY_OFF: dict[str, str] = {
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "NO_ALBUMENTATIONS_UPDATE": "1",
    "OUTLINES_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
}
"""Switches of every dependency that is known to phone home, and the general one."""
OFFLINE: dict[str, str] = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
"""No look-ups at a model hub: weights are named by folder, or are already in the local cache."""


def silence(environment: MutableMapping[str, str]) -> None:
    """Set the telemetry switches, and the offline ones unless the user set them otherwise."""
    environment.update(TELEMETRY_OFF)
    for name, value in OFFLINE.items():
        environment.setdefault(name, value)


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Something about a person: where it stands and what kind it is."""

    span: Span
    kind: str


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = orjson.loads(files("vimedsynth").joinpath("privacy.json").read_bytes())
    upper, lower = words["upper"], words["lower"]
    name = f"[{upper}](?:[{lower}]+|[{upper}]+)"
    families, middles = ("|".join(words[key]) for key in ("families", "middles"))
    loud = f"{families}|{families.upper()}", f"{middles}|{middles.upper()}"
    cues = "|".join(words["name_cues"])
    people = [
        f"(?<!\\w)(?:{loud[0]})\\s+(?:{loud[1]})(?:\\s+{name}){{1,3}}(?!\\w)",
        f"(?<!\\w)(?:{loud[0]})(?:\\s+{name}){{2,4}}(?!\\w)",
        f"(?<!\\w)(?i:{cues})\\s*[:.]?\\s*(?:{loud[0]})(?:\\s+{name}){{1,4}}(?!\\w)",
        f"(?<!\\w)(?i:họ tên|họ và tên|tên bệnh nhân|tên người bệnh)\\s*:\\s*{name}(?:\\s+{name}){{0,4}}",
    ]
    rows = [("name", re.compile("|".join(people)))]
    for kind, parts in words["patterns"].items():
        joined = "|".join(parts).replace("UPPER", f"[{upper}]").replace("[LOWER]", f"[{lower}]")
        ignore_case = kind not in ("insurance-number", "address")
        rows.append((kind, re.compile(joined if not ignore_case else f"(?i:{joined})")))
    return tuple(rows)


def screen(text: str) -> tuple[Trace, ...]:
    """The traces of people in ``text`` (NFC), in order; overlapping ones once, the longest first."""
    found = [Trace(Span(*match.span()), kind) for kind, pattern in _patterns() for match in pattern.finditer(text)]
    found += [Trace(span, "phone") for span in _phones(text)]
    kept: list[Trace] = []
    for trace in sorted(found, key=lambda t: (t.span.start, -t.span.end)):
        if not kept or trace.span.start >= kept[-1].span.end:
            kept.append(trace)
    return tuple(kept)


def _phones(text: str) -> list[Span]:
    try:
        from phonenumbers import Leniency, PhoneNumberMatcher
    except ImportError as error:
        raise missing_extra("server", "the privacy screen") from error
    return [Span(m.start, m.end) for m in PhoneNumberMatcher(text, "VN", leniency=Leniency.VALID)]


def redacted(text: str) -> str:
    """``text`` (made NFC) with each trace as its kind in brackets: ``[name]``."""
    text = nfc(text)
    for trace in reversed(screen(text)):
        text = f"{text[: trace.span.start]}[{trace.kind}]{text[trace.span.end :]}"
    return text


def refuse_people(cases: Iterable[Case], where: str) -> None:
    """Raise DataRefused when a report names people; the message has counts and study ids, never the words."""
    kinds: Counter[str] = Counter()
    studies: list[str] = []
    for case in cases:
        traces = screen(case.report.text)
        kinds.update(trace.kind for trace in traces)
        if traces:
            studies.append(case.study.study_id)
    if kinds:
        counted = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
        shown = ", ".join(studies[:5]) + (", ..." if len(studies) > 5 else "")
        raise DataRefused(
            f"nothing was sent to {where}: the privacy screen found {counted} in {len(studies)} reports ({shown}); "
            "remove them, or mask them with --redact"
        )
