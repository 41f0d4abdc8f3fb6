"""What can be asked about the scope as a whole: region, denials, physiologic uptake, exclusion, nodes, summary."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from vimedsynth.findings import Finding, Polarity, Uptake
from vimedsynth.grounded.asking import Draft, Subject
from vimedsynth.grounded.naming import short
from vimedsynth.grounded.scope import AVID, Scope
from vimedsynth.grounded.text import cleaned, squeezed
from vimedsynth.samples import WHOLE
from vimedsynth.sections import without_heading

_DENIAL = re.compile(r"^(?:không|chưa) phát hiện(?: thấy)?(?: hình ảnh| hình)? ", re.I)
_REST = ("vị trí khác", "toàn thân")
_EFFUSION = ("tràn dịch", "tràn khí")
_SKELETON = ("cơ xương", "hệ xương")
_OPERATED = re.compile(r"(?:Hình ảnh )?(.+?) đã (?:được )?phẫu thuật")
_UPTAKE_AT = re.compile(r"chuyển hóa(?: FDG)?.*? ((?:ở|tại|trong) .+)\.$")
_AND_EFFUSION = re.compile(r" và (?=tràn)")
_OTHER = re.compile(r"\bkhác\b")
_BOTH = re.compile(r"\b2 bên\b")
_SUMMARY_LIMIT = 1100


def drafts_about(scope: Scope) -> Iterator[Draft]:
    """Every question about the scope, the region first and the summary last."""
    yield Draft("region", {}, "region", (scope.first,), (), topic="region")
    yield from _nodes(scope)
    yield from _operated(scope)
    yield from _shared(scope)
    yield from _denials(scope)
    yield from _physiologic(scope)
    yield from _exclusion(scope)
    yield from _summary(scope)


def _lines(scope: Scope, numbers: tuple[int, ...]) -> str:
    """Sentences as written but for slips of the pen, each ending in a full stop."""
    return " ".join(f"{cleaned(without_heading(scope.sentence(n).text))}." for n in numbers)


def _nodes(scope: Scope) -> Iterator[Draft]:
    nodes = [s for s in scope.subjects if s.finding.head == "node" and s.finding.polarity is Polarity.PRESENT]
    avid = [s for s in nodes if s.finding.uptake in AVID]
    calm = [s for s in nodes if s.finding.uptake is Uptake.NONE and not s.finding.suvs]
    if avid:
        yield _about("avid_nodes", "yes", True, scope, avid, text=_told(avid))
    elif nodes and len(calm) == len(nodes):
        yield _about("avid_nodes", "avid_no", False, scope, nodes, sentences=_sentences(nodes))
    by_place: dict[str, list[Subject]] = {}
    for subject in nodes:
        if subject.finding.place_text:
            by_place.setdefault(subject.finding.place_text, []).append(subject)
    for place, group in by_place.items():
        yield _about("nodes", "yes", True, scope, group, where=place, text=_told(group))


def _about(kind: str, answer: str, yes: bool | None, scope: Scope, subjects: list[Subject], **slots: str) -> Draft:
    evidence = tuple(sorted({number for subject in subjects for number in subject.evidence}))
    ids = tuple(dict.fromkeys(name for subject in subjects for name in subject.ids))
    topic = subjects[0].finding.id if len(subjects) == 1 else kind
    return Draft(kind, {"in_region": scope.in_region, **slots}, answer, evidence[:24], ids[:24], yes, topic)


def _told(subjects: list[Subject]) -> str:
    """The findings in one list, apart from one another by semicolons."""
    return "; ".join(dict.fromkeys(subject.text for subject in subjects))


def _sentences(subjects: Iterable[Subject]) -> str:
    """A sentence for each finding, in the report's words."""
    return " ".join(dict.fromkeys(f"{_capital(subject.text)}." for subject in subjects))


def _operated(scope: Scope) -> Iterator[Draft]:
    for subject in scope.subjects:
        if subject.finding.polarity is Polarity.POSTOPERATIVE:
            (number, *_) = subject.evidence
            text = scope.sentence(number).text
            organ = _OPERATED.match(text)
            lines = _lines(scope, (number,))
            if organ:
                slots = {"organ": _small(organ[1]), "sentence": lines, "sentence_lower": _small(lines)}
                yield _about("operated", "physiologic_yes", True, scope, [subject], **slots)
            slots = {"lesion": _small(organ[1]) if organ else short(subject.finding), "sentences": lines}
            state = _about("state", "physiologic", None, scope, [subject], **slots)
            said = (f.id for f in scope.case.findings if scope.numbers(f.spans) == (number,))
            yield replace(state, findings=tuple(dict.fromkeys((*state.findings, *said))))


def _shared(scope: Scope) -> Iterator[Draft]:
    """Findings that no word tells apart are asked about together."""
    groups: dict[str, list[Subject]] = {}
    for subject in scope.subjects:
        if subject.name.shared:
            groups.setdefault(subject.name.asked.lower(), []).append(subject)
    for group in groups.values():
        yield _about(
            "description", "physiologic", None, scope, group, lesion=group[0].name.asked, sentences=_sentences(group)
        )


def _small(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _denials(scope: Scope) -> Iterator[Draft]:
    by_line: dict[tuple[int, ...], list[Finding]] = {}
    for finding in scope.of_polarity(Polarity.ABSENT, Polarity.RESOLVED):
        by_line.setdefault(scope.numbers(finding.spans)[:1], []).append(finding)
    for numbers, findings in by_line.items():
        line = _lines(scope, numbers)
        ids = tuple(finding.id for finding in findings)
        if any(f.conflicts for f in findings) or _contradicted(scope, findings, line):
            yield from _besides(scope, findings, line, numbers)
            yield from _dry(scope, findings, line, numbers)
            continue
        what = _denied(line)
        if findings[0].polarity is Polarity.RESOLVED:
            what = squeezed(f"{findings[0].morphology} {findings[0].place_text}")
            line = f"Không còn hình ảnh {what}."
        if what:
            slots = {"what": what, "sentence": line, "sentence_lower": _small(line)}
            yield Draft("negative", slots, "negative", numbers, ids, False, ids[0])
        place = _place_of(line)
        if place and not _holds(line, _REST):
            yield Draft("finding", {"place": place, "sentences": line}, "physiologic", numbers, ids, None, ids[0])


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, words))


def _place_of(line: str) -> str:
    """The place of a denial with its preposition: "ở nhu mô phổi hai bên"; "" where the line is none of uptake."""
    match = _UPTAKE_AT.search(line)
    return match[1] if match else ""


def _besides(scope: Scope, findings: list[Finding], line: str, numbers: tuple[int, ...]) -> Iterator[Draft]:
    """A line that denies uptake after a lesion of the skeleton, or of the same organ: it is told as what is seen besides."""
    if _holds(line, _SKELETON):
        where, avid = "hệ thống cơ xương", [s for s in scope.avid if s.finding.section is findings[0].section]
    else:
        where = _place_of(line).partition(" ")[2]
        organs = {place.organ for f in findings for place in f.places if place.organ}
        avid = [s for s in scope.avid if any(place.organ in organs for place in s.finding.places)]
    if not avid or not where:
        return
    evidence = tuple(sorted({*numbers, *(n for s in avid for n in s.evidence)}))
    ids = (*(f.id for f in findings), *(name for s in avid for name in s.ids))
    slots = {"lesion": where, "sentences": f"{_sentences(avid)} Ngoài ra, {_small(line)}"}
    yield Draft("state", slots, "physiologic", evidence, ids, None, findings[0].id)


def _dry(scope: Scope, findings: list[Finding], line: str, numbers: tuple[int, ...]) -> Iterator[Draft]:
    """Of "không phát hiện tràn dịch màng phổi hai bên và tràn dịch màng tim" what no other sentence contradicts."""
    parts = _AND_EFFUSION.split(_DENIAL.sub("", line).rstrip(".")) if _holds(line, _EFFUSION) else []
    for part in parts if len(parts) > 1 else ():
        told = findings[0]._replace(places=tuple(p for f in findings for p in f.places if p.text in part))
        if told.places and not _contradicted(scope, [told], part):
            sentence = f"Không phát hiện hình ảnh {part}."
            slots = {"what": part, "sentence": sentence, "sentence_lower": _small(sentence)}
            yield Draft("negative", slots, "negative", numbers, tuple(f.id for f in findings), False, findings[0].id)


def _denied(line: str) -> str:
    """What a denial denies, as a thing to ask for: "tràn dịch màng phổi hai bên hoặc tràn dịch màng tim"."""
    match = _DENIAL.match(line)
    if match is None:
        return ""
    what = line[match.end() :].rstrip(".")
    what = what.replace("khu trú, bất thường", "khu trú, bất thường").replace("hạch to, tăng", "hạch to tăng")
    return _AND_EFFUSION.sub(" hoặc ", what)


def _contradicted(scope: Scope, findings: list[Finding], line: str) -> bool:
    """Whether another sentence of the report says the opposite of the denial."""
    seen = [f for f in scope.case.all_findings if f.polarity is Polarity.PRESENT]
    organs = {place.organ for f in findings for place in f.places if place.organ}
    if _holds(line, _EFFUSION):
        wet = [f for f in seen if _holds(f.morphology, _EFFUSION) or f.head in {"effusion", "pneumothorax"}]
        return any(not organs or not f.places or any(p.organ in organs for p in f.places) for f in wet)
    if "còn lại" in line or ("khác" in line and _OTHER.search(line)):
        return False
    sections = {f.section for f in findings}
    avid = [f for f in seen if f.uptake in AVID]
    if _holds(line, _SKELETON):
        return any(f.section in sections for f in avid)
    return any(place.organ in organs for f in avid for place in f.places)


def _physiologic(scope: Scope) -> Iterator[Draft]:
    found = scope.of_polarity(Polarity.PHYSIOLOGIC)
    numbers = tuple(sorted({n for f in found for n in scope.numbers(f.spans)}))
    if not found:
        return
    ids = tuple(f.id for f in found)
    slots = {"in_region": scope.in_region, "sentences": _lines(scope, numbers)}
    yield Draft("physiologic", slots, "physiologic", numbers, ids, None, "physiologic")
    for finding in found:
        own = scope.numbers(finding.spans)
        line = _lines(scope, own)
        organs = line.rstrip(".").partition("sinh lý ")[2].removeprefix("ở ")
        organ = organs.partition(", ")[0].partition(" và ")[0]
        if organ and len(own) == 1 and "chuyển hóa" not in line:
            slots = {
                "organ": _BOTH.sub("hai bên", organ) if "2" in organ else organ,
                "sentence": line,
                "sentence_lower": _small(line),
            }
            yield Draft("physiologic_organ", slots, "physiologic_yes", own, (finding.id,), True, "physiologic")


def _exclusion(scope: Scope) -> Iterator[Draft]:
    """ "Ngoài X ...": yes with the others named, or no where the report itself denies every other place."""
    avid = [s for s in scope.avid if not s.name.shared and not s.finding.conflicts]
    for subject in avid[:3]:
        others = [s for s in scope.avid if s is not subject]
        text = _told(others)
        if others and len(text) < _SUMMARY_LIMIT:
            draft = _about("exclusion", "exclusion_yes", True, scope, [subject, *others], lesion=subject.name.asked)
            yield Draft(
                draft.kind,
                {**draft.slots, "others": text},
                draft.answer,
                draft.evidence,
                draft.findings,
                True,
                "exclusion",
            )
    closing = [s for s in scope.case.report.sentences if "vị trí khác trên xạ hình" in s.text]
    if scope.case.region == WHOLE and closing and len(avid) == 1 == len(scope.avid):
        (subject,) = avid
        slots = {"in_region": "", "lesion": subject.name.asked, "sentence": _lines(scope, (closing[-1].number,))}
        evidence = (*subject.evidence, closing[-1].number)
        yield Draft("exclusion", slots, "exclusion_no", evidence, (subject.finding.id,), False, "exclusion")


def _summary(scope: Scope) -> Iterator[Draft]:
    if not scope.lesions:
        return
    for kind, subjects in (("summary", scope.lesions), ("summary_avid", scope.avid)):
        text = _sentences(subjects)
        numbers = {n for s in subjects for n in s.evidence}
        if subjects and len(text) < _SUMMARY_LIMIT and len(numbers) <= 24:
            yield _about(kind, "summary", None, scope, list(subjects), sentences=text)
            return


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
