"""Organs, parts, relations and sides: one place item after the other."""

from vimedsynth.clauses.borders import Borders
from vimedsynth.clauses.drafts import LISTING, ONE, OTHER_SIDE, PAIRED
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import ADVISED_AT, BESIDE_IT, THIS
from vimedsynth.words import Token

THIRDS = {"trên": "third:upper", "giữa": "third:middle", "dưới": "third:lower"}
HOLDING = frozenset({"abdominal-cavity", "brain", "liver", "spleen", "kidney", "pancreas", "lung", "mediastinum", "thyroid",
                     "bladder", "gallbladder", "stomach", "breast", "prostate", "uterus", "mesentery", "peritoneum",
                     "parenchyma", "pelvis-minor", "pleura", "pericardium", "bone", "renal-pelvis"})  # fmt: skip
"""What a thing can only be in: "trong" before it says no more than "ở", as it does not before a muscle or a vessel."""


class Places(Borders):
    """Reads places."""

    __slots__ = ()

    def on_organ(self, tok: Token) -> None:
        if self.mode == "advice":
            self.draft.points |= {ADVISED_AT + tok.value}  # "chụp MRI thượng thận"
        if self.mode in ("prior", "advice"):
            return
        if tok.text == "đầu" and self.peek().value in LISTING and self.peek(1).value in {"body", "tail"}:
            self.atoms.add("part-head")  # "ở đầu, thân và đuôi tụy": of the organ, not of the body
            return
        if tok.value == "region:body":
            self._close_item()
        if tok.value == "rib":
            self.numeral = "rib"
        organs = {a for a in self.atoms if a in lexicon().within}
        if organs and self.side and tok.value not in lexicon().within:
            self._close_item()
        elif organs and self.side and not (lexicon().within.get(tok.value, frozenset()) & organs):
            if not any(tok.value in lexicon().within.get(a, frozenset()) for a in organs):
                self._close_item()
        two = (self.before().kind == "count" and self.before().value == "two") or self.before().text in {"hai", "2"}
        if (two and tok.value in PAIRED) or " hai " in tok.text:
            self.side = "both"
            self.draft.counts -= {"two"}
        if tok.value == "submandibular" and self.before().value in LISTING and self.before(3).text.startswith("tuyến"):
            tok = tok._replace(value="submandibular-gland")  # "tuyến mang tai và dưới hàm"
        if self.peek().value == "này":
            self.draft.points |= {THIS + tok.value}
        self.atoms.add(tok.value)

    def on_part(self, tok: Token) -> None:
        if self.mode == "advice":
            self.draft.points |= {ADVISED_AT + tok.value}
        if self.mode in ("prior", "advice"):
            return
        if self.side and self.atoms & lexicon().places and not self._part_of_it(tok):
            self._close_item()
        self.atoms.add(tok.value)

    def _part_of_it(self, tok: Token) -> bool:
        """ "niệu quản trái 1/3 dưới", "niệu quản trái đoạn 1/3 dưới": a third that comes after the side."""
        before = self.before(3) if self.before().value == "đoạn" else self.before()
        return before.kind == "side" and tok.value.startswith(("third:", "level:"))

    def on_relation(self, tok: Token) -> None:
        if self.mode in ("prior", "advice") or (tok.text == "sát" and self.before().value == "quan"):
            return
        if self._another_third(tok):
            self.atoms.add(THIRDS[tok.text])
            return
        if tok.text == "trong" and self.peek().value == "khi":
            self._on_the_other_hand()
            return
        if tok.value == "under" and (self.peek().kind == "num" or self.peek().kind == "approximate"):
            self.below = True
            return
        if tok.value == "before" and self.before().value == "(" and self._number_follows():
            self.draft.prior |= {"versus"}  # "12 x 9 mm (trước là 15 x 12 mm)"
            self.mode = "prior"
            return
        if tok.text == "trên" and self.peek().kind == "num" and self.peek(1).value in {"mm", "cm", "x"}:
            self.draft.modifiers |= {"more-than"}
            return
        if self._only_at(tok):
            if self.peek().value == "nền" and self.draft.heads and self.mode == "":
                self._close()  # "khối ... trên nền tử cung đã phẫu thuật"
            return
        if tok.value == "beside" and self.peek().value in {"đó", "này", "có"} and not self.atoms:
            self.at += self.peek().value != "có"
            self.draft.points |= {BESIDE_IT}
            return
        self.at += self.peek().value == "mức" and self.peek(1).kind == "organ"  # "dưới mức tĩnh mạch thận"
        nxt = self.peek()
        # "hạch trung thất ở cạnh và dưới quai động mạch chủ": both relations are to the arch.
        to_next = nxt.kind in ("organ", "part", "side", "relation") or (
            nxt.value in LISTING and self.peek(1).kind == "relation" and self.peek(2).kind in ("organ", "part", "side")
        )
        if to_next and self.atoms & lexicon().places:
            self._close_item()
        if nxt.kind in ("organ", "part", "side", "relation") or nxt.value in LISTING or self.atoms & lexicon().places:
            self.atoms.add(f"rel:{tok.value}")

    def _another_third(self, tok: Token) -> bool:
        """ "thực quản 1/3 trên - giữa", "1/3 giữa dưới": two thirds."""
        back = 3 if self.before().value in {"-", "–", "/"} else 2
        third = self.before(back)
        return tok.text in THIRDS and third.kind == "part" and third.value[:6] == "third:"

    def _on_the_other_hand(self) -> None:
        """ "Hạch nhóm 7 có SUVmax 8,9, trong khi hạch nhóm 4R chỉ là 6,4": another finding."""
        self.at += 1
        self._close_item()
        self.absent = ""
        if not self.draft.empty():
            self._close()

    def _number_follows(self) -> bool:
        return self.peek(int(self.peek().value in {"là", ":"})).kind == "num"

    def _only_at(self, tok: Token) -> bool:
        """ "trong ổ bụng", "trong nhu mô não", "trên một đoạn": no more than "ở"."""
        nxt = self.peek()
        if tok.text in {"trong", "bên trong"}:
            return nxt.value in HOLDING or nxt.value[:7] == "region:"
        nxt = self.peek(1) if nxt.value == "one" else nxt
        return tok.text == "trên" and (nxt.value in {"đoạn", "nền"} or nxt.text[:5] == "vùng ")

    def on_side(self, tok: Token) -> None:
        if self.mode == "advice":
            self.draft.points |= {f"{ADVISED_AT}side-{tok.value}"}
        if self.mode in ("prior", "advice"):
            return
        both = [w for w in tok.text.split() if w in ONE]
        self.side_order.extend([ONE[w] for w in both] if tok.value == "both" and both else [tok.value])
        organs = self.atoms & lexicon().places
        if self.side and self.side != tok.value and (organs or self.atoms):
            self._close_item()
        if (
            not self.atoms
            and self.draft.items
            and not self.draft.items[-1][1]
            and (self.before().value == ")" or (self.before().value == "," and tok.value == "both"))
        ):
            self.draft.items[-1] = (self.draft.items[-1][0], tok.value, self.draft.items[-1][2])
            return
        self.side = tok.value
        if self.peek().value == "gồm" and not self.atoms:
            self._close_item()  # "ở cả hai bên gồm nhóm IIB và III": of all that follow

    def _larger_side(self, *, smaller: bool) -> None:
        """ "phổi phải nhỏ hơn phổi trái": of two sides, which is the larger."""
        first = self.side or (self.side_order[-1] if self.side_order else None)
        if first in OTHER_SIDE and any(self.peek(k).value == OTHER_SIDE[first] for k in range(4)):
            self.draft.modifiers |= {f"larger:{OTHER_SIDE[first] if smaller else first}"}
