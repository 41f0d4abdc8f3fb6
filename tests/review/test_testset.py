"""From decisions to a frozen test set, and to other tools and back."""

import csv
import hashlib
import secrets
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from tests.review.making import Made, make_run
from vimedsynth.cli import cli
from vimedsynth.errors import DataRefused
from vimedsynth.review.assets import known_reasons
from vimedsynth.review.decisions import read_submission
from vimedsynth.review.desk import Desk, Objected
from vimedsynth.review.doing import take
from vimedsynth.review.exchange import EXCHANGE_BY_NAME
from vimedsynth.review.exchange.words import edit_of, text_of
from vimedsynth.review.files import write_files
from vimedsynth.review.server import Wish, open_desk
from vimedsynth.review.sheets import keep_sheet, show_sheet
from vimedsynth.review.summary import summarise
from vimedsynth.review.testset import freeze

REASONS = frozenset(known_reasons())


def say(desk: Desk, name: str, sample_id: str, verdict: str, **more: Any) -> None:
    body = {"key": secrets.token_hex(8), "sample_id": sample_id, "sample_sha256": desk.rows.row(sample_id).sha256,
            "verdict": verdict, "elapsed_ms": 2000, **more}  # fmt: skip
    made = desk.decide(name, read_submission(body, REASONS))
    assert not isinstance(made, Objected)


def reworded(desk: Desk, sample_id: str, words: str) -> dict[str, Any]:
    turns = desk.rows.row(sample_id).data["turns"]
    return {"turns": [{"question": t["question"], "answer": f"{words} {t['answer']}"} for t in turns]}


@pytest.fixture
def desk(made: Made) -> Desk:
    """Two readers and a third. 12 both accept, 3 the same edit, 2 both reject, 2 differ (one settled), 1 unread."""
    desk = open_desk(made.run, made.corpus, Wish(readers=("An", "Bình"), adjudicators=("Chi",)))
    ids = list(made.ids)
    for sample_id in ids[:12]:
        for name in ("An", "Bình"):
            say(desk, name, sample_id, "accept")
    for sample_id in ids[12:15]:
        for name in ("An", "Bình"):
            say(desk, name, sample_id, "edit", edit=reworded(desk, sample_id, "Theo báo cáo,"), confirmed=True)
    for sample_id in ids[15:17]:
        for name in ("An", "Bình"):
            say(desk, name, sample_id, "reject", reason="wrong-fact")
    for sample_id in ids[17:19]:
        say(desk, "An", sample_id, "accept")
        say(desk, "Bình", sample_id, "reject", reason="unclear")
    say(desk, "Chi", ids[17], "accept")
    return desk


def rows(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_the_summary_counts_and_agrees_with_a_hand(desk: Desk) -> None:
    """17 of 19 pairs agree. An: 14/3/2, Bình: 12/3/4 of 19; pe = (14*12 + 3*3 + 2*4)/361 = 185/361."""
    found = summarise(desk)
    assert found.states == {"waiting": 1, "disputed": 1, "settled": 18}
    assert found.final == {"accept": 13, "edit": 3, "reject": 2}
    agreed = found.agreement["all"]
    assert agreed.items == 19
    assert agreed.cohen == pytest.approx((17 / 19 - 185 / 361) / (1 - 185 / 361))
    assert sum(a.items for name, a in found.agreement.items() if name != "all") == 19
    assert found.reviewers[0].seconds_each == 2.0


def test_the_set_holds_what_passed_and_nothing_else(desk: Desk, tmp_path: Path, made: Made) -> None:
    frozen = freeze(desk, tmp_path / "set")
    assert frozen.left_out == {"waiting": 1, "disputed": 1, "rejected": 2}
    samples = rows(tmp_path / "set" / "samples.jsonl")
    assert len(samples) == frozen.samples == 16
    ids = {row["id"] for row in samples}
    assert set(made.ids[:12]) | {made.ids[17]} <= ids
    assert not ids & set(made.ids[12:17])  # edited samples have new words and so a new id
    assert sum(row["turns"][0]["answer"].startswith("Theo báo cáo,") for row in samples) == 3
    card = orjson.loads((tmp_path / "set" / "test_set.json").read_bytes())
    assert card["sha256"] == hashlib.sha256((tmp_path / "set" / "samples.jsonl").read_bytes()).hexdigest()
    assert len(rows(tmp_path / "set" / "decisions.jsonl")) == 39
    for page in ("signature.html", "validation.html"):
        text = (tmp_path / "set" / page).read_text(encoding="utf-8")
        assert card["sha256"] in text
        assert "Bình" in text


def test_frozen_is_frozen(desk: Desk, tmp_path: Path, made: Made) -> None:
    first = freeze(desk, tmp_path / "set")
    before = {p.name: p.read_bytes() for p in (tmp_path / "set").iterdir()}
    assert freeze(desk, tmp_path / "set") == first
    assert {p.name: p.read_bytes() for p in (tmp_path / "set").iterdir()} == before
    say(desk, "Chi", made.ids[18], "accept")
    with pytest.raises(DataRefused, match="another folder"):
        freeze(desk, tmp_path / "set")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("x")
    with pytest.raises(DataRefused, match="not empty"):
        freeze(desk, tmp_path / "other")


def test_nothing_is_frozen_from_a_changed_record(desk: Desk, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(desk.ledger.records.path) as link:
        link.execute("DROP TRIGGER record_is_final")
        link.execute("UPDATE record SET author = 'Chi' WHERE kind = 'decision' AND id = 5")
    link.close()
    with pytest.raises(DataRefused, match="record 5"):
        freeze(desk, tmp_path / "set")


def test_nothing_accepted_is_nothing_to_freeze(made: Made, tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="nothing to freeze"):
        freeze(open_desk(made.run, None, Wish()), tmp_path / "set")


def test_the_set_passes_the_gate_and_its_patients_are_not_trained_on(desk: Desk, tmp_path: Path, made: Made) -> None:
    freeze(desk, tmp_path / "set")
    checked = CliRunner().invoke(cli, ["validate", str(tmp_path / "set" / "samples.jsonl")])
    assert checked.exit_code == 0, checked.output
    decided = CliRunner().invoke(
        cli, ["validate", str(tmp_path / "set" / "decisions.jsonl"), "--schema", "review-decision"]
    )
    assert decided.exit_code == 0, decided.output
    split = tmp_path / "set" / "split.csv"
    frozen = {row["patient_id"] for row in csv.DictReader(split.read_text(encoding="utf-8").splitlines())}
    train_run = make_run(tmp_path / "more", studies=7).run  # studies 0..4 again, and two that were never reviewed
    text = (train_run / "samples.jsonl").read_bytes().replace(b'"split":"test"', b'"split":"train"')
    (train_run / "samples.jsonl").write_bytes(text)
    joined = CliRunner().invoke(cli, ["manifest", str(train_run), "-o", str(tmp_path / "out"), "--split", "patient",
                                      "--test-set", str(split), "--format", "jsonl", "--quiet"])  # fmt: skip
    assert joined.exit_code == 0, joined.output
    lineage = rows(tmp_path / "out" / "lineage.jsonl")
    patients = {row["patient_id"] for row in lineage if row["split"] == "train"}
    assert not patients & frozen
    assert {row["patient_id"] for row in lineage if row["split"] == "test"} >= frozen & {
        r["patient_id"] for r in lineage
    }


def test_decisions_become_cases_for_the_guard(desk: Desk, tmp_path: Path) -> None:
    freeze(desk, tmp_path / "set")
    cases = rows(tmp_path / "set" / "regressions.jsonl")
    assert {case["expected"] for case in cases} == {True, False}
    assert all(case["report"] and case["prompt_sha256"] for case in cases)
    told = CliRunner().invoke(cli, ["check", str(tmp_path / "set" / "regressions.jsonl")])
    assert len(told.stdout.splitlines()) == len(cases)


@pytest.mark.parametrize("name", sorted(EXCHANGE_BY_NAME))
def test_there_and_back_is_the_same(desk: Desk, tmp_path: Path, made: Made, name: str) -> None:
    """What another tool was given and gives back makes the same outcome in a review that knew nothing."""
    tool = EXCHANGE_BY_NAME[name]
    write_files(tmp_path / "out", tool.write(desk))
    run = tmp_path / "elsewhere"
    run.mkdir()
    (run / "samples.jsonl").write_bytes((made.run / "samples.jsonl").read_bytes())
    fresh = open_desk(run, made.corpus, Wish(readers=("An", "Bình"), adjudicators=("Chi",)))
    source = tmp_path / "out" / "tasks.json" if name == "label-studio" else tmp_path / "out"
    # The third's queue holds a sample only once both readings are there: hence twice.
    first, again = (take(fresh, source, name) for _ in range(2))
    assert first["taken"] + first["not-in-queue"] == 39
    assert again["taken"] == 39
    assert len(fresh.ledger.decisions()) == 39
    assert summarise(fresh).final == summarise(desk).final
    assert summarise(fresh).agreement == summarise(desk).agreement


@pytest.mark.parametrize("name", sorted(EXCHANGE_BY_NAME))
def test_a_broken_file_is_named(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / "records.json").write_text("{")
    with pytest.raises(DataRefused, match="expected"):
        take(desk, tmp_path / "records.json", name)


def test_a_strange_task_is_counted(desk: Desk, tmp_path: Path, made: Made) -> None:
    choice = {"from_name": "verdict", "value": {"choices": ["accept"]}}
    data = {"sample_id": made.ids[19], "sample_sha256": desk.rows.row(made.ids[19]).sha256}
    tasks = [
        {"data": data, "annotations": [{"completed_by": 7, "result": [choice]}]},
        {
            "data": {**data, "sample_id": "none"},
            "annotations": [{"completed_by": {"first_name": "An"}, "result": [choice]}],
        },
        {
            "data": {**data, "sample_sha256": "old"},
            "annotations": [{"completed_by": {"first_name": "An"}, "result": [choice]}],
        },
        {"data": data, "annotations": [{"completed_by": {"first_name": "An"}, "result": []}]},
        {"data": data, "annotations": [{"was_cancelled": True, "result": []}]},
        {"annotations": [{"result": None}]},
        7,
    ]
    (tmp_path / "tasks.json").write_bytes(orjson.dumps(tasks))
    assert take(desk, tmp_path / "tasks.json", "label-studio") == {
        "unknown-reviewer": 1, "unknown-sample": 1, "sample-changed": 1, "unknown-verdict": 1, "cancelled": 1,
        "task-not-readable": 2,
    }  # fmt: skip


def test_text_and_back() -> None:
    content = {"turns": [{"question": "A?\nB?", "answer": "c\n\nd"}, {"question": "E?", "answer": "Hỏi gì"}]}
    assert edit_of(text_of(content), content)["turns"] == content["turns"]


def test_sheets_are_written_in_the_official_keys(desk: Desk, tmp_path: Path, made: Made) -> None:
    shown = show_sheet(desk, "An", made.ids[0])
    assert shown["lesions"]
    assert shown["confirmed"] is None
    kept = keep_sheet(desk, "An", made.ids[0], "key-00001", shown["lesions"])
    assert show_sheet(desk, "An", made.ids[1])["confirmed"] == kept["confirmed"]  # the same study
    freeze(desk, tmp_path / "set")
    path = tmp_path / "set" / "lesions" / "study-00000.json"
    assert orjson.loads(path.read_bytes()) == kept["lesions"]
    checked = CliRunner().invoke(cli, ["validate", str(path), "--schema", "lesion"])
    assert checked.exit_code == 0, checked.output


def test_the_command_tells_exports_and_imports(desk: Desk, tmp_path: Path, made: Made) -> None:
    run = str(made.run)
    told = CliRunner().invoke(cli, ["review", run, "--status", "--json"])
    assert told.exit_code == 0, told.output
    assert orjson.loads(told.stdout)["final"]["accept"] == 13
    assert "read twice" in CliRunner().invoke(cli, ["review", run, "--status"]).stdout
    corpus = ["--corpus", str(made.corpus)]
    assert CliRunner().invoke(cli, ["review", run, *corpus, "--export", str(tmp_path / "set")]).exit_code == 0
    out = str(tmp_path / "ls")
    assert CliRunner().invoke(cli, ["review", run, *corpus, "--export", out, "--as", "label-studio"]).exit_code == 0
    taken = CliRunner().invoke(cli, ["review", run, "--import", f"{out}/tasks.json", "--as", "label-studio", "--json"])
    assert orjson.loads(taken.stdout) == {"taken": 39}
    assert CliRunner().invoke(cli, ["review", run, "--export", out, "--as", "excel"]).exit_code == 2
    assert CliRunner().invoke(cli, ["review", run, "--host", "0.0.0.0"]).exit_code == 2
    assert CliRunner().invoke(cli, ["review", str(made.corpus)]).exit_code == 1
