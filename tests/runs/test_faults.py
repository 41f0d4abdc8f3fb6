"""Faults of every kind at once: the run completes, every case is answered, every lie is refused."""

from pathlib import Path

from tests.runs.faults import TRANSPORT, suffer


def test_a_server_that_fails_half_the_time(tmp_path: Path) -> None:
    made = suffer(tmp_path, 80)
    assert {*TRANSPORT, "cut-off", "lie", "honest"} <= set(made.done)
    task = made.counts["tasks"]["vqa-single"]
    assert (task["works"], task["unanswered"], task["covered"]) == (80, 0, task["findings"])
    assert made.counts["candidates"] == len(made.samples) + len(made.rejections)
    said = str([sample["turns"] for sample in made.samples])
    assert "8,6" not in said
    assert "phổi phải" not in said
    refused = [row["code"] for row in made.rejections]
    assert sum(code in {"cut-off", "not-json"} for code in refused) == made.done["cut-off"]
    refused_as_false = {
        row["provenance"]["seed"] for row in made.rejections if row["code"] not in ("cut-off", "not-json")
    }
    assert made.lied <= refused_as_false
    # No request is lost to a fault of transport: it was asked again until there was an answer.
    assert not {"server-error", "rate-limited", "timeout", "connection-lost"} & set(refused)
