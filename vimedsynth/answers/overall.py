"""What an answer says over several findings: of all of them, of the largest, how many there are."""

import re

from vimedsynth.answers.absences import Absences
from vimedsynth.answers.attributes import changes_of
from vimedsynth.answers.matching import LOOSE, same_finding, shares_form, where_said
from vimedsynth.clauses.sharing import NUMBERS
from vimedsynth.facts import Fact, Item, sentence_facts
from vimedsynth.pointing import REST
from vimedsynth.reports import Section, Span
from vimedsynth.sources import Evidence
from vimedsynth.words import fold

MORE = re.compile(r"\b(lớn|to|dày|nhỏ|bé|cao|mạnh|thấp|yếu) hơn\b")
MOST = re.compile(r"(lớn|to|dày|nhỏ|bé|cao|mạnh|thấp|yếu) (?:nhất|hơn(?=[?.,]|$))")
CALLED_MOST = re.compile(r"là (?<!\wlà )(?:\w+ ){0,3}?(lớn|to|nhỏ|bé|cao|mạnh|thấp) nhất")
WHICH = re.compile(r"nào\b(?<!\wnào)(?<!thế nào)|ở đâu\b(?<!\wở đâu)|vị trí\b(?<!\wvị trí)|nhất\s*\?")
LARGE, LEAST = frozenset({"lớn", "to", "dày", "nhỏ", "bé"}), frozenset({"nhỏ", "bé", "thấp", "yếu"})
CHANGES = frozenset({"smaller", "larger", "unchanged", "new"})
VALUES = {**NUMBERS, "unmarked": 1}
"""How many a count word says; "few" and "many" say no number."""


class Overall(Absences):
    """Judges what is said of several findings at once."""

    def _every(self, fact: Fact) -> None:
        """ "đều tăng chuyển hóa": no finding of that form and place may be otherwise."""
        changed = fact.prior & CHANGES
        if not (fact.levels or fact.readings or changed) or REST in fact.points:
            return
        if not self.says_all(fact) or not (fact.heads or any(i.atoms for i in fact.items)):
            return
        if fact.readings:
            self._every_read(fact)
        if not (fact.levels or changed):
            return
        up = bool(fact.levels & {"increased", "mild"})
        for row in self._alike(fact.heads, self._with_sides(fact.items)):
            largest = up and "of-largest" in row.fact.modifiers and bool(row.fact.suvs)
            if fact.levels and (largest or (row.fact.levels and row.avid != up and not self._left_out(row))):
                self.object("uptake", f"not all of them: sentence {row.sentences[0]}", fact.span)
                return
            theirs = changes_of(row.fact) & CHANGES
            if changed and theirs and not changed <= theirs and not self._left_out(row):
                self.object("prior", f"not all of them: sentence {row.sentences[0]}", fact.span)
                return

    def _every_read(self, fact: Fact) -> None:
        """ "Hai hạch, đều nghi ngờ di căn": the report reads none of them otherwise."""
        alike = {row.sentences[0] for row in self._alike(fact.heads, self._with_sides(fact.items or self.items))}
        for row in self.source.linked:
            about = row.sentences[0] in alike and (not fact.heads or shares_form(fact.heads, row.fact))
            if about and row.fact.polarity == "present" and self._judged_otherwise(fact, row):
                self.object("added-reading", f"not all of them: sentence {row.sentences[0]}", fact.span)
                return

    def _only(self, fact: Fact) -> None:
        """ "Chỉ ghi nhận tăng chuyển hóa ở ...": no other finding of what is asked about may be so."""
        if not ((fact.items or fact.heads) and (fact.levels & {"increased", "mild"} or fact.readings)):
            return  # "chỉ tăng hấp thu lan tỏa": merely
        named = (fact._replace(items=self._placed(fact.items)[0]), *self.excluded)
        asked = {row.sentences[0] for row in self._alike(self.focus.heads, self.focus.items)}
        for row in self.source.pool:
            about = row.section is Section.IMPRESSION or row.sentences[0] in asked
            if about and row.fact.polarity == "present" and self._so(fact, row) and self._unnamed(row.fact, named):
                self.object("exclusion-scope", f"the report has another such finding, {where_said(row)}", fact.span)
                return

    def _so(self, fact: Fact, row: Evidence) -> bool:
        """Whether the report says of a finding what an answer says of another: its uptake, or else its reading."""
        if fact.levels & {"increased", "mild"}:
            return row.avid and bool(row.fact.suvs)
        return fact.tier == row.fact.tier and bool(fact.readings & row.fact.readings)

    def _unnamed(self, src: Fact, named: tuple[Fact, ...]) -> bool:
        """Whether a finding, or one of its places where it has several, is none of those named."""
        places = [i for i in src.items if not any(i.atoms < o.wider for o in src.items if o is not i)]
        if (
            len(places) < 2 or "of-largest" in src.modifiers
        ):  # "nhiều nốt, nốt lớn nhất ... tăng": it alone is said to be so
            return not any(same_finding(n, src) for n in named)
        return any(not any((i.atoms - LOOSE) & n.atoms for n in named) for i in places)

    def _versus(self, sentence: str, span: Span) -> None:
        """ "Hạch A lớn hơn hạch B": where the report measures both, it is so."""
        hit = MORE.search(fold(sentence))
        if not hit:
            return
        sides = [sentence_facts(part) for part in (sentence[: hit.start()], sentence[hit.end() :])]
        values = [self._measures(facts, hit[1]) for facts in sides]
        if not all(values):
            return
        first, second = values
        less = hit[1] in LEAST
        if (min(first) > max(second)) if less else (max(first) < min(second)):
            self.object("superlative", "the report measures it the other way round", span)

    def _one_of_them(self, fact: Fact) -> None:
        """ "Ổ lớn hơn ở ...", "bên trái nhỏ hơn": of those asked about it is not the smallest, or not the largest."""
        less = "smaller-one" in fact.modifiers
        if not less and "larger-one" not in fact.modifiers:
            return
        heads = (fact.heads or self.heads) - {"enlargement"}
        places = self._placed(fact.items)[0]
        sizes = {id(r): size for r in self._alike(heads, self.focus.items) if (size := _measure(r.fact, "lớn"))}
        own = [sizes[id(r)] for r in self._alike(heads, places) if id(r) in sizes and self._names(fact, r)]
        if not own or len(sizes) < 2 or own[0] == (max if less else min)(sizes.values()):
            self.object("superlative", "the report does not measure it so", fact.span)

    def _measures(self, facts: tuple[Fact, ...], word: str) -> list[float]:
        """What the report measures of the findings that one side of a comparison is about."""
        rows = [r for f in facts if f.items for r in self._alike(f.heads, f.items) if self.at(f.items, r)]
        return [value for r in rows if (value := _measure(r.fact, word)) is not None]

    def _left_out(self, row: Evidence) -> bool:
        return any(same_finding(out, row.fact) for out in self.excluded)

    def _excepted(self, fact: Fact) -> None:
        """ "Các hạch tăng chuyển hóa, ngoại trừ hạch ...": all the others are so, and that one is not."""
        up = bool(fact.levels & {"increased", "mild"})
        for row in self._alike(fact.heads, self._with_sides(fact.items)):
            if row.fact.levels and (row.avid == up) == self._left_out(row):
                self.object("exclusion-scope", f"the report says otherwise: sentence {row.sentences[0]}", fact.span)
                return

    def _with_sides(self, places: tuple[Item, ...]) -> tuple[Item, ...]:
        """Both sides as two places."""
        return tuple(Item(i.atoms, s) for i in places for s in (("right", "left") if i.side == "both" else (i.side,)))

    def _alike(self, heads: frozenset[str], places: tuple[Item, ...]) -> list[Evidence]:
        """The seen findings of one of the forms, at one of the places; each once, without the impression."""
        rows = (r for r in self.source.facts if r.fact.polarity == "present" and r.section is not Section.IMPRESSION)
        return [
            r
            for r in rows
            if (not heads or shares_form(heads, r.fact)) and (not places or any(self.at((item,), r) for item in places))
        ]

    def _most(self, fact: Fact) -> None:
        """ "Nốt nào lớn nhất?", "Hạch nào có SUVmax cao hơn?": the finding that is named must be it."""
        if "nhất" not in self.question and " hơn" not in self.question:
            return
        most = MOST.search(self.question)
        names = fact.items or fact.sizes or fact.suvs
        if not (most and names and WHICH.search(self.question)) or self._most_judged:
            return
        self._most_judged = True
        avid = any(f.levels & {"increased", "mild"} for f in self.focus.facts)
        best = most_so([r for r in self._asked_about() if not avid or r.avid or r.fact.suvs], most[1])
        if best and not any(self._names(fact, r) for r in best):
            self.object("superlative", f"it is the finding of sentence {best[0].sentences[0]}", fact.span)

    def _called_most(self, fact: Fact) -> None:
        """ "..., cũng là hạch lớn nhất": where the report measures two that are alike, the answer names the largest."""
        hit = CALLED_MOST.search(fact.span.of(self.low))
        if hit is None or not (fact.items or fact.suvs):
            return
        rows = self._alike(fact.heads or self.focus.heads, self._with_sides(self.focus.items))
        best = most_so(rows, hit[1])
        if (
            best
            and not any("of-largest" in r.fact.modifiers for r in rows)
            and not any(self._names(fact, r) for r in best)
        ):
            self.object("superlative", f"it is the finding of sentence {best[0].sentences[0]}", fact.span)

    def _hottest(self, fact: Fact) -> None:
        """ "bắt FDG mạnh nhất": no other of its form, at the places asked about, has a higher SUVmax."""
        rows = self._alike(fact.heads or self.focus.heads, self._with_sides(self.focus.items))
        best = most_so(rows, "cao")
        if not best or not any(self._names(fact, r) for r in best):
            self.object("superlative", "the report does not measure it so", fact.span)

    def _asked_about(self) -> list[Evidence]:
        """The findings of the form and of the places that are asked about."""
        return self._alike(self.focus.heads, self._with_sides(self.focus.items))

    def _names(self, fact: Fact, row: Evidence) -> bool:
        """Whether an answer is about this finding: its places, and its numbers where it gives any."""
        sizes, suvs = {m.dims for m in row.fact.sizes}, set(row.fact.suvs)
        numbers = all(m.dims in sizes for m in fact.sizes) and all(v in suvs for v in fact.suvs)
        named = [
            i for i in fact.items if not any(i is not o and i.atoms < o.wider for o in fact.items)
        ]  # "xương, ở cánh chậu"
        return numbers and (not named or any(self.at((item,), row) for item in named))

    def _counted(self, fact: Fact, places: tuple[Item, ...]) -> bool:
        """ "Có hai hạch ...": as many findings of the report as that, each by itself."""
        own = {c for c in fact.counts if c != "unmarked" and c[:7] != "in-all:"}
        (said, *more) = (own - {"one"} if len(own) > 1 else own) or {""}  # "hai ổ: một ở A, một ở B"
        number = VALUES.get(said, 0)
        if more or number < 2:
            return False
        bare = fact._replace(counts=frozenset(), sizes=(), suvs=())
        rows = [r for r in self._alike(fact.heads, places) if self._supported(bare, places, r)]
        counts = [[VALUES.get(c, 0) for c in r.fact.counts or {"one"}] for r in rows]
        return all(len(c) == 1 and c[0] for c in counts) and sum(c[0] for c in counts) == number

    def _supported(self, fact: Fact, places: tuple[Item, ...], row: Evidence) -> bool:
        """Whether a finding, with what the impression says of it, supports a fact."""
        same = (r for r in self.source.pool if r.sentences[0] == row.sentences[0] and r.fact.items == row.fact.items)
        return any(not self._faults(fact, places, r, not fact.heads) for r in same)


def most_so(rows: list[Evidence], word: str) -> list[Evidence]:
    """The largest, the highest, the least of several findings; none where fewer than two are measured."""
    values = {id(r): value for r in rows if (value := _measure(r.fact, word)) is not None}
    if len(values) < 2:
        return []
    edge = min(values.values()) if word in LEAST else max(values.values())
    return [r for r in rows if values.get(id(r)) == edge]


def _measure(fact: Fact, word: str) -> float | None:
    """The largest axis in mm, or the highest SUV, whichever the word is about."""
    if word in LARGE:
        return max((max(m.dims) for m in fact.sizes if m.dims and m.op == "="), default=None)
    return max(fact.suvs, default=None)
