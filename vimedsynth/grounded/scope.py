"""What a set of questions is about: the findings of a region or of the whole report, named and with their evidence."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from vimedsynth.findings import Finding, Polarity, Uptake
from vimedsynth.grounded.asking import Draft, Subject, drafts_of
from vimedsynth.grounded.naming import NAMED, Name, description, names_of, with_largest
from vimedsynth.grounded.tidying import one_clause, own_sentence, tidied
from vimedsynth.grounded.wordings import table
from vimedsynth.reports import Section, Sentence, Span
from vimedsynth.samples import WHOLE, Case

AVID = (Uptake.INCREASED, Uptake.MILD)


@dataclass(frozen=True)
class Scope:
    """One case with what its writers share."""

    case: Case

    @property
    def in_region(self) -> str:
        """ " ở vùng lồng ngực", or nothing for the whole body."""
        return "" if self.case.region == WHOLE else f" ở {table('answers')['regions'][self.case.region]}"

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.span.start for sentence in self.case.report.sentences]

    def numbers(self, spans: Iterable[Span]) -> tuple[int, ...]:
        """The numbers of the sentences that hold the beginnings of ``spans``."""
        starts = self._starts
        return tuple(sorted({max(1, bisect_right(starts, span.start)) for span in spans}))

    def sentence(self, number: int) -> Sentence:
        """The sentence with that number."""
        return self.case.report.sentences[number - 1]

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """The findings of the scope that are seen, in report order, each with a name that is its own in the report."""
        known = _read(_Same(self.case))
        return tuple(known[f.id][0] for f in self.case.findings if f.id in known)

    @cached_property
    def drafts(self) -> dict[str, tuple[Draft, ...]]:
        """What can be asked about each of the subjects, by finding id."""
        known = _read(_Same(self.case))
        return {s.finding.id: known[s.finding.id][1] for s in self.subjects}

    def evidence(self, finding: Finding) -> tuple[int, ...]:
        numbers = self.numbers(finding.spans)
        if finding.reading is None:
            return numbers
        told = " ".join(self.sentence(number).text for number in numbers)
        return numbers if finding.reading.phrase in told else numbers + self.numbers(finding.impression_spans)

    @cached_property
    def lesions(self) -> tuple[Subject, ...]:
        """The seen findings that are no standard line."""
        return tuple(s for s in self.subjects if s.finding.polarity is Polarity.PRESENT and not standard(s.finding))

    @cached_property
    def avid(self) -> tuple[Subject, ...]:
        """The seen findings with increased uptake."""
        return tuple(s for s in self.subjects if s.finding.polarity is Polarity.PRESENT and s.finding.uptake in AVID)

    def of_polarity(self, *polarities: Polarity) -> tuple[Finding, ...]:
        """The findings of the scope that are asserted in one of these ways."""
        return tuple(f for f in self.case.findings if f.polarity in polarities)

    @cached_property
    def first(self) -> int:
        """The number of the sentence that shows which region is described."""
        if self.case.region == WHOLE:
            told = reversed(self.case.report.sentences)
            return next((s.number for s in told if "PET/CT" in s.text or "toàn thân" in s.text), 1)
        return self.case.report.section(Section(self.case.region))[0].number


def standard(finding: Finding) -> bool:
    """Whether the finding is one of the standard lines that say nothing about disease."""
    return finding.boilerplate or finding.reactive


class _Same:
    """A key by identity: the regions and styles of one report share what was read from its findings."""

    __slots__ = ("case",)

    def __init__(self, case: Case) -> None:
        self.case = case

    def __hash__(self) -> int:
        return id(self.case.all_findings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.case.all_findings is other.case.all_findings


@lru_cache(maxsize=8)
def _read(same: _Same) -> dict[str, tuple[Subject, tuple[Draft, ...]]]:
    """The subjects of a report with their drafts, by the id of the finding that each is named after."""
    scope, report = Scope(same.case), same.case.report
    groups = [group for group in _stated_together(same.case) if group[0].polarity in NAMED]
    firsts = [tidied(group[0], report) for group in groups]
    names = names_of(firsts)
    return {
        first.id: _subject(scope, first, names[first.id], tuple(finding.id for finding in group))
        for first, group in zip(firsts, groups, strict=True)
    }


def _subject(scope: Scope, first: Finding, name: Name, ids: tuple[str, ...]) -> tuple[Subject, tuple[Draft, ...]]:
    report = scope.case.report
    name = with_largest(name, first, report)
    whole = len(ids) > 1 and not one_clause(first.spans[0].of(report.text))
    text = own_sentence(first, report) if whole else description(first, name)
    subject = Subject(first, name._replace(shared=True) if whole else name, scope.evidence(first), text, ids)
    return subject, tuple(drafts_of(subject))


def _stated_together(case: Case) -> list[list[Finding]]:
    """The findings of each clause together, the one that has most of the clause's attributes first.

    A sentence that is one clause ("dày thành ... gây hẹp và giãn ...") is named and described as a whole, and so is
    one whose findings cannot be named apart ("hai nốt ... có kích thước lần lượt là ...").
    """
    groups: dict[tuple[Span, Polarity], list[Finding]] = {}
    for finding in case.all_findings:
        groups.setdefault((finding.spans[0], finding.polarity), []).append(finding)
    together: list[list[Finding]] = []
    for (span, _), group in groups.items():
        if len(group) == 1:
            together.append(group)
            continue
        names = {(finding.morphology, finding.place_text) for finding in group}
        apart = len(names) == len(group) and not any("lớn nhất" in morphology for morphology, _ in names)
        if apart and not one_clause(span.of(case.report.text)):
            together += [[finding] for finding in group]
        else:
            together.append(sorted(group, key=lambda f: -len(f.suvs) - len(f.sizes) - bool(f.uptake_text)))
    return together
