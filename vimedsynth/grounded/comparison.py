"""Two cases of one region side by side: what both reports say, and where they differ. Nothing is said of progress."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from vimedsynth.findings import Finding, Polarity
from vimedsynth.generators.comparison import review_pair
from vimedsynth.grounded.asking import Subject
from vimedsynth.grounded.naming import short, size_words, uncounted, uptake_words
from vimedsynth.grounded.saying import filled
from vimedsynth.grounded.scope import Scope, standard
from vimedsynth.grounded.text import squeezed
from vimedsynth.grounded.wordings import table
from vimedsynth.samples import Case

_MOST_ALONE = 6


@dataclass(frozen=True, slots=True)
class _Two:
    """The two scopes, the words for them and the source of chance."""

    first: Scope
    second: Scope
    names: tuple[str, str]
    both: str
    rng: random.Random

    def said(self, key: str, **slots: str) -> str:
        """One wording of the table with its slots filled."""
        forms = table("comparison")[key]
        form = forms if isinstance(forms, str) else self.rng.choice(forms)
        common = {"both": self.both, "in_region": self.first.in_region, "first": self.names[0], "second": self.names[1]}
        return filled(form, common | slots)


def write_comparison(first: Case, second: Case, *, seed: int) -> dict[str, str]:
    """``{"similarities": ..., "differences": ...}`` of two cases of one region, in the reports' own words.

    Findings are matched by what they are, their organ and their side. Two visits of one patient are "lần chụp thứ
    nhất" and "lần chụp thứ hai" in the order given; two patients are "ca A" and "ca B".
    """
    rng = random.Random(f"comparison {seed} {first.region} {first.report.text} {second.report.text}")
    relation = "same" if first.study.patient_id == second.study.patient_id else "other"
    words = table("comparison")
    names = words["names"][relation]
    two = _Two(Scope(first), Scope(second), (names[0], names[1]), words["both"][relation], rng)
    pairs, alone = _matched(two.first.lesions, two.second.lesions)
    alike = _held(two, [*_alike(two, pairs), *_lines_alike(two)])
    apart = _held(two, [*_apart(two, pairs), *_alone(two, alone)])
    return {
        "similarities": _text(two, "intro_alike", alike) or two.said("none_alike"),
        "differences": _text(two, "intro_apart", apart) or two.said("none_apart"),
    }


def _text(two: _Two, intro: str, sentences: list[str]) -> str:
    if not sentences:
        return ""
    start = two.said(intro).rstrip()
    return f"{start} {' '.join(sentences)}".strip()


def _held(two: _Two, sentences: list[str]) -> list[str]:
    """The sentences that both reports bear out, by the guard that judges every engine's comparisons.

    Where none of them can be told the first stays: "no difference" would be false, so let the guard refuse the text.
    """
    cases = two.first.case, two.second.case
    return [text for text in dict.fromkeys(sentences) if review_pair(*cases, text).accepted] or sentences[:1]


def _key(finding: Finding) -> tuple[str, frozenset[str], frozenset[str]]:
    """What a finding is, where, and on which side. Without a known organ the words of its place stand for it."""
    organs = frozenset(place.organ for place in finding.places if place.organ)
    parts = frozenset(part for place in finding.places for part in place.parts)
    sides = frozenset(str(place.side) for place in finding.places if place.side)
    return finding.head, (organs | parts) or frozenset({finding.place_text.lower() or short(finding).lower()}), sides


def _matched(
    ones: tuple[Subject, ...], twos: tuple[Subject, ...]
) -> tuple[list[tuple[Subject, Subject]], tuple[list[Subject], list[Subject]]]:
    """Findings of the same kind at the same place, each used once, and those without a partner."""
    rest = list(twos)
    pairs, left = [], []
    for one in ones:
        partner = next((two for two in rest if _key(two.finding) == _key(one.finding)), None)
        if partner is None:
            left.append(one)
        else:
            rest.remove(partner)
            pairs.append((one, partner))
    return pairs, (left, rest)


def _common(one: Finding, two: Finding) -> str:
    """What both findings are, with the uptake they share: "hạch ở rốn phổi phải, tăng chuyển hóa FDG"."""
    noun = uncounted(short(one)) if uncounted(short(one)) == uncounted(short(two)) else short(one).split(" ")[0]
    if one.head == "uptake":
        return squeezed(f"{uptake_words(one, with_suv=False)} {one.place_text}")
    uptake = uptake_words(one, with_suv=False) if one.uptake is two.uptake else ""
    return squeezed(f"{uncounted(noun)} {one.place_text}{', ' if uptake else ''}{uptake}")


def _measures(finding: Finding) -> str:
    """The sizes and the uptake of a finding, which is what two matched findings may differ in."""
    sizes = (f"{'lớn nhất có ' if size.applies_to == 'largest' else ''}{size_words(size)}" for size in finding.sizes)
    return ", ".join(part for part in (*sizes, uptake_words(finding)) if part)


def _alike(two: _Two, pairs: list[tuple[Subject, Subject]]) -> Iterator[str]:
    for one, other in pairs:
        if not one.finding.conflicts and not other.finding.conflicts:
            yield two.said("alike", text=_common(one.finding, other.finding))


def _lines_alike(two: _Two) -> Iterator[str]:
    """Denials and standard lines that both reports hold in the same words."""
    for polarity in (Polarity.ABSENT, Polarity.PHYSIOLOGIC):
        lines = {}
        for finding in two.second.of_polarity(polarity):
            text = two.second.sentence(two.second.numbers(finding.spans)[0]).text.strip()
            lines[text.lower()] = finding
        told = set()
        for finding in two.first.of_polarity(polarity):
            text = two.first.sentence(two.first.numbers(finding.spans)[0]).text.strip()
            twin = lines.get(text.lower())
            if twin and not (finding.conflicts or twin.conflicts) and text not in told:
                told.add(text)
                yield two.said("alike_line", sentence=f"{text[:1].lower()}{text[1:].rstrip(' .,')}.")


def _apart(two: _Two, pairs: list[tuple[Subject, Subject]]) -> Iterator[str]:
    for one, other in pairs:
        mine, theirs = _measures(one.finding), _measures(other.finding)
        if mine != theirs and mine and theirs:
            yield two.said("apart", name=_bare(one.finding), other=_bare(other.finding), one=mine, two=theirs)


def _bare(finding: Finding) -> str:
    return squeezed(f"{uncounted(short(finding))} {finding.place_text}")


def _alone(two: _Two, alone: tuple[list[Subject], list[Subject]]) -> Iterator[str]:
    """One sentence for each finding, so that none borrows a word from its neighbour."""
    for who, subjects in zip(two.names, alone, strict=True):
        shown = [s for s in subjects if not standard(s.finding)][:_MOST_ALONE]
        for i, subject in enumerate(shown):
            yield two.said("only" if i == 0 else "also", who=who, text=subject.text)
