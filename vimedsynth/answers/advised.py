"""What an answer says is advised: each examination with its place and its time, alone or in a list."""

import re
from typing import NamedTuple

from vimedsynth.answers.compared import Compared
from vimedsynth.answers.matching import LOOSE, head_in
from vimedsynth.answers.overall import VALUES
from vimedsynth.clauses.drafts import stop_words
from vimedsynth.facts import Fact, Item, sentence_facts, wider
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import ADVISED_AT, AFTER
from vimedsynth.sources import Evidence, compatible_sides, times_in, told_in
from vimedsynth.words import split, tokens

LOOSE_TASKS = frozenset({"note", "correlate", "if-needed", "history"})
_HEADER = re.compile(r"^[^:]*:(?=\s)")
_PARTS = re.compile(r"[,;.\n•](?![^(]*\))")
_JOINED = re.compile(r"\b(?:và|rồi|kèm|cùng)\b(?![^(]*\))")
_WITH = frozenset({"tế", "bào", "thuốc", "rồi", "đề", "nghị", "chụp", "hai", "ba"})
"""Words of examinations that say nothing more of them."""


class Exam(NamedTuple):
    """One or more examinations of one place."""

    tasks: frozenset[str]
    heads: frozenset[str]
    items: tuple[Item, ...]
    organs: frozenset[str]
    times: frozenset[tuple[str, str]]
    words: frozenset[str]


class Advised(Compared):
    """Judges advice."""

    def _lists_advice(self, sentence: str) -> bool:
        """Whether a sentence, where advice is asked for, is nothing but a list of what the report advises."""
        if not self.source.advice:
            return False
        header = _HEADER.match(sentence)
        body = sentence[header.end() :] if header else sentence
        if header and any(f.items or f.advice for f in sentence_facts(header[0])):
            return False
        parts = [[_exam(p) for p in _JOINED.split(part) if split(p)] for part in _PARTS.split(body) if split(part)]
        exams = [exam for part in parts for exam in part]
        said = {VALUES.get(t.value, 0) for t in tokens(header[0]) if t.kind == "count"} if header else set()
        # "siêu âm và chọc hút hạch cổ" may be one or two
        if said and said.isdisjoint({len(exams), sum(max(1, sum(map(_placed, part))) for part in parts)}):
            return False
        return bool(exams) and all(e.tasks and any(self._given(e, row) for row in self.source.advice) for e in exams)

    def _given(self, exam: Exam, row: Evidence) -> bool:
        """Whether the report advises this, of that place and at that time."""
        sentence = self.source.sentences[row.sentences[-1] - 1].text
        if not self._tasked(exam.tasks, row) or not exam.times <= set(times_in(sentence)):
            return False
        if not exam.words <= set(split(sentence)) | set(split(self.question)) | stop_words() | _WITH:
            return False
        return self._there(exam, row)

    def _there(self, exam: Exam, row: Evidence) -> bool:
        """Whether the report gives a piece of advice for the places of an examination, or names them in it."""
        sentence = self.source.sentences[row.sentences[-1] - 1].text
        own = _exam(row.fact.span.of(sentence[told_in(sentence)[1] :]))
        of = row.fact.advice_of
        rows = [row] if of is None else [row, self.source.facts[of]]
        if not all(head in own.heads or any(head_in(head, r.fact) for r in rows) for head in exam.heads):
            return False
        known = wider(own.organs).union(*(r.all_places for r in rows))
        return all(o in known or own.organs & wider(frozenset({o})) for o in exam.organs) and all(
            _fits(i, own) or any(not self._place_fault(i, r) for r in rows if r.fact.items) for i in exam.items
        )

    def _tasked(self, tasks: frozenset[str], row: Evidence) -> bool:
        given, wanted = tasks_of(row), tasks - LOOSE_TASKS
        if "if-needed" in given and "if-needed" not in tasks:
            return False
        return wanted <= given or ("endoscopy" in wanted and wanted - {"clinical"} <= given)

    def _advice(self, fact: Fact) -> None:
        """The advice of one fact: given, and given for that place."""
        wanted = fact.advice - LOOSE_TASKS
        if not all(any(self._advised_at(place, wanted, row) for row in self.source.advice) for place in advised(fact)):
            self.object("added-advice", "the report advises this for another place", fact.span)
        elif not self._in_time(fact, wanted):
            self.object("changed-advice", "the report advises this for another time", fact.span)
        elif any(self._tasked(fact.advice, row) for row in self.source.advice):
            return
        elif wanted and any(wanted <= tasks_of(row) for row in self.source.advice):
            self.object("changed-advice", "the report advises this only if needed", fact.span)
        elif not wanted <= frozenset().union(*map(tasks_of, self.source.advice)):
            self.object("added-advice", "the report does not advise this", fact.span)
        elif not self.source.advice and fact.advice & {"correlate", "follow"}:
            self.object("added-advice", "the report gives no advice", fact.span)

    def _in_time(self, fact: Fact, wanted: frozenset[str]) -> bool:
        """ "chụp lại sau 2 chu kỳ": a time is that of an advice to do one of these things, and not of what is over."""
        times = set(times_in(fact.span.of(self.answer)))
        rows = [r for r in self.source.advice if not wanted or wanted & tasks_of(r)]
        given = {time for r in rows for time in times_in(self.source.sentences[r.sentences[-1] - 1].text)}
        return times <= given | set(times_in(self.question))

    def _advised_at(self, place: str, wanted: frozenset[str], row: Evidence) -> bool:
        """Whether one of the examinations is advised for this place, or for something of which no place is known."""
        if wanted - {"follow"} and not wanted & row.fact.advice:  # "để kiểm tra miệng nối": to look is no examination
            return False
        of = self.source.facts[row.fact.advice_of] if row.fact.advice_of is not None else row
        if place[:5] == "side-":
            sides = {a for a in advised(row.fact) if a[:5] == "side-"} | {f"side-{s}" for s in of.fact.sides}
            return place in sides or not sides
        known = of.all_places | row.all_places | wider(frozenset(advised(row.fact)))
        return place in known or not wider(frozenset({place})).isdisjoint(advised(row.fact) | of.fact.atoms)

    def _reasoned(self, fact: Fact) -> bool:
        """ "..., vì nghi ngờ ác tính": the report itself gives this reason for an advice; else it is said of a finding."""
        return any(fact.readings <= r.fact.readings and fact.tier == r.fact.tier for r in self.source.advice)


def advised(fact: Fact) -> frozenset[str]:
    """The organs, regions, parts and sides that an advice names for its examinations."""
    named = frozenset(point[len(ADVISED_AT) :] for point in fact.points if point.startswith(ADVISED_AT))
    return named | (fact.atoms & lexicon().places if fact.polarity == "advice" else frozenset())


def tasks_of(row: Evidence) -> frozenset[str]:
    """What is advised; "CT ngực sau 6 tháng" is to follow what was found."""
    follow = "note" in row.fact.advice or any(p.startswith(AFTER) for p in row.fact.points)
    return row.fact.advice | {"follow"} if follow else row.fact.advice


def _exam(text: str) -> Exam:
    """What is advised in a few words; the places are read as those of a finding, with their sides."""
    given = sentence_facts(f"đề nghị {text.strip()}")
    rest = " ".join(text[t.start : t.end] for t in tokens(text) if t.kind not in ("target", "advice"))
    facts = sentence_facts(rest)
    more = any(
        f.polarity not in ("present", "advice")
        or f.readings
        or f.tier
        or f.sizes
        or f.suvs
        or f.levels
        or f.invasions
        or f.prior
        for f in (*facts, *given)
    )  # "... vì nghi ngờ ác tính" says more than what is to be done
    return Exam(
        tasks=frozenset() if more else frozenset(t.value for t in tokens(text) if t.kind in ("target", "advice")),
        heads=frozenset(h for f in facts for h in f.heads),
        items=tuple(i for f in facts for i in f.items if i.atoms),
        organs=frozenset().union(*map(advised, given)) & lexicon().places,
        times=frozenset(times_in(text)),
        words=frozenset(w for f in facts for w in f.words if w[:1] != "#") | ({"trước"} & set(split(text))),
    )


def _placed(exam: Exam) -> bool:
    return bool(exam.items or exam.organs)


def _fits(item: Item, own: Exam) -> bool:
    """Whether the advice itself names the place."""
    return any(item.atoms - LOOSE <= i.wider and compatible_sides(item.side, i.side) for i in own.items)
