"""The guard on labelled pairs: question, answer and a reader's label (A supported, B-G not, H style)."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.guards import Verdict, check_answer
from vimedsynth.reports import Report


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled pair with its report's verdict."""

    label: str  # "A", "B1", ...
    patient_id: str
    question: str
    answer: str
    verdict: Verdict


def judge_pairs(path: Path, reports: Mapping[str, Sequence[Report]]) -> list[Labelled]:
    """Verdicts on all pairs. A patient with several reports counts as supported by any of them."""
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        row = json.loads(line)
        verdicts = [check_answer(report, row["question"], row["answer"]) for report in reports[row["patient_id"]]]
        best = min(verdicts, key=lambda verdict: len(verdict.objections))
        out.append(Labelled(row["label"].split()[0], row["patient_id"], row["question"], row["answer"], best))
    return out


def is_wrong(pair: Labelled) -> bool | None:
    """Whether the reader found the answer unsupported; None where only its style was at fault."""
    return None if pair.label.startswith("H") else not pair.label.startswith("A")


def lines(pairs: Sequence[Labelled], misses: bool) -> Iterator[str]:
    """Refused by label, the two shares, and every disagreement on request."""
    by_label: dict[str, list[Labelled]] = defaultdict(list)
    for pair in pairs:
        by_label[pair.label].append(pair)
    for label, group in sorted(by_label.items()):
        yield f"{label:4} {len(group):4} pairs, {sum(not pair.verdict.accepted for pair in group):4} refused"
    for name, wrong in (("not A (H aside)", True), ("A", False)):
        group = [pair for pair in pairs if is_wrong(pair) is wrong]
        refused = sum(not pair.verdict.accepted for pair in group)
        yield f"{name}: {refused} of {len(group)} refused ({100 * refused / max(1, len(group)):.1f} %)"
    for pair in pairs if misses else ():
        if is_wrong(pair) is not None and is_wrong(pair) == pair.verdict.accepted:
            said = "; ".join(f"{o.code}: {o.message} [{o.quote}]" for o in pair.verdict.objections) or "accepted"
            yield f"{pair.label} {pair.patient_id}\n  {pair.question}\n  {pair.answer}\n  -> {said}"
