"""What an elliptical answer takes from its question: "Nốt nào nghi di căn?" - "Nốt thùy dưới phổi phải."."""

import re

from vimedsynth.answers.questions import Focus
from vimedsynth.facts import Fact

_NAME = re.compile(r"\s*(?:(?:liệt )?kê|kể|nêu (?:các|những))\b")
_COUNTED = r"(?:ổ|nốt|hạch|khối|nang|đám|tổn thương|vị trí|chỗ|điểm)\b"
# Each way to ask begins with a letter, so that the search goes from one such letter to the next.
_WHICH = re.compile(
    r"nào\b(?<!\wnào)(?<!thế nào)|đâu\b(?<!\wđâu)|những gì\b(?<!\wnhững gì)"
    rf"|bao nhiêu (?<!\wbao nhiêu ){_COUNTED}|mấy (?<!\wmấy ){_COUNTED}"
)


_WHETHER = re.compile(r"\bnào\b[^,?]*\bkhông và\b")
""" "có nốt nào không và có bắt xạ không?": whether there is any, and not which."""


def leant(fact: Fact, focus: Focus, lead: str) -> Fact:
    """``fact`` with what the question says of what it asks for, where the answer says nothing of that kind itself.

    A denial, and an answer that opens with "không", takes nothing.
    """
    if fact.polarity != "present" or lead == "không" or not (fact.items or fact.heads):
        return fact
    asks = _WHICH.search(focus.text) or _NAME.match(focus.text)
    if fact.levels or fact.readings or fact.prior or not asks or _WHETHER.search(focus.text):
        return fact
    wholes = [f for f in focus.facts if f.polarity == "present"]
    if len(wholes) != 1:
        return fact
    (whole,) = wholes
    ranked = bool(fact.suvs) and "nhất" in focus.text  # "hạch nào hấp thu cao nhất?" asks for its SUVmax, not whether
    return fact._replace(
        levels=fact.levels if ranked else whole.levels,
        readings=whole.readings,
        tier=fact.tier or whole.tier,
        tiers=whole.tiers,
        prior=whole.prior if focus.history else fact.prior,
        sizes=fact.sizes or whole.sizes,
        suvs=fact.suvs or whole.suvs,
    )
