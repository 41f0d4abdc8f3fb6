"""A sample of rows that depends on their ids and a seed alone: not on their order, nor on how many others there are."""

from hashlib import blake2b
from heapq import heappush, heapreplace
from typing import Generic, TypeVar

from vimedsynth.validation.problems import Place

T = TypeVar("T")


class Choice(Generic[T]):
    """At most ``size`` of the values offered, with their places."""

    def __init__(self, size: int, seed: int) -> None:
        self._size, self._salt = size, seed.to_bytes(8, "big", signed=True)
        self._heap: list[tuple[int, int, Place, T]] = []
        self._offered = 0

    def offer(self, place: Place, key: str, value: T) -> None:
        """Take ``value`` in, if the hash of its ``key`` is among the smallest so far."""
        self._offered += 1
        if self._size <= 0:
            return
        rank = -int.from_bytes(blake2b(key.encode("utf-8"), digest_size=8, salt=self._salt).digest())
        if len(self._heap) < self._size:
            heappush(self._heap, (rank, -self._offered, place, value))
        elif rank > self._heap[0][0]:
            heapreplace(self._heap, (rank, -self._offered, place, value))

    def chosen(self) -> list[tuple[Place, T]]:
        """The chosen values with their places, in the order in which they were offered."""
        return [(place, value) for _, _, place, value in sorted(self._heap, key=lambda entry: -entry[1])]

    def values(self) -> list[T]:
        """The chosen values, in the order in which they were offered."""
        return [value for _, value in self.chosen()]
