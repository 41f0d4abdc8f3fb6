"""Texts in another encoding than UTF-8, told apart well enough to say what they look like."""

import re

_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# What windows-1252 shows for the bytes 0x80 to 0xBF, which follow the first byte of a letter in UTF-8.
_FOLLOWING = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_SHATTERED = re.compile(f"á[º»]{_FOLLOWING}|[ÃÄÅÆ]{_FOLLOWING}")
_FEW = 3
"""Shattered letters in a text that may be chance: Ã before a closing quotation mark, as in “ĐÃ”."""


def not_utf8(data: bytes) -> str | None:
    """What ``data`` looks like where it is not UTF-8; None where it is."""
    if data.startswith(_UTF16) or data[1:2] == b"\0" or data[:1] == b"\0":
        return "not UTF-8: this looks like UTF-16; expected a file saved as UTF-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}; expected a file saved as UTF-8"
    return None


def is_mojibake(text: str) -> bool:
    """Whether Vietnamese in UTF-8 was read as Latin-1 or windows-1252 on its way here: every letter in pieces."""
    return sum(1 for _ in zip(range(_FEW), _SHATTERED.finditer(text), strict=False)) == _FEW
