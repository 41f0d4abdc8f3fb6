"""What can be asked about one finding, with the answer in the report's own words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from vimedsynth.findings import Finding, Polarity, Uptake
from vimedsynth.grounded.naming import (
    Name,
    is_uptake,
    of_history,
    short,
    sideless,
    size_words,
    sizes_of,
    uncounted,
    uptake_words,
)
from vimedsynth.grounded.text import squeezed


@dataclass(slots=True, eq=False)  # not frozen: a report has dozens, and frozen fields are set at thrice the cost
class Draft:
    """A question without its wording: the kind in the table of questions, the slots, and the key of the answer."""

    kind: str
    slots: Mapping[str, str]
    answer: str  # key of the table of answers
    evidence: tuple[int, ...]  # sentence numbers
    findings: tuple[str, ...]
    yes: bool | None = None  # for yes/no questions
    topic: str = ""  # drafts about the same finding follow one another in a conversation


class Subject(NamedTuple):
    """One finding with its name and its evidence."""

    finding: Finding
    name: Name
    evidence: tuple[int, ...]
    text: str  # all of the finding in one phrase
    ids: tuple[str, ...]  # its own id and those of findings that the same clause states

    def draft(self, kind: str, answer: str, yes: bool | None = None, /, **slots: str) -> Draft:
        """A draft about this finding."""
        named = {"lesion": self.name.asked, "noun": self.name.noun, "place": self.finding.place_text, **slots}
        return Draft(kind, named, answer, self.evidence, self.ids, yes, self.finding.id)


def drafts_of(subject: Subject) -> Iterator[Draft]:
    """Every question that the finding answers, the description first."""
    finding = subject.finding
    if finding.polarity is Polarity.POSTOPERATIVE or subject.name.shared:
        return
    yield from _described(subject)
    yield from _measured(subject)
    yield from _taken_up(subject)
    yield from _placed(subject)
    yield from _judged(subject)


def _described(subject: Subject) -> Iterator[Draft]:
    finding, text = subject.finding, subject.text
    if is_uptake(finding):
        if finding.place_text:
            yield subject.draft("finding", "describe", text=text)
            yield subject.draft("opening", "describe", text=squeezed(f"{finding.uptake_text} {finding.place_text}"))
    else:
        yield subject.draft("description", "describe", text=text)
        if finding.place_text:
            yield subject.draft("opening", "describe", text=subject.name.told)


def _measured(subject: Subject) -> Iterator[Draft]:
    finding, name = subject.finding, subject.name
    alone = is_uptake(finding)
    for largest in (False, True) if finding.sizes and name.by != "size" and not alone else ():
        sizes = sizes_of(finding, largest=largest)
        if len(sizes) == 1:
            lesion, told = (name.largest, name.largest) if largest else (name.asked, name.told)
            kind = "thickness" if sizes[0].kind == "thickness" else "size"
            yield subject.draft(kind, "size", lesion=lesion, told=told, size=size_words(sizes[0]))
    if len(finding.suvs) == 1 and name.by != "suv" and finding.uptake is not Uptake.NONE:
        suv = finding.suvs[0]
        largest = suv.applies_to == "largest" and not alone
        lesion, told = (name.largest, name.largest) if largest else (name.asked, name.told)
        answer = "suvmax_station" if "nhóm" in told else "suvmax"  # "nhóm IIA trái là 2,8" reads badly
        yield subject.draft("suvmax", answer, lesion=lesion, told=told, kind=suv.kind, value=suv.text.strip())


def _contradicted(finding: Finding) -> bool:
    """Whether the source denies the uptake and gives its SUV all the same: then nothing is asked about it."""
    return bool(finding.conflicts) or (finding.uptake is Uptake.NONE and bool(finding.suvs))


def _taken_up(subject: Subject) -> Iterator[Draft]:
    finding, words = subject.finding, uptake_words(subject.finding)
    if not words or _contradicted(finding):
        return
    if is_uptake(finding):
        if finding.place_text and finding.uptake in (Uptake.INCREASED, Uptake.MILD):
            yield subject.draft("uptake_at", "yes", True, text=subject.text)
        return
    single = bool(finding.sizes and finding.suvs) and finding.suvs[0].applies_to == "largest"
    single = single and all(s.applies_to == "largest" for s in finding.sizes)
    lesion, told = (subject.name.largest,) * 2 if single else (subject.name.asked, subject.name.told)
    bare = uptake_words(finding, with_suv=False) if len(finding.suvs) == 1 else words
    slots = {"lesion": lesion, "told": told, "uptake": bare}
    yield subject.draft("uptake_level", "uptake", **slots)
    if finding.uptake in (Uptake.INCREASED, Uptake.MILD):
        yield subject.draft("uptake", "uptake_yes", True, **slots)
    elif finding.uptake is Uptake.NONE:
        yield subject.draft("uptake", "uptake_no", False, **slots)


def _placed(subject: Subject) -> Iterator[Draft]:
    finding, name = subject.finding, subject.name
    if is_uptake(finding):
        return
    place = finding.place_text
    full = squeezed(f"{short(finding)} {place}")
    uncounted_at = f"{uncounted(short(finding))} {place}"
    plain = squeezed(uncounted_at)
    sides = {p.side for p in finding.places}
    side = next(iter(sides)) if len(sides) == 1 else None
    if side is not None and "so với" not in (bare := sideless(uncounted_at)) and bare != plain:
        yield subject.draft("side", f"side.{side}", sideless=bare, full=full)
    if finding.count and finding.count != "một" and name.by == "":
        yield subject.draft("count", "count", plain=plain, full=full)
    if name.by == "" and place:
        yield subject.draft("presence", "yes", True, plain=plain, text=subject.text)


def _judged(subject: Subject) -> Iterator[Draft]:
    finding, name = subject.finding, subject.name
    if finding.invasions:
        text = ", ".join(dict.fromkeys(invasion.text for invasion in finding.invasions))
        told = name.told.split(f" {finding.invasions[0].text}")[0]
        yield subject.draft("invasion", "invasion", True, told=told, invasion=text)
    if finding.reading and not _contradicted(finding) and not of_history(finding.reading.phrase):
        yield subject.draft("certainty", "certainty", told=name.told, reading=_said_of(finding.reading.phrase))


def _said_of(reading: str) -> str:
    """The reading as what is said of its finding: "khả năng do viêm" becomes "có khả năng do viêm"."""
    return f"có {reading}" if reading.startswith("khả năng") else reading
