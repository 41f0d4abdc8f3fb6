"""The command line: a click group that imports a command only when it is asked for.

Each command lives in ``vimedsynth/commands/<file>.py`` as a ``click.Command``; the table below names them, so that
``vimedsynth --help`` imports nothing but click (docs/adr/0001).
"""

import errno
import importlib
import signal
import sys
from typing import Any

import click

from vimedsynth import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:attribute, one line for --help)
    "demo": ("vimedsynth.commands.demo:demo", "The whole way on the bundled sample corpus: no model, no network."),
    "corpus": ("vimedsynth.commands.corpus:corpus", "What a corpus holds: studies, gaps, duplicates, splits, leaks."),
    "vqa": ("vimedsynth.commands.vqa:vqa", "Question-answer sets: single questions and conversations."),
    "paraphrase": ("vimedsynth.commands.paraphrase:paraphrase", "Rewrites of reports that keep every fact."),
    "compare": ("vimedsynth.commands.compare:compare", "Pairs of studies and the text of their differences."),
    "augment": ("vimedsynth.commands.augment:augment", "Perturbed slices or volumes, PET and CT together."),
    "manifest": ("vimedsynth.commands.manifest:manifest", "Runs and scans joined into training files."),
    "validate": ("vimedsynth.commands.validate:validate", "The data gate: schema, references, images, leaks."),
    "check": ("vimedsynth.commands.check:check", "The fact guard alone, over pairs from anywhere."),
    "extract": ("vimedsynth.commands.extract:extract", "Findings from reports, with their evidence."),
    "evaluate": ("vimedsynth.commands.evaluate:evaluate", "Clinical and text metrics."),
    "review": ("vimedsynth.commands.review:review", "The expert's page on loopback."),
    "stats": ("vimedsynth.commands.stats:stats", "One self-contained page about a run or a manifest."),
    "doctor": ("vimedsynth.commands.doctor:doctor", "What this machine can run, and how to install the rest."),
    "schema": ("vimedsynth.commands.datafiles:schema", "The JSON Schemas behind the artefacts."),
    "prompt": ("vimedsynth.commands.datafiles:prompt", "The prompts behind the generators."),
    "policy": ("vimedsynth.commands.datafiles:policy", "The augmentation policies."),
}


_LONGEST_NAME = 255


class LazyGroup(click.Group):
    """A group whose commands are imported on first use and whose known errors become one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        from vimedsynth.errors import EXTRA_BY_MODULE, VimedsynthError, missing_extra

        try:
            _commands_handle_ctrl_c()
            return super().invoke(ctx)
        except VimedsynthError as error:
            click.echo(f"vimedsynth: {error}", err=True)
            ctx.exit(error.exit_code)
        except ModuleNotFoundError as error:
            module = (error.name or "").partition(".")[0]
            if module not in EXTRA_BY_MODULE:
                raise
            told = missing_extra(EXTRA_BY_MODULE[module], f"{ctx.invoked_subcommand or 'this command'} ({module})")
            click.echo(f"vimedsynth: {told}", err=True)
            ctx.exit(told.exit_code)
        except OSError as error:
            # A folder that cannot be made, a full disk, a name that is too long: said once, here, for all commands.
            if error.errno == errno.EPIPE or error.strerror is None:
                raise
            click.echo(f"vimedsynth: {_named(error.filename)}: {error.strerror}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("vimedsynth: interrupted; the same command goes on where it was", err=True)
            ctx.exit(130)


def _commands_handle_ctrl_c() -> None:
    """From here on an interruption is an exception; see :mod:`vimedsynth.__main__` for what was before."""
    if getattr(signal.getsignal(signal.SIGINT), "__name__", "") == "_leave":
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _named(file: object) -> str:
    """The file of an error; what is longer than any name may be a text that was taken for one, and is not shown."""
    last = str(file or "").rpartition("/")[2]
    return "a name that is too long" if len(last) > _LONGEST_NAME else str(file or "input or output")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vimedsynth")
def cli() -> None:
    """Evidence-bound training data from Vietnamese PET/CT reports and their scans."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe with another locale must not break Vietnamese text.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
