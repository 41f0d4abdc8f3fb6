"""The elements of a JSON array in a file as raw bytes, one after the other, without holding the file.

An element whose inside is broken still ends where its brackets close, or where its line ends if the file has an element
a line, so that the elements after it are read.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

CHUNK = 1 << 20
_LINE = 1 << 22  # bytes within which a line is looked for
_SPACE = b" \t\r\n"
# Strings are swallowed whole: brackets and commas inside them mean nothing. A lone quote is a string not yet read to its end.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{},]', re.S)


UNREAD: Any = object()
"""Stands for the value of an element that has not been parsed, or that does not parse."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its bytes, and its value where finding its end has parsed it anyway."""

    raw: bytes
    value: Any


class _Window:
    """The part of the file in memory: ``data`` from ``start`` on has not been used yet."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.data, self.start = stream, b"", 0

    def more(self) -> bool:
        """Read another chunk; False at the end of the file."""
        chunk = self.stream.read(max(CHUNK, len(self.data) - self.start))
        self.data, self.start = self.data[self.start :] + chunk, 0
        return bool(chunk)

    def skip(self, letters: bytes) -> bytes:
        """Pass over ``letters``; the next byte, empty at the end of the file."""
        while True:
            while self.start < len(self.data) and self.data[self.start] in letters:
                self.start += 1
            if self.start < len(self.data):
                return self.data[self.start : self.start + 1]
            if not self.more():
                return b""

    def line(self, offset: int = 0) -> bytes | None:
        """The line that begins ``offset`` bytes after the start, without its end; None if it is too long to say."""
        while (stop := self.data.find(b"\n", self.start + offset)) < 0:
            if len(self.data) - self.start > _LINE:
                return None
            if not self.more():
                stop = len(self.data)
                break
        return self.data[self.start + offset : stop]


def _parsed(piece: bytes) -> Any:
    """The JSON value of ``piece``, or UNREAD."""
    try:
        return orjson.loads(piece)
    except orjson.JSONDecodeError:
        return UNREAD


def _line_element(line: bytes) -> Element:
    """The element that fills ``line``, as writers of one row a line make it; UNREAD if the line is something else."""
    piece = line.rstrip(_SPACE + b",")
    return Element(piece, _parsed(piece) if piece.startswith(b"{") else UNREAD)


def _by_line(window: _Window) -> Element | None:
    """The element that has its line for itself; None if the elements do not lie like that."""
    line = window.line()
    if line is None:
        return None
    element = _line_element(line)
    if element.value is not UNREAD:
        return element
    following = window.line(len(line) + 1)
    if line.rstrip(_SPACE)[-1:] not in (b",", b"}") or following is None:
        return None
    alone = following.strip(_SPACE) == b"]" or _line_element(following.lstrip(_SPACE)).value is not UNREAD
    return Element(line.rstrip(_SPACE).removesuffix(b","), UNREAD) if alone else None


def _tail(piece: bytes) -> bytes:
    """The closing brackets at the end of an element: rows of one kind end alike."""
    return piece[len(piece.rstrip(b"]}")) :]


def _by_tail(window: _Window, tail: bytes) -> Element | None:
    """The object that ends with ``tail``, as the one before it did; a guess that parsing proves or drops."""
    found = window.data.find(tail, window.start) if tail else -1
    if found < 0 or not window.data.startswith(b"{", window.start):
        return None
    piece = window.data[window.start : found + len(tail)]
    value = _parsed(piece)
    return Element(piece, value) if value is not UNREAD else None


def _by_brackets(window: _Window, limit: int) -> Element | None:
    """The element at the window's start; None when the file or the limit ends before it does."""
    size = _size(window, limit)
    return None if size is None else Element(window.data[window.start : window.start + size], UNREAD)


def _size(window: _Window, limit: int) -> int | None:
    depth, offset = 0, 0
    while True:
        for token in _TOKEN.finditer(window.data, window.start + offset):
            mark = token.group()
            if mark == b'"':
                break
            if depth == 0 and mark in (b"]", b"}", b","):
                return token.start() - window.start
            depth += (mark in (b"[", b"{")) - (mark in (b"]", b"}"))
            offset = token.end() - window.start
            if depth == 0 and mark in (b"]", b"}"):
                return offset
        if offset > limit or len(window.data) - window.start > 2 * limit or not window.more():
            return None


def elements(stream: BinaryIO, limit: int) -> Iterator[Element | str]:
    """The elements of the array in ``stream``, in order; a text in place of one says why the array ends there.

    ``limit`` is the largest size of an element in bytes.
    """
    window = _Window(stream)
    if window.skip(_SPACE) != b"[":
        yield "the file does not begin with ["
        return
    window.start += 1
    if window.skip(_SPACE) == b"]":
        window.start += 1
    elif (problem := (yield from _filled(window, limit))) is not None:
        yield problem
        return
    if window.skip(_SPACE):
        yield "there is text after the closing ]"


def _filled(window: _Window, limit: int) -> Generator[Element, None, str | None]:
    """The elements up to the closing bracket; returns why there is none, None if there is."""
    by_line, tail = True, b""
    while window.skip(_SPACE):
        element = _by_line(window) if by_line else _by_tail(window, tail)
        by_line = by_line and element is not None
        element = element or _by_brackets(window, limit)
        if element is None:
            return f"an element is cut off, or larger than {limit} bytes"
        window.start += len(element.raw)
        tail = _tail(element.raw)
        yield element
        mark = window.skip(_SPACE)
        if mark not in (b",", b"]"):
            return "between two elements there is no comma" if mark else "the array is cut off: its ] is missing"
        window.start += 1
        if mark == b"]":
            return None
    return "the array is cut off: its ] is missing"
