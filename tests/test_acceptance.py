"""Every command against hostile input: no traceback, the right exit code, a message that names the file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vimedsynth.cli import COMMANDS, cli

ARGV_BY_COMMAND: dict[str, list[str]] = {
    # IN is the hostile path, OUT a folder or file that does not exist yet.
    "corpus": ["corpus", "IN"],
    "vqa": ["vqa", "IN", "-o", "OUT"],
    "paraphrase": ["paraphrase", "IN", "-o", "OUT"],
    "compare": ["compare", "IN", "-o", "OUT", "--pairs", "2"],
    "augment": ["augment", "IN", "-o", "OUT", "--policy", "light", "--copies", "1"],
    "manifest": ["manifest", "IN", "-o", "OUT"],
    "validate": ["validate", "IN"],
    "check": ["check", "IN"],
    "extract": ["extract", "IN"],
    "evaluate": ["evaluate", "IN"],
    "evaluate --gold": ["evaluate", "IN", "--gold", "IN", "--protocol", "vimed-pet", "--categories", "IN"],
    "review": ["review", "IN"],
    "stats": ["stats", "IN", "-o", "OUT"],
}
FILTERS = {"check", "extract"}  # nothing in, nothing out: not a fault
WITHOUT_INPUT = {"demo", "doctor", "schema", "prompt", "policy"}


def _missing(path: Path) -> Path:
    return path / "not-there.jsonl"


def _empty(path: Path) -> Path:
    (path / "empty.jsonl").touch()
    return path / "empty.jsonl"


def _empty_folder(path: Path) -> Path:
    (path / "folder").mkdir()
    return path / "folder"


def _folder_named_as_file(path: Path) -> Path:
    (path / "folder.jsonl").mkdir()
    return path / "folder.jsonl"


def _binary(path: Path) -> Path:
    (path / "binary.jsonl").write_bytes(bytes(range(256)) * 64)
    return path / "binary.jsonl"


def _other_type(path: Path) -> Path:
    (path / "scan.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 64)
    return path / "scan.dcm"


def _huge_line(path: Path) -> Path:
    (path / "huge.jsonl").write_bytes(b'{"id": "' + b"a" * 40_000_000 + b'"}\n')
    return path / "huge.jsonl"


def _deep(path: Path) -> Path:
    (path / "deep.jsonl").write_bytes(b"[" * 100_000 + b"]" * 100_000 + b"\n")
    return path / "deep.jsonl"


def _wrong_values(path: Path) -> Path:
    rows = '{"id": 1, "report": 2, "question": [], "answer": null, "patient_id": {}}\n[]\n7\nnull\n"text"\n'
    (path / "values.jsonl").write_text(rows)
    return path / "values.jsonl"


def _other_encoding(path: Path) -> Path:
    (path / "utf16.jsonl").write_bytes('{"patient_id": "p", "report": "Hình ảnh"}\n'.encode("utf-16"))
    return path / "utf16.jsonl"


def _lone_surrogate(path: Path) -> Path:
    (path / "surrogate.jsonl").write_bytes(b'{"id": "a", "patient_id": "a", "report": "\\ud800", "text": "\\udfff"}\n')
    return path / "surrogate.jsonl"


def _broken_run(path: Path) -> Path:
    run = path / "run"
    run.mkdir()
    (run / "run.json").write_text("{}")
    (run / "journal.sqlite").write_bytes(b"not a database" * 100)
    (run / "samples.jsonl").write_text("{}\n")
    (run / "manifest.json").write_text("[")
    return run


def _broken_corpus(path: Path) -> Path:
    corpus = path / "corpus"
    corpus.mkdir()
    (corpus / "metadata.csv").write_bytes(
        b"name,year,pet_path,ct_path,report_path\na,b,../../c,/d,../e.json\n\xff\xfe,1\n"
    )
    return corpus


def _link_loop(path: Path) -> Path:
    (path / "loop.jsonl").symlink_to(path / "loop.jsonl")
    return path / "loop.jsonl"


def _pipe(path: Path) -> Path:
    os.mkfifo(path / "pipe.csv")
    return path


HOSTILE: dict[str, Callable[[Path], Path]] = {
    "missing": _missing,
    "empty": _empty,
    "empty folder": _empty_folder,
    "folder named as a file": _folder_named_as_file,
    "binary": _binary,
    "another type": _other_type,
    "huge line": _huge_line,
    "deep nesting": _deep,
    "wrong values": _wrong_values,
    "another encoding": _other_encoding,
    "lone surrogate": _lone_surrogate,
    "broken run": _broken_run,
    "broken corpus": _broken_corpus,
    "link loop": _link_loop,
    "a pipe in the folder": _pipe,
}


def _run(argv: list[str], hostile: Path, out: Path) -> Result:
    return CliRunner().invoke(cli, [{"IN": str(hostile), "OUT": str(out)}.get(part, part) for part in argv])


def test_every_command_is_here() -> None:
    assert {name.split()[0] for name in ARGV_BY_COMMAND} | WITHOUT_INPUT == set(COMMANDS)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ARGV_BY_COMMAND)
def test_hostile_input_is_refused_by_name(name: str, kind: str, tmp_path: Path) -> None:
    hostile = HOSTILE[kind](tmp_path)
    result = _run(ARGV_BY_COMMAND[name], hostile, tmp_path / "out")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    if kind == "empty" and name in FILTERS:
        assert (result.exit_code, result.output) == (0, "")
        return
    assert result.exit_code in {1, 2}, result.output
    assert hostile.name in result.output, result.output


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_and_unknown_options(name: str) -> None:
    told = CliRunner().invoke(cli, [name, "--help"])
    assert told.exit_code == 0
    assert len(told.output.splitlines()) >= 4
    assert CliRunner().invoke(cli, [name, "--no-such-option"]).exit_code == 2


OUT_OF_REACH = {
    "vqa": ["vqa", "IN", "-o", "OUT"],
    "paraphrase": ["paraphrase", "IN", "-o", "OUT"],
    "augment": ["augment", "IN", "-o", "OUT"],
    "check": ["check", "IN", "-o", "OUT"],
    "extract": ["extract", "IN", "-o", "OUT"],
    "demo": ["demo", "-o", "OUT"],
}


@pytest.mark.parametrize("name", OUT_OF_REACH)
def test_output_that_cannot_be_made_is_told(name: str, tmp_path: Path) -> None:
    reports = tmp_path / "reports.jsonl"
    reports.write_text('{"id": "a", "patient_id": "a", "report": "Hình ảnh bắt xạ ở não.", "text": "Não."}\n')
    (tmp_path / "file").touch()
    result = _run(OUT_OF_REACH[name], reports, tmp_path / "file" / "below")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code in {1, 2}, result.output
    assert "file" in result.output


def test_an_engine_without_its_extra_or_its_module_is_wrong_usage(tmp_path: Path) -> None:
    for engine in ("vllm", "outlines", "ray"):
        result = CliRunner().invoke(cli, ["vqa", str(tmp_path), "-o", str(tmp_path / "r"), "--engine", engine])
        assert result.exit_code in {1, 2}, result.output
        assert isinstance(result.exception, SystemExit)
