"""The finding type of a sample, for plans that draw from each type alike."""

from vimedsynth.findings import read_findings
from vimedsynth.review.plans import Stratum
from vimedsynth.review.rows import Line, RunRows
from vimedsynth.review.sources import Sources


def stratum_of(rows: RunRows, sources: Sources) -> Stratum:
    """Names a sample by the finding that its evidence rests on; by its question type where no report can be read."""
    heads: dict[str, list[tuple[int, int, str]]] = {}

    def spans(line: Line) -> list[tuple[int, int, str]]:
        if line.study_id not in heads:
            report = sources.report(line.study_id)
            found = read_findings(report) if report else ()
            heads[line.study_id] = [(s.start, s.end, f.head) for f in found for s in f.spans[:1]]
        return heads[line.study_id]

    def stratum(line: Line) -> str:
        known = spans(line)
        turns = rows.row(line.sample_id).data.get("turns") or () if known else ()
        pieces = [piece for turn in turns for piece in turn.get("evidence") or ()]
        met = {head for start, end, head in known for a, b in pieces if a < end and start < b}
        return min(met) if met else line.question_type

    return stratum
