"""Is a free answer supported by the report? Each fact of the answer is judged against the findings it is about."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from vimedsynth.clauses import stop_words
from vimedsynth.facts import Fact, Invades, Item, sentence_facts
from vimedsynth.lexicon import lexicon
from vimedsynth.reports import Report, Span, sentence_spans
from vimedsynth.samples import Objection
from vimedsynth.sources import REGION_OF_SECTION, Evidence, Source, compatible_sides
from vimedsynth.words import fold, split

TIERS = ("definite", "likely", "probable", "suspect")
SIDES = frozenset({"side:right", "side:left", "side:both"})
LOOSE = frozenset({"parenchyma", "mucosa", "lobe", "lumen", "body", "tail", "midline", "region:body"}) - {
    "body",
    "tail",
}
SAME_HEAD = (
    frozenset({"nodule", "thyroid-nodule", "hypodensity", "soft-tissue-density", "calcification", "schmorl"}),
    frozenset({"mass", "soft-tissue-density", "opacity-patch", "hypodensity", "mixed-density", "consolidation"}),
    frozenset({"effusion", "fluid"}),
    frozenset({"interstitial", "thickening"}),
    frozenset({"opacity-patch", "consolidation"}),
    frozenset({"fibrosis-form", "opacity-band"}),
)
HEDGES = frozenset(
    {"ràng", "tổn", "hơn", "nhưng", "nên", "cần", "nghĩ", "mô", "tả", "hạch", "đánh", "giá", "hiện", "chưa", "không"}
)
WEIGHT = {"place": 4, "added-finding": 4, "negation": 3, "side": 3, "number": 2}
ASKS_HISTORY = re.compile(
    r"so với|trước đây|lần trước|trước đó|thay đổi|tiến triển|diễn biến|mới xuất hiện|đáp ứng|sau điều trị"
)
ASKS_ADVICE = re.compile(
    r"đối chiếu|theo dõi|khuyến|đề nghị|làm thêm|cần làm|xét nghiệm|bước tiếp|nên làm|kiểm tra thêm"
)
ONLY = re.compile(r"\bchỉ (?:ghi nhận|có|thấy|phát hiện)\b|\bduy nhất\b")
ASKS_REGION = re.compile(r"vùng nào|bộ phận nào|khảo sát|phạm vi|kỹ thuật|loại hình|phương pháp|cơ quan nào được mô tả")
EXCLUDES = re.compile(
    r"^\s*(?:ngoài|bên cạnh|trừ)\s+(?!ra\b)(.+?),?\s+(?=có\b|còn\b|chưa\b|không\b|thì\b|liệu\b|phát hiện\b|ghi nhận\b|vị trí\b|ở\b.*\bcòn\b)|(?:khác|nào|còn|[,;])\s+(?:ngoài|trừ)\s+([^,?]+)"
)
ANSWER_EXCLUDES = re.compile(
    r"(?:^\s*|[,;]\s*|khác\s+|còn\s+)(?:ngoài|trừ)\s+(?!ra\b|da\b)(.+?)(?=,|\s(?:chưa|không)\b|[.;]|$)"
)
ALONE = re.compile(r"^\s*(?:là\s+|khoảng\s+)?(\d+(?:[.,]\d+)?)\s*\.?\s*$")
HIGHEST = re.compile(r"cao nhất|mạnh nhất")
LEAD = re.compile(r"^\s*(có|không|chưa|đúng|vâng|dạ)\b\s*(?:[,.:;]|$)", re.I)


Adder = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Focus:
    """What a question is about: its places and heads, and what it leaves out ("ngoài ...")."""

    items: tuple[Item, ...]
    heads: frozenset[str]
    excluded: tuple[Fact, ...]
    history: bool
    advice: bool
    tokens: frozenset[str]
    facts: tuple[Fact, ...]


@lru_cache(maxsize=8192)
def focus_of(question: str) -> Focus:
    """Read a question."""
    low = fold(question)
    hit = EXCLUDES.search(low)
    excluded: tuple[Fact, ...] = ()
    rest = question
    if hit:
        group = 1 if hit[1] else 2
        excluded = sentence_facts(question[hit.start(group) : hit.end(group)])
        rest = question[: hit.start()] + " " + question[hit.end() :]
    facts = sentence_facts(rest)
    items = tuple(i for f in facts for i in f.items if i.atoms - {"region:body"} or i.side)
    heads = frozenset(h for f in facts for h in f.heads)
    return Focus(items, heads, excluded, bool(ASKS_HISTORY.search(low)), bool(ASKS_ADVICE.search(low)),
                 frozenset(split(question)), facts)  # fmt: skip


def lead_of(answer: str) -> tuple[str, str]:
    """The yes/no an answer opens with ("có", "không" or "") and the rest."""
    hit = LEAD.match(answer)
    if not hit:
        return "", answer
    word = {"chưa": "không", "đúng": "có", "vâng": "có", "dạ": "có"}.get(hit[1].lower(), hit[1].lower())
    return word, answer[hit.end() :]


class AnswerJudge:
    """Collects the objections to one answer."""

    def __init__(self, source: Source, question: str, answer: str) -> None:
        self.source, self.question, self.answer = source, fold(question), answer
        self.focus = focus_of(question)
        self.excluded = self.focus.excluded
        self.objections: list[Objection] = []
        self.notes: list[Objection] = []

    def object(self, code: str, message: str, span: Span | None = None) -> None:
        quote = span.of(self.answer) if span else self.answer
        self.objections.append(Objection(code, message, quote.strip(" .,;")))

    def run(self) -> None:
        """Judge every fact of the answer in order; context goes from one to the next."""
        lead, rest = lead_of(self.answer)
        shift = len(self.answer) - len(rest)
        items, heads = self.focus.items, self.focus.heads
        said: list[Fact] = []
        if not rest.strip(" .,;") and lead:
            self._bare(lead)
            return
        alone = ALONE.match(rest)
        if alone and "suv" in self.question:
            self.judge(Fact(Span(shift, len(self.answer)), suvs=(float(alone[1].replace(",", ".")),)), items, heads)
            return
        for span in sentence_spans(rest):
            for fact in sentence_facts(self._without_exclusion(span.of(rest))):
                start = span.start + shift
                placed = replace(fact, span=Span(fact.span.start + start, fact.span.end + start))
                self.judge(placed, items, heads)
                said.append(placed)
                items = fact.items or items
                heads = fact.heads or heads
        self._lead(lead, said)

    def _bare(self, lead: str) -> None:
        """ "Có." and "Không." say or deny just what was asked."""
        whole = Span(0, len(self.answer))
        for asked in self.focus.facts:
            if self._says_nothing(asked) or asked.polarity != "present":
                continue
            if lead == "có":
                self._present(replace(asked, span=whole), asked.items, asked.heads)
            else:
                self._absent(replace(asked, span=whole, polarity="absent"), asked.items)

    def _without_exclusion(self, sentence: str) -> str:
        """The sentence with "ngoài ..." blanked; what it leaves out is remembered for denials."""
        hit = ANSWER_EXCLUDES.search(fold(sentence))
        if not hit:
            return sentence
        self.excluded = (*self.excluded, *sentence_facts(sentence[hit.start(1) : hit.end(1)]))
        return sentence[: hit.start()] + " " * (hit.end() - hit.start()) + sentence[hit.end() :]

    def _lead(self, lead: str, said: list[Fact]) -> None:
        """ "Không, tổn thương tăng chuyển hóa": the first word must not deny what follows."""
        asked = self.focus.facts
        if not lead or not asked or not said:
            return
        levels = frozenset(lv for f in asked for lv in f.levels)
        first = said[0]
        about_uptake = (
            bool(levels & {"increased", "mild"}) and not any(f.generic for f in asked) and not self.focus.excluded
        )
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

    # -- one fact -------------------------------------------------------------------------------------------------

    def judge(self, fact: Fact, items: tuple[Item, ...], heads: frozenset[str]) -> None:
        self._words(fact)
        if fact.prior and not self.focus.history:
            self.object("needs-history", "speaks of an earlier study, which the question does not ask for", fact.span)
        if fact.advice:
            self._advice(fact)
            if fact.polarity == "advice":
                return
        if fact.polarity in ("absent", "resolved"):
            self._absent(fact, items)
            return
        if fact.polarity == "present" and self._says_nothing(fact):
            return
        if fact.levels & {"increased", "mild"} and ONLY.search(fold(fact.span.of(self.answer))):
            self._only(fact)
        self._present(fact, items, heads)

    def _only(self, fact: Fact) -> None:
        """ "Chỉ ghi nhận tăng chuyển hóa ở ...": no other avid finding may stand in the report."""
        named = (fact, *self.excluded)
        for row in self.source.facts:
            if row.avid and row.fact.suvs and not any(_same_finding(n, row.fact) for n in named):
                self.object("exclusion-scope", f"the report has another avid finding, {_said(row)}", fact.span)
                return

    def _says_nothing(self, fact: Fact) -> bool:
        return not (fact.heads or fact.items or fact.sizes or fact.suvs or fact.levels or fact.readings or fact.invasions
                    or fact.modifiers - {"small", "mild", "opaque"})  # fmt: skip

    def _words(self, fact: Fact) -> None:
        for word in fact.words:
            if (
                word.startswith("#")
                and word[1:] not in self.source.tokens
                and word not in {f"#{n}" for n in range(1, 10)}
            ):
                self.object("number", f"the report has no {word[1:]}", fact.span)
            elif word.endswith("hu") and word[:-2].isdigit() and word[:-2] not in self.source.tokens:
                self.object("number", f"the report has no {word}", fact.span)

    def _advice(self, fact: Fact) -> None:
        wanted = fact.advice - {"note", "correlate", "if-needed", "history"}
        conditional = False
        for row in self.source.advice:
            given = row.fact.advice | ({"follow"} if "note" in row.fact.advice else set())
            if "if-needed" in given and "if-needed" not in fact.advice and wanted and wanted <= given:
                conditional = True
                continue
            if wanted <= given or ("endoscopy" in wanted and wanted - {"clinical"} <= given):
                return
        if conditional:
            self.object("changed-advice", "the report advises this only if needed", fact.span)
            return
        union = frozenset().union(*(r.fact.advice for r in self.source.advice)) if self.source.advice else frozenset()
        if wanted and not wanted <= union | ({"follow"} if "note" in union else frozenset()):
            self.object("added-advice", "the report does not advise this", fact.span)
        elif not self.source.advice and fact.advice & {"correlate", "follow"}:
            self.object("added-advice", "the report gives no advice", fact.span)

    def _present(self, fact: Fact, items: tuple[Item, ...], heads: frozenset[str]) -> None:
        places = fact.items
        known = lexicon().within
        derived = not any(i.atoms & known.keys() or any(a.startswith(("stn", "vert")) for a in i.atoms) for i in places)
        if derived:
            extra = frozenset().union(*(i.atoms for i in places)) if places else frozenset()
            side = next((i.side for i in places if i.side), None)
            places = tuple(Item(i.atoms | extra, side or i.side) for i in items) if items else places
        if ASKS_REGION.search(self.question) and places and self._only_places(fact):
            self._covered(fact, places)
            return
        best: list[Objection] | None = None
        pool = (*self.source.linked, *self.source.facts)
        asked = heads if not fact.heads else frozenset()
        likely = [row for row in pool if _may_support(fact, row.fact)]
        if any(not self._faults(fact, places, row, asked) for row in likely):
            return
        for row in pool:
            if row.fact.polarity == "advice":
                continue
            faults = self._faults(fact, places, row, asked)
            if best is None or _cost(faults) < _cost(best):
                best = faults
        if len(places) > 1 and derived and any(self._from_context(fact, i, pool, heads) for i in places):
            return
        parts = tuple(Item(i.atoms, s) for i in places for s in (("right", "left") if i.side == "both" else (i.side,)))
        if len(places) > 1 and self._by_parts(fact, places, pool):
            return
        if len(parts) > len(places) and self._by_parts(fact, parts, pool):
            return
        if fact.levels == {"none"} and self._only_uptake(fact):
            # "Giường tuyến giáp không tăng chuyển hóa FDG bất thường" denies what the report denies.
            self._absent(replace(fact, polarity="absent", levels=frozenset({"increased"})), items)
            return
        if best:
            if any(o.code == "place" for o in best) and self._foreign(fact):
                best = [Objection("added-finding", "the report has no such finding", best[0].quote)]
            self.objections.extend(best)
        elif not pool:
            self.object("evidence-missing", "the report says nothing", fact.span)

    def _from_context(self, fact: Fact, item: Item, pool: tuple[Evidence, ...], heads: frozenset[str]) -> bool:
        """ "Các cơ quan này ...": one of the places that were spoken of before."""
        rows = (r for r in pool if r.fact.polarity != "advice")
        return any(not self._faults(fact, (item,), r, heads if not fact.heads else frozenset()) for r in rows)

    def _only_uptake(self, fact: Fact) -> bool:
        return bool(fact.items) and not (fact.heads or fact.sizes or fact.suvs or fact.readings or fact.invasions)

    def _only_places(self, fact: Fact) -> bool:
        return not (
            fact.heads or fact.levels or fact.sizes or fact.suvs or fact.readings or fact.invasions or fact.prior
        )

    def _covered(self, fact: Fact, places: tuple[Item, ...]) -> None:
        """An answer about what was examined names places of the report."""
        known = frozenset().union(*(r.all_places for r in self.source.facts)) if self.source.facts else frozenset()
        wide = frozenset().union(*REGION_OF_SECTION.values()) | {"region:body", "bone", "muscle"}
        for item in places:
            if not {a for a in item.atoms if not a.startswith("rel:")} <= known | wide | LOOSE:
                self.object("place", "the report does not speak of this place", fact.span)

    def _foreign(self, fact: Fact) -> bool:
        """None of the numbers of the fact stand anywhere in the report: it is not a misplaced finding but another one."""
        dims = {m.dims for r in self.source.facts for m in r.fact.sizes}
        suvs = {v for r in self.source.facts for v in r.fact.suvs}
        mine = [m.dims for m in fact.sizes if m.dims]
        return bool(mine or fact.suvs) and not any(d in dims for d in mine) and not any(v in suvs for v in fact.suvs)

    def _by_parts(self, fact: Fact, places: tuple[Item, ...], pool: tuple[Evidence, ...]) -> bool:
        """A list of places, each from a finding of its own; numbers and readings from any of these."""
        chosen: list[Evidence] = []
        bare = replace(fact, sizes=(), suvs=(), readings=frozenset(), tier=None, counts=frozenset(), invasions=(),
                       modifiers=frozenset(), patterns=frozenset(), intensity=frozenset())  # fmt: skip
        for item in places:
            rows = [r for r in pool if r.fact.polarity != "advice" and not self._faults(bare, (item,), r, frozenset())]
            if not rows:
                return False
            chosen.extend(rows)
        if any(not self._attributes(fact, row) for row in chosen):
            return True
        if len(fact.sizes) < 2 and len(fact.suvs) < 2:
            return False
        every = replace(
            chosen[0].fact,
            sizes=tuple(m for r in chosen for m in r.fact.sizes),
            suvs=tuple(v for r in chosen for v in r.fact.suvs),
        )
        return not self._attributes(fact, replace_evidence(chosen[0], every))

    def _faults(self, fact: Fact, places: tuple[Item, ...], row: Evidence, heads: frozenset[str]) -> list[Objection]:
        """What keeps ``row`` from supporting ``fact``; empty when it does."""
        src = row.fact
        out: list[Objection] = []

        def add(code: str, message: str) -> None:
            out.append(Objection(code, message, fact.span.of(self.answer).strip(" .,;")))

        if src.polarity in ("absent", "resolved"):
            add("negation", "the report says this is not there")
        if fact.polarity == "physiologic" and src.polarity != "physiologic" and "physiologic" not in src.readings:
            add("added-reading", "the report does not call this physiologic")
        if fact.polarity == "postoperative" and src.polarity != "postoperative" and "operated" not in src.readings:
            add("added-finding", "the report does not say it was operated on")
        if src.polarity == "physiologic" and fact.polarity == "present" and (fact.heads or fact.suvs):
            add("uptake", "the report calls this physiologic")
        for head in fact.heads:
            if not _head_in(head, src):
                add("added-finding", f"the report has no such finding here ({head})")
        if heads and src.heads and not heads & src.heads and not any(_head_in(h, src) for h in heads):
            add("added-finding", "the question is about another finding")
        for item in places:
            code = self._place_fault(item, row)
            if code:
                add(
                    code,
                    f"the report has {_said(row)} here" if code == "side" else "the report does not place it there",
                )
        if any(code.code in ("place", "added-finding", "negation") for code in out):
            return out
        out.extend(self._attributes(fact, row))
        return out

    def _place_fault(self, item: Item, row: Evidence) -> str:
        src = row.fact
        want = item.atoms - LOOSE
        want = frozenset(a for a in want if not a.startswith("rel:") or (len(want) == 1 and False))
        relations = frozenset(a for a in item.atoms if a.startswith("rel:")) - {
            "rel:along",
            "rel:inside",
            "rel:around",
            "rel:above",
        }
        if not want and not item.side:
            return ""
        if not src.items:
            inside = want <= row.all_places
            return "" if inside and not item.side else "place"
        best = "place"
        for own, reach in zip(src.items, row.places, strict=True):
            if not want <= (reach | _invaded(src)):
                continue
            if relations and own.atoms & lexicon().within.keys() == item.atoms & lexicon().within.keys():
                others = frozenset(a for a in own.atoms if a.startswith("rel:"))
                if others and not relations <= others and not relations <= src.atoms:
                    continue
            if self._side_ok(item, own, src):
                return ""
            best = "side"
        return best

    def _side_ok(self, item: Item, own: Item, src: Fact) -> bool:
        if item.side is None or item.side == own.side:
            return True
        if own.side is None:
            later = next((i.side for i in src.items[src.items.index(own) + 1 :] if i.side), None)
            return item.side == later or (later == "both" and self._asked(item.side))
        if own.side == "both":
            return src.polarity == "absent" or self._asked(item.side)
        return False

    def _asked(self, side: str) -> bool:
        asked = {i.side for i in self.focus.items if i.side}
        return asked == {side}

    def _attributes(self, fact: Fact, row: Evidence) -> list[Objection]:
        src = row.fact
        out: list[Objection] = []

        def add(code: str, message: str) -> None:
            out.append(Objection(code, message, fact.span.of(self.answer).strip(" .,;")))

        self._numbers(fact, src, add)
        self._uptake(fact, row, add)
        self._count(fact, src, add)
        self._reading(fact, src, add)
        for relation in fact.invasions:
            self._invasion(relation, src, add)
        extra = fact.modifiers - src.modifiers - {"small", "mild", "opaque", "solid", "irregular"}
        if extra:
            add("added-finding", f"the report does not describe it so ({', '.join(sorted(extra))})")
        if fact.prior and self.focus.history and not fact.prior - {"versus"} <= src.prior:
            add("prior", "the report says otherwise of the earlier study")
        return out

    def _invasion(self, relation: Invades, src: Fact, add: Adder) -> None:
        same = [r for r in src.invasions if r.verb == relation.verb]
        target = frozenset(x for x in relation.target if not x.startswith(("rel:", "side:")))
        sides = frozenset(x for x in relation.target if x.startswith("side:"))
        near = [r for r in same if target <= r.target or (not r.target and not target)]
        if not near and same and target <= frozenset().union(*(r.target for r in same)) | src.atoms:
            near = same
        if not near:
            add("added-finding", "the report does not say so of a neighbour")
        elif sides and not any(sides <= r.target or not r.target & SIDES for r in near):
            add("side", "the neighbour is on another side")
        elif not any(r.certain == relation.certain for r in near):
            add("certainty-up" if relation.certain else "certainty-down", "the report is not as certain")

    def _numbers(self, fact: Fact, src: Fact, add: Adder) -> None:
        have = {m.dims for m in src.sizes}
        for m in fact.sizes:
            if m.few:
                if not any(x.few for x in src.sizes):
                    add("number", "the report does not say vài mm")
                continue
            if m.dims not in have and not any(
                len(m.dims) == 1 and m.dims[0] in d for d in have if m.kind in ("length", "thickness")
            ):
                scaled = {tuple(round(d * k, 3) for d in m.dims) for k in (0.1, 10.0, 100.0, 0.01)}
                prior = src.prior_numbers and set(m.dims) <= src.prior_numbers
                add(
                    "prior-as-current" if prior else "unit" if scaled & have else "number",
                    f"the report gives {_sizes(src)}",
                )
            elif {m.kind} | {x.kind for x in src.sizes if x.dims == m.dims} == {"length", "thickness"}:
                add("number", "the report gives a length for a thickness, or the reverse")
            elif m.op == "~" and m.dims == (10.0,) and self._few_elsewhere(src):
                add("threshold-as-value", "the impression says vài mm: the 10 mm is a threshold, not a measure")
            elif m.op == "~" and any(x.op == "<" or x.few for x in src.sizes if x.dims == m.dims or x.few):
                add("threshold-as-value", "the report gives a threshold, not a measure")
        if fact.suvs and HIGHEST.search(self.question) and not self.focus.items:
            top = max((v for r in self.source.facts for v in r.fact.suvs), default=0.0)
            if top not in fact.suvs:
                add("number", f"the highest SUVmax of the report is {top:g}")
        for value in fact.suvs:
            if value not in src.suvs:
                moved = {round(value * k, 4) for k in (10.0, 0.1, 100.0, 0.01)}
                prior = value in src.prior_numbers
                code = "prior-as-current" if prior else "decimal" if moved & set(src.suvs) else "number"
                add(code, f"the report gives SUVmax {', '.join(f'{v:g}' for v in src.suvs) or 'none'}")

    def _few_elsewhere(self, src: Fact) -> bool:
        return any(r.fact.items == src.items and any(m.few for m in r.fact.sizes) for r in self.source.linked)

    def _uptake(self, fact: Fact, row: Evidence, add: Adder) -> None:
        src = row.fact
        for level in fact.levels:
            if level in src.levels or (level == "increased" and "mild" in src.levels):
                continue
            if level == "mild" and "increased" in src.levels:
                add("intensity-word", "the report does not say nhẹ")
            elif level == "none" and src.polarity == "physiologic" and not src.levels:
                continue
            else:
                add("uptake", f"the report says uptake is {', '.join(sorted(src.levels)) or 'not stated'}")
        if fact.intensity - src.intensity:
            add("intensity-word", "the report does not grade the uptake so")
        extra = fact.patterns - src.patterns - {"abnormal", "multiple", "peripheral"}
        if extra:
            add("added-finding", f"the report does not describe the uptake so ({', '.join(sorted(extra))})")

    def _count(self, fact: Fact, src: Fact, add: Adder) -> None:
        said = fact.counts - {"unmarked"}
        if not said or said <= src.counts:
            return
        if "one" in said and (not src.counts or ("unmarked" in src.counts and len(fact.items) < len(src.items))):
            return
        if not src.counts and said <= {"few", "two", "three"} and len(src.items) > 1 and not src.sizes:
            return
        add("count", f"the report says {', '.join(sorted(src.counts)) or 'one'}")

    def _reading(self, fact: Fact, src: Fact, add: Adder) -> None:
        known = self.source.tokens | self.focus.tokens
        said = frozenset(
            r for r in fact.readings
            if not r.startswith(("word:", "at:", "head:")) or (r.startswith("word:") and r[5:] not in known | stop_words() | HEDGES)
        )  # fmt: skip
        if not said:
            self._tier(fact, src, add)
            return
        history = said & {"after-treatment"}
        if history and not self.focus.history and fact.tier:
            add("needs-history", "the reading rests on earlier treatment")
        added: frozenset[str] = said - src.readings - {"not", "chronic", "diagnosed", "reactive"}
        if src.polarity == "postoperative":
            added -= {"postoperative-change"}
        if src.polarity in ("physiologic", "postoperative"):
            added -= {"physiologic", "operated"}
        if "not" in said and "not" not in src.readings:
            add("added-reading", "the report gives no such negative reading")
        elif added:
            add("added-reading", f"the report does not read it as {', '.join(sorted(added))}")
        elif said - {"physiologic", "operated", "normal"}:
            self._tier(fact, src, add)

    def _tier(self, fact: Fact, src: Fact, add: Adder) -> None:
        """The certainty of a reading that both give."""
        if not src.tier or not (fact.tier or fact.readings):
            return
        mine, theirs = TIERS.index(fact.tier or "definite"), TIERS.index(src.tier)
        if mine < theirs:
            add("certainty-up", f"the report says {src.tier}")
        elif mine > theirs:
            add("certainty-down", f"the report says {src.tier}")

    # -- absences -------------------------------------------------------------------------------------------------

    def _absent(self, fact: Fact, items: tuple[Item, ...]) -> None:
        places = fact.items or items
        beyond = any(f.items or f.heads for f in self.excluded) and not [
            i for i in fact.items if i.atoms - {"region:body", "rel:above"}
        ]
        everywhere = beyond or any("region:body" in i.atoms for i in places) or not places
        if "physiologic" in fact.readings:
            denied = [
                r
                for r in self.source.facts
                if r.fact.polarity == "physiologic" and any(i.atoms & r.fact.atoms for i in places)
            ]
            if denied:
                self.object("negation", f"the report has {_said(denied[0])}", fact.span)
            return
        against = [r for r in self.source.facts if self._denied(fact, places, r, everywhere)]
        backing = [r for r in self.source.facts if self._backs(fact, places, r, everywhere)]
        if against and (beyond or not any(self._exact(places, r) for r in backing)):
            self.object("negation", f"the report has {_said(against[0])}", fact.span)
        elif against:
            self.notes.append(
                Objection("source-contradiction", "the report itself says both", fact.span.of(self.answer))
            )
        elif not backing:
            self.object("negation", "the report does not say that it is not there", fact.span)
        elif fact.tier and fact.readings and self._tier_differs(fact, backing):
            self.object("certainty-down", "the report denies it with other certainty", fact.span)
        elif not everywhere and self._other_side_only(fact, backing):
            self.object("side", "the report says so of the other side", fact.span)

    def _tier_differs(self, fact: Fact, backing: list[Evidence]) -> bool:
        same = [r.fact.tier for r in backing if r.fact.readings & fact.readings]
        return bool(same) and fact.tier not in same

    def _other_side_only(self, fact: Fact, backing: list[Evidence]) -> bool:
        """The report denies it of just this organ, but on the other side."""
        for item in fact.items:
            organs = item.atoms & lexicon().within.keys()
            if not item.side or not organs:
                continue
            near = [
                o for r in self.source.facts if r.fact.polarity == "absent" for o in r.fact.items if organs <= o.atoms
            ]
            fits = [o for o in near if compatible_sides(item.side, o.side) and o.side in (None, "both", item.side)]
            if near and not fits:
                return True
        return False

    def _exact(self, places: tuple[Item, ...], row: Evidence) -> bool:
        """A denial in the report of just this place (a report may contradict itself; a faithful answer may too)."""
        mine = {a for i in places for a in i.atoms} - LOOSE
        return row.fact.polarity == "absent" and bool(mine) and bool(mine & row.fact.atoms)

    def _denied(self, fact: Fact, places: tuple[Item, ...], row: Evidence, everywhere: bool) -> bool:
        """A present finding of the report that the answer denies."""
        src = row.fact
        if src.polarity != "present" or (row.section.value == "impression" and not src.items):
            return False
        if fact.levels & {"increased", "mild"}:
            if not row.avid:
                return False
            if fact.heads and src.heads and not any(_head_in(h, src) for h in fact.heads):
                return False
        elif fact.heads:
            if not any(_head_in(h, src) for h in fact.heads):
                return False
        elif fact.readings and not fact.generic:
            return bool((fact.readings - {"not"}) & src.readings)
        if "abnormal" in fact.patterns and not row.avid and fact.heads:
            return False
        if any(_same_finding(ex, src) for ex in self.excluded):
            return False
        if everywhere:
            return bool(self.excluded) and row.avid and bool(src.suvs) and row.section.value != "impression"
        for item in places:
            want = frozenset(a for a in item.atoms - LOOSE if not a.startswith("rel:"))
            for own, reach in zip(src.items, row.places, strict=True):
                if want and want <= reach and compatible_sides(item.side, own.side):
                    return True
        return False

    def _backs(self, fact: Fact, places: tuple[Item, ...], row: Evidence, everywhere: bool) -> bool:
        """A sentence of the report that says it is not there, or that the place is normal."""
        src = row.fact
        if src.polarity in ("absent", "resolved"):
            if fact.heads and src.heads and not any(_head_in(h, src) for h in fact.heads):
                return False
            if fact.heads and not src.heads and not (fact.levels or fact.patterns or fact.generic):
                return False
        elif not (src.polarity == "physiologic" or "none" in src.levels) or (
            fact.heads and not (fact.levels or fact.patterns) and not any(_head_in(h, src) for h in fact.heads)
        ):
            return False
        if everywhere:
            return src.polarity == "absent"
        if fact.readings - src.readings - {"not"} and not (fact.levels or fact.heads):
            return False
        for item in places:
            want = item.atoms - LOOSE
            if "region:body" in src.atoms and src.polarity == "absent":
                return True
            for own, reach in zip(src.items, row.places, strict=True):
                near = want & (reach | own.atoms) or (item.wider & own.atoms)
                if near and compatible_sides(item.side, own.side):
                    return True
        return False


def _may_support(fact: Fact, src: Fact) -> bool:
    """A cheap look before the full one: forms and numbers that a finding must have to support ``fact``."""
    if src.polarity in ("advice", "absent", "resolved"):
        return False
    if fact.suvs and not src.suvs:
        return False
    return not fact.heads or bool(src.heads)


def replace_evidence(row: Evidence, fact: Fact) -> Evidence:
    """``row`` with another fact."""
    return replace(row, fact=fact)


def _cost(faults: list[Objection]) -> int:
    return sum(WEIGHT.get(f.code, 1) for f in faults)


def _head_in(head: str, src: Fact) -> bool:
    if head in src.heads:
        return True
    return any(head in same and same & src.heads for same in SAME_HEAD)


def _same_finding(excluded: Fact, src: Fact) -> bool:
    mine = frozenset(a for a in excluded.atoms - LOOSE if not a.startswith(("rel:", "wall:", "zone:")))
    if not mine or (len(excluded.items) > 1 and excluded.heads & src.heads & {"node"}):
        return bool(excluded.heads & src.heads)
    return bool(mine & frozenset().union(*(i.wider for i in src.items))) if src.items else False


def _invaded(src: Fact) -> frozenset[str]:
    return frozenset().union(*(r.target for r in src.invasions)) if src.invasions else frozenset()


def _sizes(src: Fact) -> str:
    return (
        ", ".join("vài mm" if m.few else " x ".join(f"{d:g}" for d in m.dims) + " mm" for m in src.sizes) or "no size"
    )


def _said(row: Evidence) -> str:
    return f"sentence {row.sentences[0]}"


def judge_answer(source: Source, question: str, answer: str) -> AnswerJudge:
    """Run all checks of one answer."""
    judge = AnswerJudge(source, question, answer)
    judge.run()
    return judge


__all__ = ["AnswerJudge", "Report", "judge_answer"]
