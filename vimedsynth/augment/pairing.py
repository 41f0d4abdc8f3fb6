"""A text beside an augmented copy: kept as it is, rewritten where that is exact, or dropped with a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vimedsynth.augment.mirror import mirror_text
from vimedsynth.augment.receipts import Applied, Measured
from vimedsynth.augment.truth import invalidated
from vimedsynth.samples import Claim

_OF_A_FLIP = frozenset({Claim.LATERALITY, Claim.POSITION})


@dataclass(frozen=True, slots=True)
class Fit:
    """``sample`` is the row that is true of the copy, None when there is none; ``code`` says why, or how."""

    sample: Mapping[str, Any] | None
    code: str  # kept | mirrored | claims-invalidated | asymmetric-anatomy | ambiguous-side


def fit(sample: Mapping[str, Any], receipt: Mapping[str, Any]) -> Fit:
    """The sample row of a run beside a row of ``receipts.jsonl``.

    Nothing touched: kept. Touched by nothing but an odd number of flips: every right and left of its texts is swapped,
    unless the text names anatomy that is not symmetric. Anything else: dropped. A mirrored copy never keeps a text with
    a side in it, whatever claims the sample lists.
    """
    claims, touched = set(map(str, sample["claims"])), set(map(str, receipt["invalidates"]))
    if not receipt["mirrored"]:
        return Fit(None, "claims-invalidated") if claims & touched else Fit(sample, "kept")
    if claims & _without_flips(receipt):
        return Fit(None, "claims-invalidated")
    return _mirrored(sample)


def _without_flips(receipt: Mapping[str, Any]) -> set[str]:
    """What the copy would make untrue if it were not mirrored."""
    applied = tuple(Applied(a["name"], a["params"]) for a in receipt["applied"] if not _is_flip(a))
    measured = Measured(receipt["measured"]["body_lost"], receipt["measured"]["peak_change"])
    return set(map(str, invalidated(applied, measured, dict(receipt["tolerance"]), receipt["region"])))


def _is_flip(applied: Mapping[str, Any]) -> bool:
    if applied["name"] != "Affine":
        return bool(applied["name"] == "HorizontalFlip")
    (a, b), (c, d) = applied["params"]["linear"]
    return bool(a * d - b * c < 0)


def _mirrored(sample: Mapping[str, Any]) -> Fit:
    if sample.get("text") is not None:
        done = mirror_text(sample["text"])
        if done.text is None:
            return Fit(None, _code(done.reason))
        return Fit({**sample, "text": done.text}, "mirrored")
    turns = []
    for turn in sample["turns"]:
        pair = [mirror_text(turn[part]) for part in ("question", "answer")]
        for side in pair:
            if side.text is None:
                return Fit(None, _code(side.reason))
        turns.append({**turn, "question": pair[0].text, "answer": pair[1].text})
    return Fit({**sample, "turns": turns}, "mirrored")


def _code(reason: str | None) -> str:
    return (reason or "claims-invalidated").split(":")[0]
