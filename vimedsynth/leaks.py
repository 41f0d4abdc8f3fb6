"""What one split can learn of another: patients, reports, paraphrases, augmented copies, comparison partners, images.

Everything that can leak is a :class:`Key` of an :class:`Item`; a key that occurs in two splits is a leak. The items are
read twice (a table of keys, then the names), so a million rows cost the memory of their studies.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

SPLIT_ORDER = {"train": 0, "val": 1, "test": 2}
_PLAIN = frozenset({"study", "patient", "report", "near-report", "image"})


@dataclass(frozen=True, slots=True)
class Key:
    """Something an item must not share with another split. ``space`` and ``value`` are compared, ``kind`` is the name
    of the leak: a paraphrase of a study shares that study, and the leak is called ``paraphrase``."""

    space: str  # study | patient | report | near-report | image
    value: str
    kind: str


@dataclass(frozen=True, slots=True)
class Item:
    """A study or a training row with its split and its keys."""

    id: str
    split: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Leak:
    """``id`` in the held-out ``split`` shares ``value`` with ``other_id`` in the split that comes before it."""

    kind: str
    value: str
    split: str
    id: str
    other_split: str
    other_id: str

    def json(self) -> dict[str, str]:
        """The leak as a JSON object."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.kind}: {self.split} {self.id} and {self.other_split} {self.other_id} share {self.value}"


def find_leaks(items: Callable[[], Iterable[Item]]) -> Iterator[Leak]:
    """Every held-out item that shares a key with an earlier split, once for each key and split, in item order.

    The item named on the other side is the first one there, or one whose key has a special kind (a paraphrase, a copy).
    """
    table: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for item in items():
        for key in item.keys:
            places = table.setdefault((key.space, key.value), {})
            if item.split not in places or (places[item.split][1] in _PLAIN and key.kind not in _PLAIN):
                places[item.split] = (item.id, key.kind)
    leaking = {name: places for name, places in table.items() if len(places) > 1}
    if not leaking:
        return
    for item in items():
        for key in item.keys:
            yield from _leaks_of(item, key, leaking.get((key.space, key.value), {}))


def _leaks_of(item: Item, key: Key, places: dict[str, tuple[str, str]]) -> Iterator[Leak]:
    for split, (other, kind) in sorted(places.items()):
        if SPLIT_ORDER[split] < SPLIT_ORDER[item.split]:
            name = key.kind if key.kind not in _PLAIN else kind if kind not in _PLAIN else key.kind
            yield Leak(name, key.value, item.split, item.id, split, other)
