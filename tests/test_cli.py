"""The command line as a user meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from vimedsynth.cli import COMMANDS, cli


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, vimedsynth.cli; print(sorted({'numpy', 'cv2', 'openai', 'jsonschema', 'orjson'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_command_is_wrong_usage() -> None:
    assert CliRunner().invoke(cli, ["nothing"]).exit_code == 2


@pytest.mark.parametrize("name", ["check", "extract"])
@pytest.mark.parametrize("through", ["file", "link"])
def test_a_filter_does_not_write_over_what_it_reads(tmp_path: Path, name: str, through: str) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "a", "patient_id": "a", "report": "Hình ảnh bắt xạ ở não.", "text": "Não."}\n', "utf-8")
    out = rows
    if through == "link":
        out = tmp_path / "link.jsonl"
        out.symlink_to(rows)
    before = rows.read_bytes()
    done = CliRunner().invoke(cli, [name, str(rows), "-o", str(out)])
    assert done.exit_code == 2
    assert "is the file that is read" in done.output
    assert rows.read_bytes() == before


def judged(tmp_path: Path, row: dict[str, object]) -> dict[str, object]:
    (tmp_path / "pairs.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    done = CliRunner().invoke(cli, ["check", str(tmp_path / "pairs.jsonl")])
    verdict: dict[str, object] = json.loads(done.stdout)
    assert done.exit_code == (0 if verdict["accepted"] else 1)
    return verdict


REPORT = "Hình ảnh nốt mờ ở thùy trên phổi trái, kích thước 17 x 12 mm."
PAIR = {
    "id": "a",
    "report": REPORT,
    "question": "Có nốt ở phổi trái không?",
    "answer": "Có nốt mờ ở thùy trên phổi trái.",
}


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"report": " \n"}, "report is empty"), ({"text": REPORT}, "question and answer beside text")],
)
def test_a_row_that_cannot_be_judged_is_refused_by_its_form(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    assert judged(tmp_path, PAIR)["accepted"]
    for row in ({**PAIR, **changed}, {**PAIR, "question": "Có tràn dịch không?", "answer": "Không.", **changed}):
        verdict = judged(tmp_path, row)
        assert not verdict["accepted"]
        ((code, message),) = [(o["code"], o["message"]) for o in verdict["objections"]]  # type: ignore[attr-defined]
        assert code == "schema"
        assert told in message


@pytest.mark.parametrize(("value", "name"), [("null", "null"), ("7", "number"), ("[]", "array"), ('"a"', "string")])
def test_json_types_are_called_what_json_calls_them(tmp_path: Path, value: str, name: str) -> None:
    (tmp_path / "rows.jsonl").write_text(value + "\n")
    for command in (["check"], ["corpus"]):
        done = CliRunner().invoke(cli, [*command, str(tmp_path / "rows.jsonl")])
        assert f"a JSON {name}; expected an object" in done.output


def test_a_report_too_long_to_be_rewritten_is_a_rejection_with_that_name(tmp_path: Path) -> None:
    row = {"patient_id": "p", "report": " ".join([REPORT] * 3000)}
    (tmp_path / "reports.jsonl").write_text(
        json.dumps(row) + "\n" + json.dumps({**row, "report": REPORT}) + "\n", "utf-8"
    )
    done = CliRunner().invoke(
        cli, ["paraphrase", str(tmp_path / "reports.jsonl"), "-o", str(tmp_path / "run"), "--quiet"]
    )
    assert done.exit_code == 0
    assert "refused report-too-long: 1" in done.output
    (refused,) = (tmp_path / "run/rejections.jsonl").read_text("utf-8").splitlines()
    assert "holds at most 40,000" in json.loads(refused)["message"]
    assert len((tmp_path / "run/samples.jsonl").read_text("utf-8").splitlines()) == 1


def test_a_comparison_has_no_findings_to_cover(tmp_path: Path) -> None:
    rows = ({"patient_id": f"p{n}", "report": f"{REPORT} Không thấy tràn dịch màng phổi {n}."} for n in range(3))
    (tmp_path / "reports.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    said = [str(tmp_path / "reports.jsonl"), "--quiet", "-o"]
    compared = CliRunner().invoke(cli, ["compare", *said, str(tmp_path / "c"), "--pairs", "2"])
    assert "comparison: " in compared.output
    assert "findings covered" not in compared.output
    assert "findings covered" in CliRunner().invoke(cli, ["vqa", *said, str(tmp_path / "v")]).output


def test_stats_does_not_pass_over_a_row_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "reports.jsonl").write_text(json.dumps({"patient_id": "p", "report": REPORT}) + "\n", "utf-8")
    run = tmp_path / "run"
    assert CliRunner().invoke(cli, ["vqa", str(tmp_path / "reports.jsonl"), "-o", str(run), "--quiet"]).exit_code == 0
    with (run / "samples.jsonl").open("a") as file:
        file.write('{"id": \n')
    done = CliRunner().invoke(cli, ["stats", str(run), "-o", str(tmp_path / "page.html")])
    assert done.exit_code == 1
    assert "samples.jsonl: row " in done.output
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("command", [["--help"], ["schema", "list"], ["check", "--help"]])
def test_a_full_disk_behind_stdout_is_one_line(command: list[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vimedsynth", *command], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("vimedsynth: ")


@pytest.mark.parametrize("how", ["import", "command"])
def test_an_interruption_while_modules_are_read_is_one_line(tmp_path: Path, how: str) -> None:
    module = "vimedsynth.cli" if how == "import" else "vimedsynth.commands.corpus"
    code = (  # the module is the one that takes long to read when Ctrl-C comes
        "import importlib.abc, os, signal, sys\n"
        "class Slow(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "sys.argv = ['vimedsynth', 'corpus', 'nothing']\n"
        "from vimedsynth.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 130
    assert done.stderr.startswith("vimedsynth: interrupted")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["check", "extract"])
def test_a_filter_reads_stdin_and_pipes(tmp_path: Path, name: str) -> None:
    row = json.dumps({**PAIR, "patient_id": "p"}) + "\n"
    (tmp_path / "rows.jsonl").write_text(row, "utf-8")
    wanted = CliRunner().invoke(cli, [name, str(tmp_path / "rows.jsonl")])
    for given in ("-", "/dev/stdin"):
        said = [sys.executable, "-m", "vimedsynth", name, given]
        done = subprocess.run(said, input=row, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (wanted.exit_code, wanted.stdout)


def test_a_report_by_sections_is_read_by_the_filters_as_by_a_corpus(tmp_path: Path) -> None:
    parts = {"Lồng ngực": REPORT, "Hệ cơ - xương": "Chưa phát hiện hình ảnh bất thường."}
    rows = [{**PAIR, "patient_id": "p", "report": parts}, {**PAIR, "patient_id": "q", "report": {"khác": "x"}}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    for name in ("check", "extract"):
        done = CliRunner().invoke(cli, [name, str(tmp_path / "rows.jsonl")])
        assert done.exit_code == 1
        assert "rows.jsonl:2: report: no section holds any text" in done.stderr
        (row,) = map(json.loads, done.stdout.splitlines())
        assert row.get("accepted", True)
        assert [f["section"] for f in row.get("findings", ())] in ([], ["chest"])
    assert row["findings"]


def test_other_files_of_a_corpus_are_told_by_its_path(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"patient_id": name, "report": REPORT}) + "\n", "utf-8")
    said = ["-o", str(tmp_path / "run"), "--quiet"]
    assert CliRunner().invoke(cli, ["vqa", str(tmp_path / "a.jsonl"), *said]).exit_code == 0
    other = CliRunner().invoke(cli, ["vqa", str(tmp_path / "b.jsonl"), *said])
    assert other.exit_code == 1
    assert f"corpus: {tmp_path / 'a.jsonl'} in the folder, {tmp_path / 'b.jsonl'} asked for" in other.output
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("\n")
    assert "a.jsonl is not as it was then" in CliRunner().invoke(cli, ["vqa", str(tmp_path / "a.jsonl"), *said]).output


@pytest.mark.parametrize(
    ("row", "told"),
    [("{}", "patient_id is missing"), ('{"patient_id": 5}', "a JSON number (5)"), ('{"patient_id": ""}', "is empty")],
)
def test_a_patient_that_is_no_text_is_told(tmp_path: Path, row: str, told: str) -> None:
    (tmp_path / "reports.jsonl").write_text(row + "\n")
    done = CliRunner().invoke(cli, ["corpus", str(tmp_path / "reports.jsonl")])
    assert told in done.output


def test_a_result_of_validate_that_cannot_be_written_leaves_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"patient_id": 1, "report": 2}\n' * 2000)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000));"
        "from vimedsynth.__main__ import main; main()"
    )
    said = ["validate", str(tmp_path / "rows.jsonl"), "--schema", "corpus-line", "-o", str(tmp_path / "out/told.txt")]
    (tmp_path / "out").mkdir()
    full = subprocess.run([sys.executable, "-c", code, *said], capture_output=True, text=True)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert list((tmp_path / "out").iterdir()) == []
    assert CliRunner().invoke(cli, said).exit_code == 1
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["told.txt"]
