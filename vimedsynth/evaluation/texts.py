"""Text metrics of generated reports against the written ones: BLEU-4, ROUGE-1, ROUGE-L, optionally BERTScore.

All figures are percentages. BLEU is corpus BLEU on cased tokens with punctuation (sacrebleu, ``tokenize="none"``
over the named tokenizer); ROUGE is the mean F measure over pairs on lower-case words.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.errors import DataRefused, missing_extra
from vimedsynth.evaluation.boilerplate import split_boilerplate
from vimedsynth.evaluation.lesions import read_json
from vimedsynth.evaluation.tokenizers import RougeTokens, Tokenizer
from vimedsynth.reports import Section, flat_report, nfc


@dataclass(frozen=True, slots=True)
class Pair:
    """A generated text and the written one; ``region`` where the row names it, else None (a whole report)."""

    generated: str
    ground_truth: str
    region: str | None = None

    def map(self, change: Callable[[str], str]) -> "Pair":
        return Pair(change(self.generated), change(self.ground_truth), self.region)


@dataclass(frozen=True, slots=True)
class TextScores:
    """Figures over ``pairs`` pairs, in percent; ``bertscore`` (F1) only when a model was named."""

    pairs: int
    bleu4: float
    rouge1: float
    rouge_l: float
    bertscore: float | None = None

    def json(self) -> dict[str, int | float]:
        out: dict[str, int | float] = {"pairs": self.pairs, "BLEU-4": self.bleu4, "ROUGE-1": self.rouge1}
        out["ROUGE-L"] = self.rouge_l
        return out if self.bertscore is None else {**out, "BERTScore": self.bertscore}


@dataclass(frozen=True, slots=True)
class TextReport:
    """Scores of everything, by region, and with standard sentences and the rest told apart."""

    signature: str
    overall: TextScores
    regions: dict[str, TextScores]
    disease: TextScores | None  # without boilerplate
    boilerplate: TextScores | None

    def json(self) -> dict[str, object]:
        parts = {"without_boilerplate": self.disease, "boilerplate": self.boilerplate}
        return {
            "signature": self.signature,
            "overall": self.overall.json(),
            "regions": {name: scores.json() for name, scores in self.regions.items()},
            **{name: scores.json() if scores else None for name, scores in parts.items()},
        }


BertScorer = Callable[[Sequence[str], Sequence[str]], float]
"""Generated texts and written texts -> mean F1 in percent."""


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Pairs from JSON (an array, or one object) or JSON Lines; raises :class:`DataRefused` naming file and row."""
    rows = _json_lines(path) if path.suffix in {".jsonl", ".ndjson"} else read_json(path)
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list):
        raise DataRefused(f"{path}: found {type(rows).__name__}, expected an array of pairs")
    if not rows:
        raise DataRefused(f"{path}: holds no pairs")
    return tuple(_pair(path, number, row) for number, row in enumerate(rows, 1))


def _json_lines(path: Path) -> list[object]:
    rows = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataRefused(f"{path}: cannot be read as UTF-8 text ({type(error).__name__})") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError) as error:
                raise DataRefused(f"{path}: line {number} is not JSON") from error
    return rows


def _pair(path: Path, number: int, row: object) -> Pair:
    if not isinstance(row, dict):
        raise DataRefused(f"{path}: row {number} is {type(row).__name__}, expected an object")
    texts = []
    for key in ("generated", "ground_truth"):
        if not isinstance(row.get(key), str):
            raise DataRefused(f"{path}: row {number}: {key!r} is missing or not a string")
        texts.append(nfc(row[key]))
    region = row.get("region")
    return Pair(texts[0], texts[1], str(region) if region is not None else None)


def score_pairs(pairs: Sequence[Pair], tokenize: Tokenizer, bert: BertScorer | None = None) -> TextScores:
    """The figures over ``pairs`` (one at least)."""
    bleu, _ = _bleu(pairs, tokenize)
    rouge1, rouge_l = _rouge(pairs, tokenize)
    hypotheses, references = [pair.generated for pair in pairs], [pair.ground_truth for pair in pairs]
    return TextScores(len(pairs), bleu, rouge1, rouge_l, bert(hypotheses, references) if bert else None)


def _bleu(pairs: Sequence[Pair], tokenize: Tokenizer) -> tuple[float, str]:
    try:
        from sacrebleu.metrics.bleu import BLEU
    except ImportError as error:
        raise missing_extra("evaluate", "BLEU-4") from error
    metric = BLEU(tokenize="none", force=True)
    tokens = [pair.map(lambda text: " ".join(tokenize(text))) for pair in pairs]
    result = metric.corpus_score([pair.generated for pair in tokens], [[pair.ground_truth for pair in tokens]])
    return round(result.score, 2), str(metric.get_signature())


def _rouge(pairs: Sequence[Pair], tokenize: Tokenizer) -> tuple[float, float]:
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise missing_extra("evaluate", "ROUGE") from error
    scorer = RougeScorer(["rouge1", "rougeL"], tokenizer=RougeTokens(tokenize))
    scores = [scorer.score(pair.ground_truth, pair.generated) for pair in pairs]
    means = [100 * sum(score[name].fmeasure for score in scores) / len(scores) for name in ("rouge1", "rougeL")]
    return round(means[0], 2), round(means[1], 2)


def bert_scorer(model: str) -> BertScorer:
    """BERTScore with the named model (a local folder or a name that is already in the local cache), all its layers.

    Texts longer than the model reads are cut there, as BERTScore does; score long reports by region.
    """
    try:
        from bert_score import BERTScorer
        from transformers import AutoConfig
    except ImportError as error:
        raise missing_extra("bertscore", "--bertscore") from error
    try:
        config = AutoConfig.from_pretrained(model, local_files_only=True)
        scorer = BERTScorer(model_type=model, num_layers=config.num_hidden_layers)
    except (OSError, ValueError) as error:
        raise DataRefused(f"--bertscore {model}: no such model on this machine") from error
    # Tokenizers without a length of their own say 10**30, which bert-score hands on to code that takes 64 bits.
    tokenizer = scorer._tokenizer
    tokenizer.model_max_length = min(tokenizer.model_max_length, config.max_position_embeddings - 2)

    def score(generated: Sequence[str], written: Sequence[str]) -> float:
        return round(100 * float(scorer.score(list(generated), list(written))[2].mean()), 2)

    return score


def _by_region(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.region is not None:
            groups[pair.region].append(pair)
            continue
        sides = [_sections(text) for text in (pair.generated, pair.ground_truth)]
        for section in Section:
            if any(section in side for side in sides):
                groups[section].append(Pair(sides[0].get(section, ""), sides[1].get(section, "")))
    return groups


def _sections(text: str) -> dict[Section, str]:
    report = flat_report(text)
    return {section: " ".join(s.text for s in report.section(section)) for section in report.sections}


def _not_empty(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.generated or pair.ground_truth]


def report_texts(pairs: Sequence[Pair], tokenize: Tokenizer, bert: BertScorer | None = None) -> TextReport:
    """All figures. A part that neither text of a pair has is left out; one that only one of them has counts as 0."""

    def part(chosen: Sequence[Pair]) -> TextScores | None:
        kept = _not_empty(chosen)
        return score_pairs(kept, tokenize, bert) if kept else None

    regions = {str(name): part(group) for name, group in _by_region(pairs).items()}
    return TextReport(
        signature=_bleu(pairs, tokenize)[1],
        overall=score_pairs(pairs, tokenize, bert),
        regions={name: scores for name, scores in regions.items() if scores},
        disease=part([pair.map(lambda text: split_boilerplate(text).disease) for pair in pairs]),
        boilerplate=part([pair.map(lambda text: split_boilerplate(text).boilerplate) for pair in pairs]),
    )
