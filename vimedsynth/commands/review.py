"""`vimedsynth review RUN`: the expert's page on loopback."""

from pathlib import Path

import click

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
def review(
    run: Path, corpus: Path | None, readers: tuple[str, ...], adjudicators: tuple[str, ...], plan: str | None,
    size: int | None, seed: int | None, double: float | None, host: str, port: int, names: tuple[str, ...],
    tls_cert: Path | None, tls_key: Path | None, new_tokens: bool,
) -> None:  # fmt: skip
    """Let physicians accept, edit and reject the samples of RUN, one link for each reviewer."""
    from vimedsynth.review.server import Place, Wish, bind, check_place, is_loopback, links, open_desk, serve

    place = Place(host, port, tls_cert, tls_key, names)
    check_place(place)
    desk = open_desk(run, corpus, Wish(readers, adjudicators, plan, size, seed, double))
    link = bind(place)
    if not is_loopback(host):
        click.echo(f"vimedsynth: warning: {host} can be reached from other machines; links are keys", err=True)
    for name, address in links(desk, place, link.getsockname()[1], new_tokens).items():
        click.echo(f"{name}\t{address}")
    serve(desk, place, link)
