"""`vimedsynth augment` as a user meets it: policies, receipts, replay, resume, workers, refusals."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from vimedsynth.augment.policy import load_policy, parse_policy, policy_names
from vimedsynth.augment.sampling import Sampler, copy_seed
from vimedsynth.augment.work import safe_name
from vimedsynth.cli import cli
from vimedsynth.errors import Misuse
from vimedsynth.holding import holding
from vimedsynth.phantom import render
from vimedsynth.volumes import Modality, read_volume, save_scan

SMALL = {"pet_shape": (40, 32, 32), "ct_shape": (40, 64, 64)}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three studies, one of them with a PET that is no volume."""
    root = tmp_path_factory.mktemp("corpus")
    rows = ["study_id,patient_id,report,ct,pet"]
    for number in range(3):
        scan = render({"study_id": f"s{number}", "seed": number}, **SMALL)
        save_scan(scan, root / f"ct{number}.npz", root / f"pet{number}.npz")
        (root / f"r{number}.txt").write_text("Không phát hiện bất thường.", encoding="utf-8")
        rows.append(f"s{number},p{number},r{number}.txt,ct{number}.npz,pet{number}.npz")
    (root / "pet2.npz").write_bytes(b"PK not a zip")
    (root / "studies.csv").write_text("\n".join(rows), encoding="utf-8")
    return root


@pytest.fixture
def run(corpus: Path) -> Callable[..., Result]:
    def call(*args: object) -> Result:
        return CliRunner().invoke(cli, ["augment", str(corpus), *map(str, args), "--quiet"])

    return call


def rows(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "receipts.jsonl").read_text(encoding="utf-8").splitlines()]


def volumes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.glob("*/*.npy"))}


def test_copies_receipts_and_refusals_add_up(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("-o", tmp_path, "--policy", "strong", "--copies", 2, "--json")
    assert result.exit_code == 0
    assert json.loads(result.output) == {
        "studies": 3, "copies": 4, "kept": 0, "refused": {"unreadable": 1},
        "invalidates": json.loads(result.output)["invalidates"],
    }  # fmt: skip
    first = rows(tmp_path)[0]
    assert (first["study_id"], first["copy"], first["region"]) == ("s0", 0, "whole")
    assert first["files"] == {"ct": "s0/copy_0.ct.npy", "pet": "s0/copy_0.pet.npy"}
    pet = np.load(tmp_path / "s0/copy_0.pet.npy", allow_pickle=False)
    assert pet.dtype == np.int16
    assert list(pet.shape) == first["shape"]["pet"]  # type: ignore[index]
    refused = [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text().splitlines()]
    assert [(r["study_id"], r["code"]) for r in refused] == [("s2", "unreadable")]


def test_replay_makes_the_same_bytes(run: Callable[..., Result], tmp_path: Path) -> None:
    for policy in ("strong", "ssl"):
        made, again = tmp_path / policy, tmp_path / f"{policy}-again"
        assert run("-o", made, "--policy", policy, "--copies", 3).exit_code == 0
        assert run("-o", again, "--replay", made / "receipts.jsonl").exit_code == 0
        assert volumes(made) == volumes(again)
        assert (made / "receipts.jsonl").read_bytes() == (again / "receipts.jsonl").read_bytes()


@pytest.mark.parametrize(
    "applied",
    [[{"name": "Nothing", "params": {}}], [{"name": "Affine", "params": {}}],
     [{"name": "AxisRotate", "params": {"axis": "up", "degrees": 3}}], [{"name": "RandomGamma", "params": {"gamma": "x"}}],
     [{"name": "Dose", "params": {"fraction": 0, "seed": 1}}], [{"name": "Dose", "params": {"fraction": 3, "seed": 1}}],
     [{"name": "Anisotropy", "params": {"factor": 1e308}}], [{"name": "CountScale", "params": {"factor": 0}}],
     [{"name": "Misregister", "params": {"shift_mm": [1e308, 0]}}], [{"name": "RandomResizedCrop", "params": {"box": [0.5, 0.5, 0.5, 0.5]}}],
     [{"name": "GaussNoise", "params": {"on": "pet", "std": 1e308, "seed": 1}}], [{"name": "SuvScale", "params": {"factor": 1e39}}]],
)  # fmt: skip
def test_a_receipt_that_cannot_be_is_refused_by_name(
    run: Callable[..., Result], tmp_path: Path, applied: list[object]
) -> None:
    run("-o", tmp_path / "made", "--policy", "none")
    row = {**rows(tmp_path / "made")[0], "applied": applied}
    (tmp_path / "mine.jsonl").write_text(json.dumps(row), encoding="utf-8")
    result = run("-o", tmp_path / "again", "--replay", tmp_path / "mine.jsonl")
    assert result.exit_code == 1
    assert "bad-receipt 1" in result.output


@pytest.mark.parametrize("slices", [[0, 41], [5, 5], [9, 3], [-1, 9]])
def test_slices_that_a_scan_does_not_have_are_refused(
    run: Callable[..., Result], tmp_path: Path, slices: list[int]
) -> None:
    run("-o", tmp_path / "made", "--policy", "none")
    (tmp_path / "mine.jsonl").write_text(json.dumps({**rows(tmp_path / "made")[0], "slices": slices}), encoding="utf-8")
    result = run("-o", tmp_path / "again", "--replay", tmp_path / "mine.jsonl")
    assert (result.exit_code, "bad-receipt 1" in result.output) == (1, True)


def test_a_receipt_of_other_pixel_operations_is_refused(run: Callable[..., Result], tmp_path: Path) -> None:
    run("-o", tmp_path / "made", "--policy", "light")
    row = rows(tmp_path / "made")[0]
    for pixels in ({"pixels": 1}, {"pixels": 99}, {"pixels": "2"}, {}):
        old = {name: value for name, value in row.items() if name != "pixels"} | pixels
        (tmp_path / "old.jsonl").write_text(json.dumps(old), encoding="utf-8")
        result = run("-o", tmp_path / "again", "--replay", tmp_path / "old.jsonl")
        assert result.exit_code == 1
        assert "old.jsonl:1: made with pixel operations of version" in result.output


@pytest.mark.parametrize("format_", ["npy", "npz", "blosc2"])
def test_a_preview_changes_no_byte(run: Callable[..., Result], tmp_path: Path, format_: str) -> None:
    """With one, copies are made whole in memory; without, block by block."""
    args = ("--policy", "ssl", "--copies", 4, "--format", format_)
    run("-o", tmp_path / "plain", *args)
    run("-o", tmp_path / "seen", *args, "--preview")
    made, seen = (
        {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.glob("s*/copy_*")}
        for folder in (tmp_path / "plain", tmp_path / "seen")
    )
    assert len(made) == 16
    assert made == seen
    assert (tmp_path / "plain/receipts.jsonl").read_bytes() == (tmp_path / "seen/receipts.jsonl").read_bytes()


def test_workers_and_order_do_not_matter(run: Callable[..., Result], tmp_path: Path) -> None:
    run("-o", tmp_path / "one", "--policy", "strong", "--copies", 2)
    run("-o", tmp_path / "two", "--policy", "strong", "--copies", 2, "--workers", 2)
    assert volumes(tmp_path / "one") == volumes(tmp_path / "two")
    assert (tmp_path / "one/receipts.jsonl").read_bytes() == (tmp_path / "two/receipts.jsonl").read_bytes()


def test_an_interrupted_run_goes_on_and_ends_the_same(run: Callable[..., Result], tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    run("-o", whole, "--copies", 3)
    run("-o", cut, "--copies", 3)
    lines = (cut / "receipts.jsonl").read_bytes().splitlines(keepends=True)
    (cut / "receipts.jsonl").write_bytes(lines[0] + lines[1] + lines[2][:40])  # killed while writing a line
    (cut / "s0/copy_1.pet.npy").unlink()  # and a file is gone
    (cut / "s1/.copy_2.ct.npy.1.part").write_bytes(b"half")
    counts = json.loads(run("-o", cut, "--copies", 3, "--json").output)
    assert (counts["kept"], counts["copies"]) == (1, 5)
    assert volumes(whole) == volumes(cut)
    assert (whole / "receipts.jsonl").read_bytes() == (cut / "receipts.jsonl").read_bytes()
    assert not list(cut.glob("*/.*.part"))


def test_other_settings_are_refused_with_the_difference(run: Callable[..., Result], tmp_path: Path) -> None:
    run("-o", tmp_path, "--policy", "none")
    other = run("-o", tmp_path, "--policy", "none", "--seed", 5)
    assert other.exit_code == 1
    assert "seed: 0 there, 5 now" in other.output
    assert "--fresh" in other.output
    assert run("-o", tmp_path, "--policy", "none", "--seed", 5, "--fresh").exit_code == 0


def test_regions_are_ranges_with_an_overlap(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("-o", tmp_path, "--policy", "none", "--region", "all").exit_code == 0
    of_first = {str(row["region"]): row for row in rows(tmp_path) if row["study_id"] == "s0"}
    assert set(of_first) == {"head_neck", "chest", "abdomen_pelvis"}
    assert of_first["head_neck"]["slices"][1] - of_first["chest"]["slices"][0] == 20  # type: ignore[index]
    assert (tmp_path / "s0/copy_0.chest.pet.npy").is_file()


def test_formats_hold_the_same_volume(run: Callable[..., Result], tmp_path: Path, corpus: Path) -> None:
    source = read_volume(corpus / "pet0.npz", Modality.PET).data
    for name, suffix in (("npy", ".npy"), ("npz", ".npz"), ("blosc2", ".b2nd")):
        run("-o", tmp_path / name, "--policy", "none", "--format", name)
        again = read_volume(tmp_path / name / f"s0/copy_0.pet{suffix}", Modality.PET)
        assert np.array_equal(again.data, source)


def test_faithful_keeps_every_claim_and_preview_is_a_picture(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("-o", tmp_path, "--policy", "faithful", "--copies", 2, "--preview").exit_code == 0
    assert all(row["invalidates"] == [] for row in rows(tmp_path))
    sheets = sorted((tmp_path / "preview").iterdir())
    assert [s.name for s in sheets][:1] == ["s0.copy_0.png"]
    assert all(s.read_bytes().startswith(b"\x89PNG") for s in sheets)


def test_nothing_made_is_exit_1(tmp_path: Path, corpus: Path) -> None:
    alone = tmp_path / "corpus"
    alone.mkdir()
    (alone / "r.txt").write_text("Không.", encoding="utf-8")
    (alone / "pet.npy").write_bytes(b"no")
    (alone / "studies.csv").write_text("study_id,patient_id,report,ct,pet\na,b,r.txt,,pet.npy\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["augment", str(alone), "-o", str(tmp_path / "o")])
    assert result.exit_code == 1
    assert "not-npy 1" in result.output


@pytest.mark.parametrize(
    "args", [["--policy", "nope"], ["--copies", "0"], ["--replay", "none.jsonl"], ["--format", "tiff"]]
)
def test_wrong_usage_is_exit_2(run: Callable[..., Result], tmp_path: Path, args: list[str]) -> None:
    assert run("-o", tmp_path, *args).exit_code == 2


def test_every_bundled_policy_is_sound_and_says_what_it_is() -> None:
    assert policy_names() == ["faithful", "light", "none", "ssl", "strong", "vimed-paper"]
    for name in policy_names():
        policy = load_policy(name)
        assert policy.name == name
        sampler = Sampler(policy)
        assert sampler.sample(3, "chest") == Sampler(policy).sample(3, "chest")
        assert json.loads(json.dumps([a.json() for a in sampler.sample(3, "chest")])) == [
            a.json() for a in sampler.sample(3, "chest")
        ]


def test_the_paper_policy_is_the_authors() -> None:
    sampler = Sampler(load_policy("vimed-paper"))
    drawn = [{a.name: a.params for a in sampler.sample(seed, "head_neck")} for seed in range(400)]
    for name in ("SliceDrop", "AxisRotate", "GaussNoise"):
        assert 0.4 < sum(name in d for d in drawn) / 400 < 0.6
    rotations = [d["AxisRotate"] for d in drawn if "AxisRotate" in d]
    assert {r["axis"] for r in rotations} == {"axial", "coronal", "sagittal"}
    assert {r["degrees"] for r in rotations} == set(range(-15, 16))
    assert all(d["GaussNoise"]["std"] == pytest.approx(0.1) for d in drawn if "GaussNoise" in d)  # 3276 of 32767
    assert all(d["SliceDrop"]["start"] == 0 and 10 <= d["SliceDrop"]["end"] <= 20 for d in drawn if "SliceDrop" in d)
    assert not any("SliceDrop" in {a.name for a in sampler.sample(seed, "whole")} for seed in range(50))


def test_seeds_differ_by_study_copy_region_and_policy() -> None:
    base = copy_seed(0, "s", "whole", 0, "p")
    others = [copy_seed(1, "s", "whole", 0, "p"), copy_seed(0, "t", "whole", 0, "p"), copy_seed(0, "s", "chest", 0, "p"),
              copy_seed(0, "s", "whole", 1, "p"), copy_seed(0, "s", "whole", 0, "q")]  # fmt: skip
    assert len({base, *others}) == 6


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ('[{"transform": "Affine", "args": {"rotat": [1, 2]}}]', "rotat"),
        ('[{"transform": "Affine", "args": {"rotate": "x"}}]', "Affine"),
        ('[{"transform": "Dose", "args": {"fraction": [2, 3]}}]', "fraction"),
        ('[{"transform": "Dose", "args": {}}]', "takes exactly fraction"),
        ('[{"transform": "SliceDrop", "args": {"start": [5, 1], "end": [0, 0]}}]', "start"),
        ('[{"transform": "Posterize"}]', "Posterize"),
        ('[{"transform": "Affine", "p": 2}]', "steps/0/p"),
        ('{"a": 1}', "steps"),
        ('[{"transform": "RandomGamma", "args": {"gamma_limit": [90, 110]}}]', "'pet' or 'ct'"),
        ('[{"transform": "Dose", "on": "pet", "args": {"fraction": [0.5, 0.9]}}]', "expected 'ct'"),
        ('[{"transform": "HorizontalFlip", "on": "pet"}]', "move together"),
    ],
)
def test_a_wrong_policy_is_named(steps: str, words: str) -> None:
    with pytest.raises(Misuse, match=words):
        parse_policy(f'{{"name": "x", "description": "d", "steps": {steps}}}', "mine.json")


def test_names_of_studies_are_safe_folders() -> None:
    assert safe_name("s-1.2_a") == "s-1.2_a"
    hostile = ["../x", "..", "a/b", "a\\b", "THANG 8/x", "", "x" * 500, "é", ".hidden"]
    named = [safe_name(name) for name in hostile]
    assert len(set(named)) == len(named)
    assert all(
        n and n[0] != "." and set(n) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        for n in named
    )


def test_a_worker_never_imports_albumentations() -> None:
    code = "import sys, vimedsynth.augment.work; print({'albumentations', 'torch', 'scipy'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "set()"
    )


@pytest.mark.parametrize(("blow", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_stopped_process_leaves_a_folder_that_goes_on(
    run: Callable[..., Result], corpus: Path, tmp_path: Path, blow: signal.Signals, code: int
) -> None:
    args = ["--policy", "strong", "--copies", "10"]
    command = [
        sys.executable,
        "-m",
        "vimedsynth",
        "augment",
        str(corpus),
        "-o",
        str(tmp_path / "cut"),
        *args,
        "--quiet",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not list((tmp_path / "cut").glob("s0/copy_2.*.npy")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(blow)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in said
    for path in (tmp_path / "cut").glob("s*/copy_*.npy"):
        assert read_volume(path, Modality.CT).shape[0] == 40  # whole, or not there
    assert run("-o", tmp_path / "cut", *args).exit_code == 0
    run("-o", tmp_path / "whole", *args)
    assert volumes(tmp_path / "cut") == volumes(tmp_path / "whole")
    assert (tmp_path / "cut/receipts.jsonl").read_bytes() == (tmp_path / "whole/receipts.jsonl").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="lists the children of a process as Linux does")
def test_no_worker_outlives_a_killed_parent(corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vimedsynth", "augment", str(corpus), "-o", str(tmp_path), "--copies", "40"]
    with subprocess.Popen([*command, "--workers", "2", "--quiet"], stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("s0/copy_1.*.npy")) and time.monotonic() < deadline:
            time.sleep(0.01)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait(60)
    assert len(children) >= 2
    while any(running(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [child for child in children if running(child)]


def running(pid: str) -> bool:
    """A process that ended and waits to be taken note of does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_folder_of_somebody_else_stays_as_it_is(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/receipts.jsonl").write_text("mine")
    for more in ((), ("--fresh",)):
        refused = run("-o", tmp_path / "mine", "--policy", "none", *more)
        assert refused.exit_code == 2
        assert f"{tmp_path / 'mine'}: not a folder of augmented scans (receipts.jsonl is there" in refused.output
    assert [(p.name, p.read_text()) for p in (tmp_path / "mine").iterdir()] == [("receipts.jsonl", "mine")]


def test_a_folder_that_another_process_fills_is_refused(run: Callable[..., Result], tmp_path: Path) -> None:
    with holding(tmp_path / "out"):
        refused = run("-o", tmp_path / "out", "--policy", "none")
    assert refused.exit_code == 2
    assert "another process works in this folder" in refused.output
    assert run("-o", tmp_path / "out", "--policy", "none").exit_code == 0


def test_to_begin_anew_leaves_nothing_of_more_copies(run: Callable[..., Result], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("-o", out, "--policy", "none", "--copies", 2, "--preview").exit_code == 0
    assert list(out.rglob("*copy_1*"))
    (out / "notes.txt").write_text("mine")
    assert run("-o", out, "--policy", "none", "--copies", 1, "--fresh").exit_code == 0
    assert not list(out.rglob("*copy_1*"))
    assert list(out.rglob("copy_0*"))
    assert (out / "notes.txt").is_file()
