"""The pass over the tokens of one sentence: where it stands, what it has begun, how a finding is closed."""

from collections.abc import Callable
from typing import ClassVar

from vimedsynth.clauses.drafts import Draft, RawItem, draft_items
from vimedsynth.clauses.sharing import STOPS, Sharing
from vimedsynth.facts import Fact, Invades
from vimedsynth.reports import Span
from vimedsynth.words import Token, tokens

_END = Token("mark", "", "", 0, 0)


class Cursor(Sharing):
    """Walks the tokens; handlers are methods named ``on_<kind>``."""

    handlers: ClassVar[dict[str, Callable[["Cursor", Token], None]]]

    # An object with more than thirty attributes and no slots is slow to read.
    __slots__ = (
        "about", "absent", "again", "apart", "at", "atoms", "below", "bracket", "certain", "depth", "done", "draft",
        "excepted", "header", "if_needed", "item_end", "item_start", "largest", "lately", "listed", "mode", "negated",
        "numeral", "plain_denial", "read_back", "side", "side_order", "sided", "size", "soft", "suv_pending", "tier",
        "toks",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.toks = tokens(text)
        self.size = len(self.toks)
        self.at = 0
        self.done: list[Fact] = []
        self.draft = Draft(0, 0)
        self.atoms: set[str] = set()  # the place item being read
        self.side: str | None = None
        self.mode = ""  # "" | reading | prior | advice | invasion
        self.absent = ""  # polarity while a negation holds
        self.plain_denial = False  # "không to", which ends with its clause
        self.negated = False  # a lone "không" just before
        self.certain = True  # False just after "nghi ngờ"
        self.depth = 0
        self.numeral = ""  # what a bare Roman numeral means here: seg | stn
        self.listed = False  # "lần lượt"
        self.below = False
        self.about = False
        self.item_start, self.item_end = -1, -1
        self.if_needed = False
        self.suv_pending = False  # "SUVmax của hạch này là 7,1": the number comes later in the clause
        self.tier = ""  # of the reading that comes next
        self.lately: list[str] = []  # what has been read since; "" between two clauses
        self.soft = False  # the tier so far is only "gợi ý": a later word decides
        self.sided: list[str] = []  # sides of "bên phải dày 53 mm, bên trái dày 7 mm"
        self.side_order: list[str] = []
        self.bracket = 0  # items before the bracket that holds their segments
        self.largest = 0  # items before "hạch lớn nhất"
        self.again: list[RawItem] = []  # places of a denial, for the next one if it has none
        self.excepted: Draft | None = None  # "không thấy nốt ..., ngoại trừ": the denial, for what comes next
        self.read_back: list[int] = []  # which findings are readings of what stands before a denial
        self.header: Draft | None = None  # "hai nốt ở gan:" before a list of them
        self.apart = 0  # how many findings stand before "trong đó hạch A ..., hạch B ..."

    def __init_subclass__(cls) -> None:
        cls.handlers = {name[3:]: getattr(cls, name) for name in dir(cls) if name.startswith("on_")}

    def facts(self) -> tuple[Fact, ...]:
        """All facts of the sentence, in reading order."""
        toks, n, handlers = self.toks, self.size, self.handlers
        if n:
            self.draft.start = toks[0].start
            n -= toks[-1].value in STOPS  # it closes what is closed below
        size = 0  # how many words of the place item have been read
        while self.at < n:
            tok = toks[self.at]
            self.at += 1
            before = size
            handlers[tok.kind](self, tok)
            end = toks[self.at - 1].end
            size = len(self.atoms) + (self.side is not None)
            if size and size != before:
                self.item_start = tok.start if self.item_start < 0 else self.item_start
                self.item_end = end
            if self.draft.end < end:
                self.draft.end = end
        self.at = self.size
        self._finish()
        return tuple(self._shared(self.done))

    def peek(self, ahead: int = 0) -> Token:
        """The token after the current one, or an empty mark at the end."""
        i = self.at + ahead
        return self.toks[i] if i < self.size else _END

    def before(self, back: int = 2) -> Token:
        """A token before the current one."""
        i = self.at - back
        return self.toks[i] if i >= 0 else _END

    def _close_item(self) -> None:
        if not self.atoms and not self.side:
            self.item_start = -1
            return
        span = Span(self.item_start, self.item_end)
        if "body" in self.atoms and any(a[:5] == "vert:" for a in self.atoms):
            self.atoms.discard("body")  # "thân L3" is "thân đốt sống L3"
        if self.atoms:
            if self.mode == "invasion" and self.draft.invasions:
                self.draft.invasions[-1][1].update(self.atoms | ({f"side:{self.side}"} if self.side else set()))
            elif self.mode == "reading":
                self.draft.readings |= frozenset(f"at:{a}" for a in self.atoms)
                if self.side:
                    self.draft.readings |= {f"at:side-{self.side}"}
            else:
                self.draft.items.append((self.atoms, self.side, span))
        elif self.side and self.mode not in ("reading", "prior") and self.draft.items and self._other_side():
            self.draft.items[-1] = (self.draft.items[-1][0], "both", Span(self.draft.items[-1][2].start, span.end))
        elif self.side == "both" and self.mode == "" and len(self.draft.items) == 1 and not self.draft.items[0][1]:
            self.draft.items[0] = (
                self.draft.items[0][0],
                "both",
                self.draft.items[0][2],
            )  # "hạch nách ... ở cả hai bên"
        elif self.side and self.mode not in ("reading", "prior"):
            # A side alone ("hạch trái", "bên phải dày 53 mm") belongs to the item before, or stands for itself.
            self.draft.items.append((set(), self.side, span))
        self.atoms, self.side = set(), None
        self.item_start = -1

    def _read_as(self, reading: str) -> None:
        self.draft.readings |= {reading}
        if self.draft.tier:
            self.draft.tiers[reading] = self.tier
            self.lately.append(reading)

    def _other_side(self) -> bool:
        """ "rốn phổi trái và phải": the second side completes the item before."""
        return (
            {self.draft.items[-1][1], self.side} == {"right", "left"}
            and self.before().kind == "side"
            and self.before(3).kind == "side"
        )

    def _compared(self) -> bool:
        return any(t.text in {"hơn", "đặc biệt", "biệt", "nhất", "nhiều", "rõ"} for t in self.toks)

    def _emphasis(self) -> None:
        """ "hai bên, đặc biệt bên trái", "bên phải nhiều hơn bên trái": sides beside a both-sided place."""
        d = self.draft
        if len(d.items) < 2:
            return
        alone = [side for atoms, side, _ in d.items if not atoms and side]
        if alone and any(atoms for atoms, _, _ in d.items) and any(side == "both" for _, side, _ in d.items):
            sides = self.side_order[-2:] if alone == ["both"] else alone
            if alone == ["both"] and sides in (["both"], ["right", "left"], ["left", "right"]) and not self._compared():
                return  # "động mạch X hai bên", whose place the lexicon does not know
            d.modifiers |= {"emphasis:" + "-".join(str(s) for s in sides)}

    def _close(self) -> None:
        """End the finding and begin another."""
        self._finish()
        nxt = self.peek()
        self.draft = Draft(nxt.start, nxt.start, polarity=self.absent or "present")
        self.mode = ""
        self.numeral = ""

    def _finish(self) -> None:
        self._close_item()
        if self.again and not self.draft.items:
            self.draft.items.extend(self.again)
        self.again = []
        if self.excepted and not self.draft.empty():
            self._except(self.excepted)
        self._emphasis()
        if self.largest > 1:
            named = (atoms for atoms, _, _ in self.draft.items[self.largest :])
            places = (at for atoms in named if (at := {a for a in atoms if a[:5] != "zone:"}))
            self.draft.modifiers |= frozenset("largest-at:" + "+".join(sorted(at)) for at in places)
        self.largest = self.bracket = 0
        d = self.draft
        if not d.empty() or d.generic:
            polarity = "advice" if d.advice and not (d.heads or d.levels or d.suvs) else d.polarity
            self.done.append(
                Fact(
                    span=Span(d.start, d.end), polarity=polarity, heads=d.heads, generic=d.generic,
                    counts=d.counts, items=draft_items(d.items), sizes=tuple(d.sizes),
                    suvs=tuple([v for v, _ in d.suvs]), suv_spans=tuple([s for _, s in d.suvs]), levels=d.levels,
                    intensity=d.intensity, patterns=d.patterns, modifiers=d.modifiers,
                    invasions=tuple(Invades(v, frozenset(t), c) for v, t, c in d.invasions), tier=d.tier,
                    readings=d.readings, tiers=d.apart(), prior=d.prior, prior_numbers=d.prior_numbers,
                    prior_suvs=d.prior_suvs, prior_sizes=d.prior_sizes,
                    advice=d.advice, words=d.words, anaphora=d.anaphora, approximate=d.approximate,
                    points=d.points,
                )
            )  # fmt: skip

    def _except(self, denied: Draft) -> None:
        """What a denial leaves out has its form, its uptake and its place, beside those of its own."""
        d = self.draft
        d.heads = d.heads or denied.heads - {"enlargement"}
        d.levels = d.levels or denied.levels & {"increased"}
        d.items[:0] = [(set(atoms), side, span) for atoms, side, span in denied.items]
        self.excepted = None

    def _split(self) -> None:
        """Begin the next finding of the sentence."""
        self._close()

    def _tracer_ahead(self, start: int = 0) -> bool:
        for k in range(start, start + 7):
            nxt = self.peek(k)
            if nxt.kind == "tracer":
                return True
            if nxt.kind not in ("intensity", "pattern", "word", "count") and nxt.value not in {",", "/"}:
                return False
            if nxt.kind == "word" and nxt.value not in {"về", "mức", "độ", "sự", "và", "hoạt", "động", "trên", "của"}:
                return False
        return False
