"""Is a free answer supported by the report? Each fact of the answer is judged against the findings it is about."""

import re

from vimedsynth.answers.leaning import leant
from vimedsynth.answers.lists import counted, roles
from vimedsynth.answers.matching import cost, may_support, other_part
from vimedsynth.answers.questions import (
    ALONE,
    ANSWER_EXCLUDES,
    ASKS_REGION,
    EVERY,
    NUMBERED,
    ONLY,
    lead_of,
)
from vimedsynth.answers.treated import Treated
from vimedsynth.clauses.drafts import stop_words
from vimedsynth.facts import Fact, Item, moved, sentence_facts
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import ACROSS_IT, pointed
from vimedsynth.reports import Span, sentence_spans
from vimedsynth.samples import Objection
from vimedsynth.sources import Source, times_in, words_denied
from vimedsynth.words import Token, fold, raw_tokens, tokens

_FRACTION = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")

_BOUND = re.compile(r"(không quá|chưa đến|dưới|trên|hơn|quá) (\d+ ?(?:độ|%))")
_LOWER = frozenset({"trên", "hơn", "quá"})
"""What bounds a share or an angle from below."""

LITERAL = {
    "một bên": ("side", ()),
    "mỗi lần": ("number", ("mỗi đợt",)),
    "mỗi đợt": ("number", ("mỗi lần",)),
    "hơn một nửa": ("number", ("quá nửa",)),
    "quá nửa": ("number", ("hơn một nửa",)),
    "tace": ("added-reading", ("toce", "nút mạch")),
    "toce": ("added-reading", ("tace", "nút mạch")),
    "sóng cao tần": ("added-reading", ("rfa",)),
    "vi sóng": ("added-reading", ("mwa",)),
    "y-90": ("added-reading", ("y90", "sirt")),
}
"""Words that an answer has of the report, or of the question, there perhaps by another name: what divides a whole, and
treatments of the liver."""


class AnswerJudge(Treated):
    """Judges one answer: ``run()`` fills ``objections`` and ``notes``."""

    _told = _named = False  # an uptake or a reading was told, and a finding, an advice or a treatment named

    def run(self) -> None:
        """Judge every fact of the answer in order; context goes from one to the next."""
        lead, rest = lead_of(self.answer)
        if lead == "không" and self.focus.treatment:
            self._denies_treatment()
        if lead and not rest.strip(" .,;"):
            self._bare(lead)
            return
        shift = len(self.answer) - len(rest)
        alone = "suv" in self.question and ALONE.match(rest)
        if alone:
            self.judge(Fact(Span(shift, len(self.answer)), suvs=(float(alone[1].replace(",", ".")),)))
            return
        spans = sentence_spans(rest)
        texts = [span.of(rest) for span in spans]
        for span, text, role in zip(spans, texts, roles(texts), strict=True):
            self._sentence(text, role, span.start + shift, lead)
        self._times()
        self._in_these_words()
        if " độ" in self.low or "%" in self.low:
            self._bounds()
        if "không" in self.low or "chưa" in self.low:
            self._denied_treatments()
        if "/" in self.low or "một phần" in self.low:
            self._fractions()
        if lead and self.said:
            self._lead(lead, self.said)
        if not self._named and (lead or not any(fact.advice for fact in self.said)):
            self._nothing_said(lead, rest)
        if "đáp ứng" in self.question:
            self._response()

    def _sentence(self, text: str, role: str, start: int, lead: str) -> None:
        """Judge one sentence of the answer, whose ``role`` in a list is given."""
        facts = sentence_facts(self._without_asides(text, start))
        if role:
            facts = self._in_list(facts, role)
        treated = self.focus.treatment and self._tells_treatment(text)
        if treated or (self.focus.advice and self._lists_advice(text)):
            self.said.extend(facts)
            self._named = self._named or treated
            return
        number = counted(facts) if len(facts) > 1 or (facts and len(facts[0].items) > 1) else 0
        listed: list[Fact] = []
        for found in facts:
            fact = self._pointed(found) if found.points else found
            placed = moved(fact, start)
            leaning = placed if self._told else leant(placed, self.focus, lead)
            for one in self._each_of(leaning):
                self.judge(one)
            self._told = self._told or bool(fact.levels or fact.readings)  # what follows leans on the question no more
            self._named = self._named or self._names_finding(fact)
            if lead == "có" and not self.said and any(self._said_at(i, start) not in self.question for i in fact.items):
                self._astray(placed)
            self.said.append(placed)
            if role or number:
                listed.append(leaning._replace(items=self._placed(fact.items)[0]))
            self.spoke_of(fact)
        if listed:
            self._list_told(listed, role, number, Span(start, start + len(text)))
        if " hơn" in self.low:
            self._versus(text, Span(start, start + len(text)))
        if not facts:
            self._unread(Span(start, start + len(text)))

    def _without_asides(self, sentence: str, start: int) -> str:
        """The sentence with blanks for what is judged by itself: what it leaves out, was treated, or is compared with."""
        low = self.low
        if "ngoài" in low or "trừ" in low:
            sentence = self._without_exclusion(sentence)
        if "đã " in low:
            sentence = self._without_treated(sentence)
        if " hơn" in low or "so với" in low or " mức" in low:
            sentence = self._without_compared(sentence, start)
        return sentence

    def _said_at(self, item: Item, start: int) -> str:
        """The folded words of a place of the sentence that begins at ``start``."""
        return self.low[start + item.span.start : start + item.span.end]

    def _each_of(self, fact: Fact) -> list[Fact]:
        """ "Cả hai nghi ngờ di căn": said of each of the two findings named before."""
        if len(self.places) < 2 or "cả hai" not in self.low or any(i.atoms or i.side != "both" for i in fact.items):
            return [fact]
        both = "cả hai" in fact.span.of(self.low)
        return [fact._replace(items=items) for items in self.places[-2:]] if both else [fact]

    def _pointed(self, fact: Fact) -> Fact:
        """ "Bên đối diện có dịch": the other side of what was spoken of last, or asked for."""
        if ACROSS_IT not in fact.points:
            return fact
        sides = frozenset(i.side for i in (self.places[-1] if self.places else self.focus.items) if i.side)
        if sides not in ({"right"}, {"left"}):
            self.object("side", "which side is meant cannot be told", fact.span)
            return fact
        return pointed(fact, fact, sides)

    def _names_finding(self, fact: Fact) -> bool:
        return fact.polarity != "advice" and (fact.polarity != "present" or not self._says_nothing(fact))

    def _unread(self, span: Span) -> None:
        """A sentence from which nothing is read holds no number, but that of a list: it could be of anything."""
        if not NUMBERED.fullmatch(span.of(self.answer)) and any(
            kind == "num" for _, _, _, kind in raw_tokens(span.of(self.answer))
        ):
            self.object("number", "what this number is of cannot be told", span)

    def _times(self) -> None:
        """ "sau 3 tháng": a time is one of the report or of the question."""
        for said in times_in(self.answer):
            if said not in self.source.times and said not in times_in(self.question):
                self.object("number", f"the report does not say {' '.join(said)}")

    def _response(self) -> None:
        """ "Có, mức một phần": how far something responded, where that is asked, is as in the report."""
        for word, reading in (("một phần", "response-partial"), ("hoàn toàn", "response-complete")):
            if word in self.low and not any(reading in r.fact.readings for r in self.source.facts):
                self.object("added-reading", f"the report names no such response ({word})")

    def _in_these_words(self) -> None:
        """ "phần phụ một bên", where the report has both; "mỗi lần 250 mCi", where it gives the sum."""
        for name in [name for name in LITERAL if name in self.low]:
            code, others = LITERAL[name]
            texts = (self.question, *self.source.low)
            if not any(n in text for text in texts for n in (name, *others)):
                self.object(code, f"the report does not say {name}")

    def _bounds(self) -> None:
        """ "ôm trên 180 độ", where the report says "dưới 180 độ"."""
        for way, share in _BOUND.findall(self.low):
            theirs = {w in _LOWER for low in self.source.low for w, of in _BOUND.findall(low) if of == share}
            if theirs and (way in _LOWER) not in theirs:
                self.object("number", f"the report bounds {share} from the other side")

    def _fractions(self) -> None:
        """ "1/3 giữa": a share that the report does not write itself is less than the whole, and of few parts."""
        low = self.low.replace("một phần ba", "1/3").replace("một phần tư", "1/4")
        for hit in _FRACTION.finditer(low):
            known = hit[0] in self.question or any(hit[0] in s.text for s in self.source.sentences)
            if not known and not 0 < int(hit[1]) < int(hit[2]) < 6:
                self.object("number", f"the report has no {hit[0]}")

    def _nothing_said(self, lead: str, rest: str) -> None:
        """No finding is named: the first word answers the question by itself, or nothing can be held against the report."""
        if lead:
            self._bare(lead)
        elif not self.objections and not self._advises(rest) and not all(map(_of_no_sense, tokens(rest))):
            self.object("not-understood", "nothing in the answer can be held against the report")

    def _advises(self, rest: str) -> bool:
        """ "Siêu âm và FNA.": an answer that names nothing but examinations, all of them advised."""
        named = {token.value for token in tokens(rest) if token.kind == "target"}
        return bool(named) and named <= frozenset().union(*(row.fact.advice for row in self.source.advice))

    def _bare(self, lead: str) -> None:
        """ "Có." and "Không." say or deny just what was asked."""
        whole = Span(0, len(self.answer))
        asked = [f for f in self.focus.facts if not self._says_nothing(f) and f.polarity == "present"]
        for fact in asked:
            if lead == "có":
                self._present(fact._replace(span=whole))
            else:
                self._absent(fact._replace(span=whole, polarity="absent"))
        if not self.focus.facts:
            self.object("not-understood", "what is said or denied cannot be told from the question")

    def _without_exclusion(self, sentence: str) -> str:
        """The sentence with "ngoài ..." blanked; what it leaves out is remembered for denials."""
        hit = ANSWER_EXCLUDES.search(fold(sentence))
        if not hit:
            return sentence
        self.excluded = (*self.excluded, *sentence_facts(sentence[hit.start(1) : hit.end(1)]))
        return sentence[: hit.start()] + " " * (hit.end() - hit.start()) + sentence[hit.end() :]

    def _may_deny(self, lead: str, said: list[Fact]) -> bool:
        """Whether the first word and the first fact go apart, whatever was asked: only then is the question read."""
        first = said[0]
        if first.levels:
            return bool(first.levels & {"increased", "mild"}) != (lead == "có")
        return bool(first.heads) and len(said) == 1 and (first.polarity == "present") != (lead == "có")

    def _lead(self, lead: str, said: list[Fact]) -> None:
        """ "Không, tổn thương tăng chuyển hóa": the first word must not deny what follows."""
        asked = self.focus.facts if self._may_deny(lead, said) else ()
        if not asked or (EVERY.search(self.question) and any(map(self.low.__contains__, ("chỉ ", "trừ", "ngoài")))):
            return  # "Mọi nốt đều tăng chuyển hóa?" - "Không, chỉ nốt lớn nhất tăng chuyển hóa"
        levels = frozenset(lv for f in asked for lv in f.levels)
        first = said[0]
        sides = [{i.side for i in items if i.side} for items in (first.items, self.focus.items)]
        if all(sides) and sides[0].isdisjoint(sides[1]) and "both" not in sides[0] | sides[1]:
            return  # "Không, dịch chỉ có ở bên trái"
        calm = lead == "có" and all(f.levels == {"none"} for f in said)  # "Có, nang gan, không tăng chuyển hóa"
        named = calm or not any(f.generic for f in asked)
        about_uptake = bool(levels & {"increased", "mild"}) and named and not self.focus.excluded
        if about_uptake and first.levels and first.polarity in ("present", "physiologic"):
            up = bool(first.levels & {"increased", "mild"})
            if up != (lead == "có") and "none" not in (levels | (first.levels if up else frozenset())):
                self.object("question-polarity", "the first word of the answer denies what the answer says", first.span)
        elif (
            self.focus.heads
            and first.heads & self.focus.heads
            and not first.levels
            and not levels
            and first.polarity in ("present", "absent")
        ):
            if (
                (first.polarity == "present") != (lead == "có")
                and len(said) == 1
                and not any(f.patterns for f in asked)
            ):
                self.object("question-polarity", "the first word of the answer denies what the answer says", first.span)

    def _astray(self, fact: Fact) -> None:
        """ "Thùy dưới có nốt không?" - "Có, nốt ở thùy trên": another part, or the other side, of what is asked about."""
        asked, known = self.focus.items, lexicon().places
        if len(asked) != 1 or not fact.items or fact.polarity != "present":
            return
        (one,) = asked
        if all(
            i.atoms & one.atoms & known and (other_part(i.atoms, one.atoms) or {i.side, one.side} == {"right", "left"})
            for i in fact.items
        ):
            self.object("place", "the question is about another place", fact.span)

    def judge(self, fact: Fact) -> None:
        """Judge one fact of the answer."""
        if fact.words:
            fact = self._with_suv(fact)
            self._words(fact)
        if fact.prior and not self.focus.history:
            self.object("needs-history", "speaks of an earlier study, which the question does not ask for", fact.span)
        if fact.advice:
            self._advice(fact)
            if fact.polarity == "advice":
                if fact.readings and fact.tier and not self._reasoned(fact):
                    self._present(fact._replace(polarity="present", advice=frozenset(), counts=frozenset()))
                return
        if fact.polarity in ("absent", "resolved"):
            if fact.suvs:  # "không thấy khối mà chỉ hấp thu nhẹ, SUVmax 3,2": what has an SUVmax is there
                self._present(fact._replace(polarity="present", heads=frozenset(), counts=frozenset()))
            self._absent(fact)
            return
        if fact.polarity == "present" and self._says_nothing(fact):
            return
        self._every(fact)
        if not (fact.items or fact.heads or self.items or self.heads):
            self._of_patient(fact)
        if fact.levels and len(self.excluded) > len(self.focus.excluded):
            self._excepted(fact)
        self._most(fact)
        most = "nhất" in self.low
        if most:
            self._called_most(fact)
        if fact.modifiers:
            self._one_of_them(fact)
            if "of-hottest" in fact.modifiers:
                self._hottest(fact)
        if ("chỉ" in self.low or (most and "duy nhất" in self.low)) and ONLY.search(fact.span.of(self.low)):
            self._only(fact)
        self._present(fact)

    def _of_patient(self, fact: Fact) -> None:
        """ "Bệnh nhân đáp ứng hoàn toàn": the response of the patient, and not that of one finding."""
        said = {reading for reading in fact.readings if reading.startswith("response")}
        rows = [r.fact for r in self.source.pool if not (r.fact.items or r.fact.heads)]
        given = [f.readings for f in rows if any(reading.startswith("response") for reading in f.readings)]
        if said and given and not any(said <= readings for readings in given):
            self.object("added-reading", "the report gives another response of the patient", fact.span)

    def _with_suv(self, fact: Fact) -> Fact:
        """ "Hạch nhóm 4R chỉ là 6,4": a lone decimal without a unit, where SUVs are spoken of, is one.

        "Giảm 11,9, từ 15,3 còn 3,4 (78%)": or what lies between two.
        """
        between = {word for a in fact.prior_suvs for b in fact.suvs for word in _changes(a, b)}
        if fact.prior_sizes:
            now = [max(m.dims) for m in fact.sizes if m.dims]
            between |= {word for dims in fact.prior_sizes for b in now for word in _changes(max(dims), b)}
        fact = fact._replace(words=fact.words - between) if between else fact
        lone = [w for w in fact.words if w[:1] == "#" and "." in w]
        if len(lone) != 1 or fact.suvs or not ("max" in self.low or "suv" in self.question):
            return fact
        return fact._replace(suvs=(float(lone[0][1:]),), words=fact.words - set(lone))

    def _says_nothing(self, fact: Fact) -> bool:
        return not (fact.heads or fact.items or fact.sizes or fact.suvs or fact.levels or fact.readings or fact.invasions
                    or fact.prior - {"versus"} or fact.prior_numbers or fact.modifiers - {"small", "mild", "opaque"})  # fmt: skip

    def _words(self, fact: Fact) -> None:
        for word in sorted(fact.words):
            if (
                word.startswith("#")
                and word[1:] not in self.source.tokens
                and word not in {f"#{n}" for n in range(1, 10)}
            ):
                self.object("number", f"the report has no {word[1:]}", fact.span)
            elif word.endswith("hu") and word[:-2].lstrip("-").isdigit() and not self._said_word(word):
                self.object("number", f"the report has no {word[:-2]} (HU or %)", fact.span)
        if any(map(str.isalpha, fact.words)):
            self._denied_otherwise(fact)

    def _denied_otherwise(self, fact: Fact) -> None:
        """ "đã vượt quá mạc Gerota", where the report says "chưa vượt quá": words that the lexicon does not know."""
        low, theirs = fact.span.of(self.low), self.source.denied_words
        mine = words_denied(low)
        for words in mine:
            if words.partition(" ")[0] in fact.words and words not in theirs and self.source.tells(words):
                self.object("negation", f"the report says it ({words})", fact.span)
                return
        for words, number in theirs.items():
            told = words in low and words not in mine and words.partition(" ")[0] in fact.words
            if told and self.source.tells(words) == number:
                self.object("negation", f"the report denies it ({words})", fact.span)
                return

    def _said_word(self, word: str) -> bool:
        return any(word in row.fact.words for row in self.source.facts)

    def _present(self, fact: Fact) -> None:
        places, derived = self._placed(_stations_of(fact.items))
        if places and self._only_places(fact) and ASKS_REGION.search(self.question):
            self._covered(fact, places)
            return
        if not self._borne_out(fact, places):
            self._unsupported(fact, places, derived)

    def _borne_out(self, fact: Fact, places: tuple[Item, ...]) -> bool:
        """Whether the report has a finding at those places that supports the fact."""
        leans = not fact.heads
        for row in self.near(places):
            if may_support(fact, row.fact) and self.at(places, row) and not self._faults(fact, (), row, leans):
                return True
        return False

    def _unsupported(self, fact: Fact, places: tuple[Item, ...], derived: bool) -> None:
        """Object to a fact that no one finding supports, unless several do together."""
        best: list[Objection] | None = None
        pool = self.source.pool
        leans = not fact.heads
        for row in pool:
            if row.fact.polarity == "advice":
                continue
            faults = self._faults(fact, places, row, leans)
            if best is None or cost(faults) < cost(best):
                best = faults
        if len(places) > 1 and derived:
            enough = all if self.says_all(fact) else any
            if enough(self._from_context(fact, i, leans) for i in places):
                return
        parts = self._with_sides(places)
        if len(places) > 1 and self._by_parts(fact, places):
            return
        if len(parts) > len(places) and self._by_parts(fact, parts):
            return
        if fact.levels == {"none"} and self._only_uptake(fact):
            if "abnormal" not in fact.patterns and any(self._avid_by_nature(places, row) for row in pool):
                self.object("uptake", "the report has physiologic uptake there", fact.span)
                return
            # "Giường tuyến giáp không tăng chuyển hóa FDG bất thường" denies what the report denies.
            self._absent(fact._replace(polarity="absent", levels=frozenset({"increased"})))
            return
        if best and {o.code for o in best} == {"count"} and self._counted(fact, places):
            return
        if best:
            if any(o.code == "place" for o in best) and self._foreign(fact):
                best = [Objection("added-finding", "the report has no such finding", best[0].quote)]
            self.objections.extend(best)
        elif not pool:
            self.object("evidence-missing", "the report says nothing", fact.span)


def _stations_of(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """ "Cổ trái có nhiều hạch, ở các nhóm II và III": stations without a side are of the side of the region before them.

    So is any place behind a side alone: "Bên trái có hạch ở nhóm IIB".
    """
    if len(items) < 2 or not items[0].side or any(i.side or not i.atoms for i in items[1:]):
        return items
    side, rest = items[0].side, items[1:]
    if not items[0].atoms:
        return tuple(Item(i.atoms, side, i.span) for i in rest)
    if not items[0].atoms & lexicon().places or not all(a.startswith("stn:") for i in rest for a in i.atoms):
        return items
    return tuple(Item(i.atoms, side, i.span) for i in items)


def _changes(before: float, after: float) -> list[str]:
    """How the difference of two values is written, and its share of the first in percent, up or down to a whole one."""
    change = abs(before - after)
    share = 100 * change / before if before else 0.0
    return [f"#{round(change, 2)}", f"{int(share)}hu", f"{int(share) + 1}hu"]


def _of_no_sense(token: Token) -> bool:
    """Marks and function words."""
    return token.kind in ("mark", "filler") or (token.kind == "word" and token.value in stop_words())


def judge_answer(source: Source, question: str, answer: str) -> AnswerJudge:
    """Run all checks of one answer."""
    judge = AnswerJudge(source, question, answer)
    judge.run()
    return judge
