"""`evaluate`: clinical F1 over lesion lists, or text metrics over pairs of texts."""

from pathlib import Path

import click

from vimedsynth.errors import Misuse

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DIR = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("pred", type=click.Path(exists=True, path_type=Path))
@click.option("--gold", type=_DIR, help="Folder of gold lesion lists (clinical).")
@click.option("--protocol", type=click.Choice(["vimed-pet"]), help="The clinical scorer to follow.")
@click.option("--categories", type=_FILE, help="Phrase lists of the clinical scorer.")
@click.option("--mapping", type=_FILE, help="JSON object: prediction name -> gold name.")
@click.option(
    "--any-spelling", is_flag=True, help="Read both 'hóa' and 'hoá' uptake keys; the official scorer reads one."
)
@click.option(
    "--tokenizer", type=click.Choice(["underthesea", "pyvi", "syllable"]), default="underthesea", show_default=True
)
@click.option("--bertscore", metavar="MODEL", help="Also BERTScore, with a model on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(
    pred: Path,
    gold: Path | None,
    protocol: str | None,
    categories: Path | None,
    mapping: Path | None,
    any_spelling: bool,
    tokenizer: str,
    bertscore: str | None,
    as_json: bool,
) -> None:
    """Score PRED: a folder of lesion lists against --gold, or a file of generated and written texts.

    A text file is JSON or JSON Lines of {"generated", "ground_truth"}, with "region" where a row is one region.
    """
    if pred.is_file() and gold is None:
        if protocol or categories or mapping:
            raise Misuse(
                "--protocol, --categories and --mapping belong to a folder of lesion lists, not to a text file"
            )
        _print_texts(pred, tokenizer, bertscore, as_json)
    elif pred.is_dir() and gold and categories:
        _print_clinical(pred, gold, categories, mapping, any_spelling, as_json)
    else:
        raise Misuse(f"{pred}: a folder of lesion lists needs --gold and --categories; a file of texts takes no --gold")


def _print_clinical(
    pred: Path, gold: Path, categories: Path, mapping: Path | None, any_spelling: bool, as_json: bool
) -> None:
    from vimedsynth.evaluation import clinical

    table = clinical.read_categories(categories)
    pairs = clinical.read_pairs(pred, gold, clinical.read_mapping(mapping) if mapping else None, any_spelling)
    if pairs.unpredicted:
        click.echo(f"note: {len(pairs.unpredicted)} gold files have no prediction and are not counted", err=True)
    scores = {name: score.json() for name, score in clinical.score(pairs.lists, table).items()}
    if as_json:
        click.echo(_dump(scores))
        return
    for name, row in scores.items():
        click.echo("  ".join([f"{name:7}", *(f"{key} {value}" for key, value in row.items())]))


def _print_texts(pred: Path, tokenizer: str, bertscore: str | None, as_json: bool) -> None:
    from vimedsynth.evaluation import texts
    from vimedsynth.evaluation.tokenizers import load_tokenizer

    bert = texts.bert_scorer(bertscore) if bertscore else None
    report = texts.report_texts(texts.read_pairs(pred), load_tokenizer(tokenizer), bert)
    if as_json:
        click.echo(_dump({"tokenizer": tokenizer, **report.json()}))
        return
    parts = {"without boilerplate": report.disease, "boilerplate": report.boilerplate, **report.regions}
    for name, scores in {"overall": report.overall, **parts}.items():
        if scores:
            click.echo("  ".join([f"{name:20}", *(f"{key} {value}" for key, value in scores.json().items())]))


def _dump(value: object) -> str:
    import orjson

    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
