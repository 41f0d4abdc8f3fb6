"""Questions and answers of one case: single pairs or a conversation, from findings alone."""

import random
from typing import Any

from vimedsynth.grounded.overview import drafts_about
from vimedsynth.grounded.plan import conversation_drafts, single_drafts
from vimedsynth.grounded.saying import worded
from vimedsynth.grounded.scope import Scope
from vimedsynth.samples import Case


def write_vqa(case: Case, *, style: str, seed: int, per_finding: bool = False) -> dict[str, list[dict[str, Any]]]:
    """``{"pairs": [...]}`` for style ``single``, ``{"turns": [...]}`` for ``multi``.

    Every finding of the case is asked about at least once (save a denial all of which the report itself contradicts,
    and what the fact guard would not let pass in any wording); with ``per_finding`` each in every way it can be.
    Evidence are sentence numbers, findings are finding ids. The same case, style and seed give the same payload.
    """
    field = "pairs" if style == "single" else "turns"
    if not case.findings:
        return {field: []}
    rng = random.Random(f"vqa {style} {seed} {case.region} {case.report.text}")
    scope = Scope(case)
    own, about = scope.drafts, list(drafts_about(scope))
    if style == "single":
        drafts = single_drafts(case.findings, own, about, rng, per_finding=per_finding)
    else:
        drafts = conversation_drafts(case.findings, own, about, rng)
    spare = [draft for mine in own.values() for draft in mine] + about
    return {field: list(worded(drafts, scope, rng, talk=style != "single", spare=spare))}
