"""An outcome as lines for people and as JSON for machines, and the thresholds of the regression gate."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.corruption.items import operators
from benchmarks.corruption.rewrites import FREER_RULES
from benchmarks.corruption.score import Outcome, Refusals


@dataclass(frozen=True, slots=True)
class Limits:
    """The least share caught (overall, and of each operator) and the most rewritten reports refused, in percent."""

    overall: float = 99.5
    operator: float = 98.0
    refused: float = 0.5


def lines(outcome: Outcome) -> Iterator[str]:
    """The tables of an outcome."""
    table = operators()
    yield f"{'op':4} {'what':24} {'sev':>3} {'mode':7} {'applied':>8} {'caught':>8} {'%':>7} {'right kind %':>13}"
    for (name, mode), tally in sorted(outcome.corruptions.items(), key=lambda row: (_order(row[0][0]), row[0][1])):
        operator, right = table[name], 100 * tally.right / max(1, tally.caught)
        counts = f"{tally.applied:8} {tally.caught:8} {tally.rate:7.2f} {right:13.1f}"
        yield f"{name:4} {operator.title:24} {operator.severity:3} {mode:7} {counts}"
    applied = sum(tally.applied for tally in outcome.corruptions.values())
    yield f"all: {applied} items, {outcome.overall():.2f} % caught, {outcome.overall(table):.2f} % weighted by severity"
    yield ""
    yield f"{'rewrite':20} {'reports':>8} {'refused':>8} {'%':>7}"
    for rule, refusals in outcome.rules.items():
        if rule == next(iter(FREER_RULES)):
            yield "beyond the agreed list:"
        yield _refusal_line(rule, refusals)
    yield _refusal_line("many at once", outcome.mixed)
    yield _refusal_line("and freer forms", outcome.freer)
    yield _refusal_line("unchanged report", outcome.true_text)
    yield _refusal_line("true answers", outcome.true_answers)


def _refusal_line(name: str, refusals: Refusals) -> str:
    return f"{name:20} {refusals.checked:8} {len(refusals.refused):8} {refusals.rate:7.2f}"


def _order(name: str) -> tuple[int, str]:
    digits = "".join(letter for letter in name if letter.isdigit())
    return int(digits or 0), name


def failures(outcome: Outcome, limits: Limits) -> list[str]:
    """What misses its limit, one line each; empty when the gate is open."""
    out = []
    if outcome.overall() < limits.overall:
        out.append(f"caught overall {outcome.overall():.2f} % < {limits.overall} %")
    for name in operators():
        rate = outcome.operator_rate(name)
        if rate is not None and rate < limits.operator:
            out.append(f"operator {name} caught {rate:.2f} % < {limits.operator} %")
    for name, refusals in (("rewritten", outcome.mixed), ("unchanged", outcome.true_text)):
        if refusals.rate > limits.refused:
            out.append(f"{name} reports refused {refusals.rate:.2f} % > {limits.refused} %")
    return out


def as_json(outcome: Outcome, failed: list[str]) -> dict[str, object]:
    """The same figures for machines."""
    return {
        "operators": [
            {"operator": name, "mode": mode, "applied": t.applied, "caught": t.caught, "right_kind": t.right}
            for (name, mode), t in sorted(outcome.corruptions.items())
        ],
        "overall": round(outcome.overall(), 2),
        "overall_weighted": round(outcome.overall(operators()), 2),
        "rewrites": {name: _refusal_json(refusals) for name, refusals in outcome.rules.items()},
        "many_at_once": _refusal_json(outcome.mixed),
        "many_at_once_and_freer": _refusal_json(outcome.freer),
        "unchanged": _refusal_json(outcome.true_text),
        "true_answers": _refusal_json(outcome.true_answers),
        "failures": failed,
    }


def _refusal_json(refusals: Refusals) -> dict[str, int]:
    return {"checked": refusals.checked, "refused": len(refusals.refused)}


def examples(outcome: Outcome, most: int) -> Iterator[str]:
    """What went wrong, ``most`` examples of each kind, with all texts."""
    for (name, mode), tally in outcome.corruptions.items():
        for item in tally.missed[:most]:
            yield f"MISSED {name} {mode}\n  report says: {item.source}\n  item says:   {item.false}"
            if item.text is None:
                yield f"  question:    {item.question}\n  answer:      {item.answer}"
        for item, codes in tally.wrong_kind[:most]:
            yield f"OTHER KIND {name} {mode} [{codes}]\n  report says: {item.source}\n  item says:   {item.false}"
    kinds = {
        **outcome.rules,
        "many at once": outcome.mixed,
        "unchanged": outcome.true_text,
        "true": outcome.true_answers,
    }
    for rule, refusals in kinds.items():
        for text, verdict in refusals.refused[:most]:
            said = "; ".join(f"{o.code}: {o.message} [{o.quote}]" for o in verdict.objections)
            yield f"REFUSED {rule}: {said}" + (f"\n  {text}" if rule == "true" else "")
