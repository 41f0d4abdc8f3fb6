"""Which samples are in: copies of pairs, yes/no balance, mixing by subset. Each policy reports, caps or drops.

What is left out is chosen by the sample's id, which is a hash: the same choice every time, and no order to exploit.
"""

from dataclasses import dataclass
from typing import Any

from vimedsynth.duplicates import NearIndex
from vimedsynth.errors import DataRefused, Misuse
from vimedsynth.manifests.index import Index, Place

SUBSETS = ("O", "G", "C", "VQA")
_MAJORITY = 1.5
"""Under ``cap``, the commoner of yes and no comes at most this many times as often as the other (60 %)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``report`` only counts; ``cap`` keeps at most ``limit``; ``drop`` keeps one (or, for balance, equal numbers)."""

    action: str  # off | report | cap | drop
    limit: int = 1


def parse_policy(text: str) -> Policy:
    """``off``, ``report``, ``drop`` or ``cap[:N]``. Raises Misuse."""
    action, _, number = text.partition(":")
    if action not in {"off", "report", "cap", "drop"} or (number and (action != "cap" or not number.isdecimal())):
        raise Misuse(f"policy {text!r} is not known; expected off, report, drop or cap:N")
    limit = int(number) if number else 1
    if limit < 1:
        raise Misuse(f"policy {text!r}: expected a cap of at least 1")
    return Policy(action, limit)


def parse_mix(text: str) -> dict[str, float]:
    """``O=1,G=1,VQA=2`` as shares that add up to one. Raises Misuse."""
    shares: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            shares[name.strip()] = float(value)
        except ValueError as error:
            raise Misuse(f"mix {part!r}: expected SUBSET=NUMBER with a subset of {', '.join(SUBSETS)}") from error
    total = sum(shares.values())
    if set(shares) - set(SUBSETS) or any(not 0 <= share < 1e9 for share in shares.values()) or (shares and total <= 0):
        raise Misuse(f"mix {text!r}: expected positive numbers for some of {', '.join(SUBSETS)}")
    return {name: share / total for name, share in shares.items() if share}


def cap_duplicates(index: Index, policy: Policy) -> None:
    """Same question and same answer (folded) more than ``limit`` times in one split: reason ``duplicate-pair``."""
    if policy.action in {"cap", "drop"}:
        limit = policy.limit if policy.action == "cap" else 1
        index.leave_out("duplicate-pair", _beyond("split, pair", "pair IS NOT NULL", "seq"), (limit,))


def drop_near(index: Index, policy: Policy, threshold: float = 0.9) -> int:
    """Pairs of one study that nearly repeat an earlier one (MinHash): the number found, reason ``near-duplicate``."""
    if policy.action == "off":
        return 0
    query = "SELECT study, id, split, run, at, size FROM samples WHERE reason IS NULL AND pair IS NOT NULL ORDER BY study, seq"
    rows = index.sql.execute(query).fetchall()
    home = {row[1]: row[0] for row in rows}
    found, study, near = list[str](), None, NearIndex(threshold)
    for place, sample in index.read(Place(*row[1:]) for row in rows):
        if home[place.id] != study:
            study, near = home[place.id], NearIndex(threshold)
        turn = sample["turns"][0]
        if len(near.add(place.id, f"{turn['question']} {turn['answer']}")) >= policy.limit:
            found.append(place.id)
    if policy.action in {"cap", "drop"}:
        for sample_id in found:
            index.leave_out("near-duplicate", "id = ?", (sample_id,))
    return len(found)


def balance(index: Index, policy: Policy) -> None:
    """In training, even out yes and no within each question type that has both: reason ``balance``."""
    if policy.action not in {"cap", "drop"}:
        return
    factor = _MAJORITY if policy.action == "cap" else 1.0
    query = (
        "SELECT type, SUM(yes), SUM(1 - yes) FROM samples WHERE reason IS NULL AND split = 'train' AND yes IS NOT NULL"
        " GROUP BY type"
    )
    for kind, yes, no in index.sql.execute(query).fetchall():
        if yes and no:
            limit = int(min(yes, no) * factor)
            where = "type = ? AND split = 'train' AND yes IS NOT NULL"
            index.leave_out("balance", _beyond("yes", where, "id"), (kind, limit))


def mix(index: Index, shares: dict[str, float]) -> None:
    """Cut the training subsets to ``shares``, as large as the smallest allows: reason ``mix``."""
    if not shares:
        return
    query = "SELECT subset, COUNT(*) FROM samples WHERE reason IS NULL AND split = 'train' GROUP BY subset"
    have = dict(index.sql.execute(query))
    if absent := [name for name in shares if not have.get(name)]:
        raise DataRefused(f"mix: no training rows of {', '.join(absent)}; have {have or 'none'}")
    total = min(have[name] / share for name, share in shares.items())
    for name in have:
        where = "subset = ? AND split = 'train'"
        # A little more than the exact number, so that 0.1 * 30 is 3 and not 2.
        index.leave_out("mix", _beyond("subset", where, "id"), (name, int(total * shares.get(name, 0.0) + 1e-9)))


def _beyond(partition: str, where: str, order: str) -> str:
    return (
        f"seq IN (SELECT seq FROM (SELECT seq, ROW_NUMBER() OVER (PARTITION BY {partition} ORDER BY {order}) AS place"
        f" FROM samples WHERE reason IS NULL AND {where}) WHERE place > ?)"
    )


def statistics(index: Index) -> dict[str, Any]:
    """Of the single questions that are in: repeats, yes/no by type, and what a constant answer would solve."""
    kept = "FROM samples WHERE reason IS NULL AND pair IS NOT NULL"
    pairs, distinct = index.sql.execute(f"SELECT COUNT(*), COUNT(DISTINCT pair) {kept}").fetchone()
    types = index.sql.execute(
        f"SELECT type, SUM(n), MAX(n) FROM (SELECT type, answer, COUNT(*) AS n {kept} GROUP BY type, answer) GROUP BY type"
    ).fetchall()
    polar = index.sql.execute(
        f"SELECT type, SUM(yes), SUM(1 - yes) {kept} AND yes IS NOT NULL GROUP BY type"
    ).fetchall()
    return {
        "pairs": pairs,
        "repeated_pairs": pairs - distinct,
        "constant_answer_share": round(sum(most for _, _, most in types) / pairs, 4) if pairs else None,
        "yes_no_by_type": {kind: {"yes": yes, "no": no} for kind, yes, no in polar},
        "questions_by_type": {kind: count for kind, count, _ in types},
    }
