"""`vimedsynth review RUN`: the expert's page on loopback."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vimedsynth.errors import Misuse

if TYPE_CHECKING:
    from vimedsynth.review.desk import Desk
    from vimedsynth.review.server import Place

_RUN = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(short_help="The expert's page on loopback.")
@click.argument("run", type=_RUN)
@click.option("--corpus", type=click.Path(exists=True, path_type=Path), help="Reports and scans behind the samples.")
@click.option("--reviewer", "readers", multiple=True, help="A reader's name; repeat for more. Default: one reader.")
@click.option("--adjudicator", "adjudicators", multiple=True, help="A third, who settles what two readers differ on.")
@click.option("--plan", type=click.Choice(["all", "random", "finding", "risk"]), help="Which samples; default all.")
@click.option("--size", type=click.IntRange(1), help="How many samples the plan takes.")
@click.option("--seed", type=int, help="Seed of the plan; default 0.")
@click.option("--double", type=click.FloatRange(0, 1), help="Share read by two; default all with two or more readers.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another address than loopback needs TLS.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--name", "names", multiple=True, help="A host name of the certificate; repeat for more.")
@click.option("--tls-cert", type=_FILE, help="Certificate chain (PEM).")
@click.option("--tls-key", type=_FILE, help="Its private key (PEM).")
@click.option("--new-tokens", is_flag=True, help="Make every link given out so far useless.")
@click.option("--status", is_flag=True, help="Tell how far the review is, and end.")
@click.option("--export", "target", type=click.Path(file_okay=False, path_type=Path), help="Write the result, and end.")
@click.option("--import", "source", type=click.Path(exists=True, path_type=Path), help="Take decisions in, and end.")
@click.option("--as", "form", default="test-set", show_default=True, help="test-set, label-studio or argilla.")
@click.option("--json", "as_json", is_flag=True, help="--status and --import as JSON.")
def review(
    run: Path, corpus: Path | None, readers: tuple[str, ...], adjudicators: tuple[str, ...], plan: str | None,
    size: int | None, seed: int | None, double: float | None, host: str, port: int, names: tuple[str, ...],
    tls_cert: Path | None, tls_key: Path | None, new_tokens: bool, status: bool, target: Path | None,
    source: Path | None, form: str, as_json: bool,
) -> None:  # fmt: skip
    """Let physicians accept, edit and reject the samples of RUN, one link for each reviewer.

    Every decision goes to RUN/review.sqlite at once. `--export DIR` freezes what passed as a test set.
    """
    from vimedsynth.review.server import Place, Wish, check_place, open_desk

    place = Place(host, port, tls_cert, tls_key, names)
    check_place(place)
    _check_form(form)
    desk = open_desk(run, corpus, Wish(readers, adjudicators, plan, size, seed, double))
    if source or target or status:
        _report(desk, source, target, status, form, as_json)
    else:
        _serve(desk, place, new_tokens)


def _check_form(form: str) -> None:
    from vimedsynth.review.doing import FORMATS

    if form not in FORMATS:
        raise Misuse(f"--as {form}: expected {', '.join(FORMATS)}")


def _report(desk: "Desk", source: Path | None, target: Path | None, status: bool, form: str, as_json: bool) -> None:
    import orjson

    from vimedsynth.review.doing import export, take, told
    from vimedsynth.review.summary import summarise

    if source:
        taken = take(desk, source, form)
        click.echo(orjson.dumps(taken).decode() if as_json else ", ".join(f"{k} {n}" for k, n in sorted(taken.items())))
    if target:
        click.echo(export(desk, target, form))
    if status:
        summary = summarise(desk)
        click.echo(orjson.dumps(summary.json()).decode() if as_json else told(summary))


def _serve(desk: "Desk", place: "Place", new_tokens: bool) -> None:
    from vimedsynth.engines.addresses import is_loopback_host
    from vimedsynth.review.server import bind, links, make_server

    link = bind(place)
    port = link.getsockname()[1]
    server = make_server(desk, place, port)
    if desk.rows.refused:
        counts = ", ".join(f"{code} {n}" for code, n in sorted(desk.rows.refused.items()))
        click.echo(f"vimedsynth: lines left out: {counts}", err=True)
    if not is_loopback_host(place.host):
        click.echo(
            f"vimedsynth: warning: {place.host} can be reached from other machines; each link is a key", err=True
        )
    for name, address in links(desk, place, port, new_tokens).items():
        click.echo(f"{name}\t{address}")
    server.run([link])
