"""What the words of one finding take from the finding before: "cùng bên", "cạnh đó", "kèm ...", "đoạn đại tràng này"."""

from vimedsynth.facts import Fact, Item

SAME_SIDE = "same-side"
ACROSS_IT = "other-side"
BESIDE_IT = "beside-it"
WITH_IT = "with-it"
REST = "rest"  # "các nốt còn lại": the others of those that were named before
THIS = "this:"  # and an organ
ADVISED_AT = "advised-at:"  # and an organ
AFTER = "after:"  # and a time: "sau 3 tháng"
REFERENCE = "reference"  # what a finding is compared with: "cao hơn gan (SUVmax: 3,2)"
NEXT = "next"  # advice for the finding that follows


def pointed(fact: Fact, before: Fact, sides: frozenset[str]) -> Fact:
    """``fact`` with what it points back to: the place of the fact before, or the ``sides`` that were said last.

    What cannot be told stays left out.
    """
    for word in sorted(fact.points):
        if word == SAME_SIDE:
            fact = fact._replace(items=_on_side(fact, sides))
        elif word == ACROSS_IT and len(sides) == 1:
            fact = fact._replace(items=_across(fact.items, next(iter(sides))))
        elif word == BESIDE_IT:
            fact = fact._replace(items=fact.items + _beside(before))
        elif word in (WITH_IT, REST) and not fact.items:
            fact = fact._replace(items=before.items)
        elif word.startswith(THIS):
            fact = fact._replace(items=_this(fact.items, word[len(THIS) :], before.items))
    return fact


def _on_side(fact: Fact, sides: frozenset[str]) -> tuple[Item, ...]:
    sides = fact.sides or sides
    if len(sides) != 1:
        return fact.items
    side = next(iter(sides))
    return tuple(Item(i.atoms, i.side or side, i.span) for i in fact.items)


def _across(items: tuple[Item, ...], side: str) -> tuple[Item, ...]:
    """ "bên kia", "nốt đối bên": the other of two sides."""
    other = {"right": "left", "left": "right"}[side]
    return tuple(Item(i.atoms, i.side or other, i.span) for i in items) or (Item(frozenset(), other),)


def _beside(before: Fact) -> tuple[Item, ...]:
    if len(before.items) != 1:
        return ()
    return tuple(Item(i.atoms | {"rel:beside"}, i.side, i.span) for i in before.items)


def _this(items: tuple[Item, ...], organ: str, before: tuple[Item, ...]) -> tuple[Item, ...]:
    meant = [i for i in before if organ in i.wider]
    if len(meant) != 1:
        return items
    whole = meant[0]
    return tuple(
        Item((i.atoms - {organ}) | whole.atoms, i.side or whole.side, i.span) if organ in i.atoms else i for i in items
    )
