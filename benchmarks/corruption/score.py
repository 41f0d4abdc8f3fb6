"""Running the guard over items and rewrites, and counting."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.corruption.items import Item, Operator, controls, items, operators
from benchmarks.corruption.rewrites import FREER_RULES, REPORT_RULES, RULES, apply_many, apply_rule, unchanged
from vimedsynth.guards import Verdict, check_answer, check_text
from vimedsynth.reports import Report


@dataclass
class Tally:
    """Counts of one operator; ``missed`` holds the items that the guard let pass."""

    applied: int = 0
    caught: int = 0
    right: int = 0  # caught, and one objection has the right kind of code
    missed: list[Item] = field(default_factory=list)
    wrong_kind: list[tuple[Item, str]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return 100 * self.caught / self.applied if self.applied else 100.0


@dataclass
class Refusals:
    """Counts of texts that must pass; ``refused`` holds the objections of those that did not."""

    checked: int = 0
    refused: list[tuple[str, Verdict]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return 100 * len(self.refused) / self.checked if self.checked else 0.0

    def add(self, text: str, verdict: Verdict) -> None:
        self.checked += 1
        if not verdict.accepted:
            self.refused.append((text, verdict))


@dataclass
class Outcome:
    """Everything measured: corruptions by (operator, mode), rewrites by rule, all rules at once, true items."""

    corruptions: dict[tuple[str, str], Tally]
    rules: dict[str, Refusals]
    mixed: Refusals
    freer: Refusals  # many at once, with forms beyond the agreed list
    true_text: Refusals
    true_answers: Refusals

    def operator_rate(self, name: str) -> float | None:
        tallies = [tally for (operator, _), tally in self.corruptions.items() if operator == name]
        applied = sum(tally.applied for tally in tallies)
        return 100 * sum(tally.caught for tally in tallies) / applied if applied else None

    def overall(self, weights: dict[str, Operator] | None = None) -> float:
        """Share caught in percent, by item or (with the table of operators) weighted by severity."""
        rows = [(weights[name].severity if weights else 1, t) for (name, _), t in self.corruptions.items()]
        applied = sum(weight * tally.applied for weight, tally in rows)
        return 100 * sum(weight * tally.caught for weight, tally in rows) / applied if applied else 100.0


def judge(item: Item) -> Verdict:
    """The guard's verdict on one item."""
    if item.text is not None:
        return check_text(item.report, item.text)
    return check_answer(item.report, item.question, item.answer)


MODES = ("text", "rewritten", "answer", "reworded")
"""A corrupted report, the same rewritten throughout; a corrupted sentence as an answer, the same in other words."""


def sampled(reports: Iterable[Report], seed: int, most: int, modes: Sequence[str] = MODES) -> list[Item]:
    """Items of all reports in these modes; of an operator and mode with more than ``most``, that many at random (0: all).

    ``most`` is for severity 5; a less severe operator gets its share of that, two fifths at least.
    """
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for report in reports:
        for item in items(report, seed):
            groups[item.operator, item.mode].append(item)
    table, rng, chosen = operators(), random.Random(seed), []
    for (name, _), group in sorted(groups.items(), key=lambda pair: pair[0]):
        limit = round(most * max(2, table[name].severity) / 5)
        chosen += rng.sample(group, limit) if most and len(group) > limit else group
    chosen += [item.in_other_words(rng) for item in chosen]
    return [item for item in chosen if item.mode in modes]


def corrupt(chosen: Iterable[Item]) -> dict[tuple[str, str], Tally]:
    """How many of the false items the guard refuses, and whether for the right reason."""
    table = operators()
    out: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for item in chosen:
        tally, verdict = out[item.operator, item.mode], judge(item)
        codes = " ".join(objection.code for objection in verdict.objections)
        tally.applied += 1
        if verdict.accepted:
            tally.missed.append(item)
            continue
        tally.caught += 1
        if re.search(table[item.operator].codes, codes):
            tally.right += 1
        else:
            tally.wrong_kind.append((item, codes))
    return dict(out)


def rewrite(reports: Sequence[Report], seed: int) -> dict[str, Refusals]:
    """Refusals of whole reports rewritten by one rule at a time."""
    by_rule: dict[str, Refusals] = {}
    for name in (*RULES, *REPORT_RULES, *FREER_RULES):
        rng, refusals = random.Random(f"{seed}:{name}"), Refusals()
        for report in reports:
            text = apply_rule(name, report, rng)
            if text != unchanged(report):
                refusals.add(text, check_text(report, text))
        by_rule[name] = refusals
    return by_rule


def rewrite_many(reports: Sequence[Report], seed: int, mixes: int, freer: bool) -> Refusals:
    """Refusals of whole reports rewritten by many rules at once, ``mixes`` times each."""
    rng, mixed = random.Random(seed), Refusals()
    for report in reports:
        for _ in range(mixes):
            text = apply_many(report, rng, freer=freer)
            mixed.add(text, check_text(report, text))
    return mixed


def run(reports: Sequence[Report], seed: int, most: int, mixes: int, modes: Sequence[str] = MODES) -> Outcome:
    """The whole benchmark over ``reports``, or its part about paraphrases ("text") or about answers."""
    true_text, true_answers, rng = Refusals(), Refusals(), random.Random(seed)
    for item in (item for report in reports for item in controls(report)):
        for form in (item, item.in_other_words(rng)) if item.text is None else (item,):
            if form.mode in modes:
                counted = true_text if form.text is not None else true_answers
                counted.add(form.text or f"{form.question} | {form.answer}", judge(form))
    texts = reports if "text" in modes else ()
    return Outcome(
        corruptions=corrupt(sampled(reports, seed, most, modes)),
        rules=rewrite(texts, seed),
        mixed=rewrite_many(texts, seed, mixes, freer=False),
        freer=rewrite_many(texts, seed, mixes, freer=True),
        true_text=true_text,
        true_answers=true_answers,
    )
