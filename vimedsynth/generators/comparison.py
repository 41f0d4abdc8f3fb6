"""Two studies of one region and the text of their similarities and differences."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

import orjson

from vimedsynth.generators.claims import claims_of
from vimedsynth.generators.payloads import Payload
from vimedsynth.generators.vqa import in_region
from vimedsynth.guards import Verdict, check_answer, language_objections
from vimedsynth.pairs import plan_pairs
from vimedsynth.reports import Section, flat_report
from vimedsynth.samples import WHOLE, Candidate, Case, Objection, Task
from vimedsynth.studies import Study, read_report
from vimedsynth.work import Work, work_seed


def work(first: Case, second: Case, seed: int) -> Work:
    """The work for one pair, in the order of the plan (an earlier visit first)."""
    own = work_seed(seed, first.study.study_id, second.study.study_id, first.region, Task.COMPARISON)
    return Work(first, Task.COMPARISON, own, partner=second)


def works(cases: Iterable[Case], wanted: int, regions: tuple[str, ...], seed: int) -> Iterator[Work]:
    """The work for a corpus: the plan of pairs among the studies that can be read and describe the region.

    The studies are held, not their reports: those are read again when their pair comes, a few hundred kept at a time.
    """

    @lru_cache(maxsize=512)
    def whole(study: Study) -> Case:
        return Case(study, read_report(study), WHOLE)

    def found(study: Study, region: str) -> frozenset[str]:
        return signature(in_region(whole(study), region))

    studies = [case.study for case in cases]
    for pair in plan_pairs(studies, wanted, signature=found, regions=regions, seed=seed):
        first, second = (in_region(whole(study), pair.region) for study in (pair.first, pair.second))
        if all(Section(pair.region) in case.report.sections for case in (first, second)):
            yield work(first, second, seed)


def candidates(work: Work, payload: Payload) -> Iterator[tuple[Candidate, frozenset[str]]]:
    """The one text: similarities, then differences."""
    text = "\n".join(payload[part].strip() for part in ("similarities", "differences"))
    yield Candidate(work.task, work.case.region, text=text, claims=claims_of(text)), frozenset()


def signature(case: Case) -> frozenset[str]:
    """What is found in the case's region, as concept ids; standard sentences and reactive nodes left out."""
    found = (f for f in case.findings if not (f.boilerplate or f.reactive))
    return frozenset(f"{f.head}@{f.places[0].organ if f.places else ''}" for f in found)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = orjson.loads(files(__package__).joinpath("comparison.json").read_bytes())
    name = "(?:" + "|".join(part for who in ("both", "first", "second") for part in words[who]) + ")"
    words["frame"] = [part.replace("NAME", name) for part in words["frame"]]
    return {name: re.compile("|".join(parts), re.I) for name, parts in words.items()}


def review_pair(first: Case, second: Case, text: str) -> Verdict:
    """Each sentence is held against the report that it names: the first, the second, or both.

    A sentence without a name is about what the one before was about; one that names both sides apart, or none at all,
    is refused when neither report supports it. The names themselves are taken out before the report is asked.
    """
    objections: list[Objection] = list(language_objections(text))
    patterns, said = _patterns(), frozenset[str]()
    for sentence in (part for s in flat_report(text).sentences for part in patterns["next"].split(s.text)):
        words = patterns["lead_in"].sub("", sentence)
        said = frozenset(who for who in ("first", "second", "both") if patterns[who].search(words)) or said
        claim = patterns["frame"].sub("", words).strip()
        if not claim.strip(" .,;:") or patterns["empty"].search(words):
            continue
        found: list[tuple[Objection, ...]] = [
            check_answer(case.report, "", claim[:1].upper() + claim[1:]).objections for case in (first, second)
        ]
        if "both" in said:
            objections.extend(o for each in found for o in each)
        elif len(said) == 1:
            objections.extend(found[0] if "first" in said else found[1])
        elif all(found):
            objections.extend(found[0] if len(found[0]) <= len(found[1]) else found[1])
    return Verdict(tuple(dict.fromkeys(objections)))
