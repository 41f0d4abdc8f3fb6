"""`doctor`: what this machine can run, with the install line for what it cannot."""

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for a machine to read.")
def doctor(as_json: bool) -> None:
    """What this machine can run, and how to install the rest. Exit 1 when the core itself is incomplete."""
    import orjson

    from vimedsynth.doctor import examine, machine

    checks = examine()
    if as_json:
        click.echo(orjson.dumps({"machine": machine(), "checks": [check.json() for check in checks]}))
    else:
        click.echo(machine())
        for check in checks:
            mark = "ready  " if check.ready else "missing"
            click.echo(f"{check.kind:8} {mark}  {check.name:12} {check.detail}")
            if check.install:
                click.echo(f"{'':30} install: {check.install}")
    raise click.exceptions.Exit(0 if all(check.ready for check in checks if check.kind == "core") else 1)
