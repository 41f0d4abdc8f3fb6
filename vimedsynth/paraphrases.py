"""Does a rewrite keep every fact? Facts of the rewrite and of the report are matched one to one, both ways."""

from vimedsynth.answers import judge_answer
from vimedsynth.guards import Verdict
from vimedsynth.reports import Report, flat_report
from vimedsynth.sources import source_of


def judge_paraphrase(report: Report, text: str) -> Verdict:
    """Nothing added: each sentence of the rewrite must be supported by the report."""
    source = source_of(report)
    found = [judge_answer(source, "", s.text) for s in flat_report(text).sentences]
    return Verdict(tuple(o for j in found for o in j.objections), tuple(n for j in found for n in j.notes))
