"""`schema`, `prompt` and `policy`: list and show the data files behind the program."""

from importlib.resources import files

import click

from vimedsynth.errors import Misuse


def _listing(package: str, suffix: str) -> dict[str, str]:
    folder = files(package)
    return {
        entry.name.removesuffix(suffix): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda item: item.name)
        if entry.name.endswith(suffix)
    }


def _group(kind: str, package: str, suffix: str) -> click.Group:
    @click.group(name=kind)
    def group() -> None:
        pass

    group.help = f"List the {kind} files, or show one."

    @group.command("list")
    def list_() -> None:
        """The names, one a line."""
        for name in _listing(package, suffix):
            click.echo(name)

    @group.command("show")
    @click.argument("name")
    def show(name: str) -> None:
        """One file as it is."""
        known = _listing(package, suffix)
        if name not in known:
            raise Misuse(f"{kind} {name!r} is not known; expected one of: {', '.join(known) or '(none)'}")
        click.echo(known[name].rstrip("\n"))

    return group


schema = _group("schema", "vimedsynth.schemas", ".schema.json")
prompt = _group("prompt", "vimedsynth.prompts", ".j2")
policy = _group("policy", "vimedsynth.augment.policies", ".json")
