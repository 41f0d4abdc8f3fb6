"""The official clinical scorer: its rules one by one, then counts worked out by hand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from vimedsynth.cli import cli
from vimedsynth.errors import DataRefused
from vimedsynth.evaluation.clinical import Categories, matches, read_categories, score
from vimedsynth.evaluation.lesions import Lesion, parse_lesions, split_location, split_pair

SHARED = Path(__file__).parents[3] / "shared" / "data" / "vimed_pet"
WHOLE = frozenset({"phía trước và dưới carina"})
CATEGORIES = {
    "morphology": {"hạch": ["Hạch"], "nốt mờ": ["Nốt mờ"], "khac": ["Xẹp"]},
    "location": {"khac": ["xương"], "trung_that": ["khí quản", "carina"], "phoi": ["phổi"]},
    "uptake": {"Có tăng": ["Cao", "Có tăng"], "Không tăng": ["Không"]},
    "unsplittable_locations": ["phía trước và dưới carina"],
}


def lesion(shape: str, place: str | None, uptake: str) -> dict[str, object]:
    item: dict[str, object] = {
        "Hình dạng của khối u, tổn thương, bất thường": shape,
        "Mức độ FDG": {"SUVmax": 3, "Tăng chuyển hóa FDG": uptake},
    }
    return item if place is None else {**item, "Vị trí của khối u, tổn thương, bất thường": place}


@pytest.mark.parametrize(
    ("location", "places"),
    [
        ("ở thùy trên phổi phải", ["thùy trên phổi phải"]),
        ("ở ở thùy trên", ["ở thùy trên"]),  # one leading "ở" only
        ("Rốn phổi phải, dưới carina", ["rốn phổi phải", "dưới carina"]),
        ("rốn phổi phải, trái; dưới carina", ["rốn phổi phải, trái", "dưới carina"]),  # ";" wins over ","
        ("thùy trên và thùy dưới", ["thùy trên", "thùy dưới"]),
        ("trước và dưới carina", ["trước và dưới carina"]),  # a piece of one word: not split
        ("phía trước và dưới carina", ["phía trước và dưới carina"]),  # in the list: not split
        ("cổ trái, phía trước và dưới carina", ["cổ trái", "phía trước và dưới carina"]),
        ("gan", []),
        ("gan, , cổ phải", ["cổ phải"]),
        ("", []),
    ],
)
def test_locations_split_as_the_official_scorer_splits_them(location: str, places: list[str]) -> None:
    assert list(split_location(location, WHOLE)) == places


def test_a_missing_location_stops_the_splitting_of_its_list() -> None:
    two, none = Lesion("Hạch", "cổ phải, cổ trái", ""), Lesion("Hạch", None, "")
    gold, predicted = split_pair([two], [two, none, two], WHOLE)
    assert [item.location for item in gold] == ["cổ phải", "cổ trái"]
    assert [item.location for item in predicted] == ["cổ phải", "cổ trái", None, "cổ phải, cổ trái"]


def test_a_missing_gold_location_leaves_all_predictions_unsplit() -> None:
    two, none = Lesion("Hạch", "cổ phải, cổ trái", ""), Lesion("Hạch", None, "")
    gold, predicted = split_pair([none, two], [two], WHOLE)
    assert gold == [none, two]
    assert predicted == [two]


def test_a_file_may_hold_a_string_that_is_json_or_a_bare_object() -> None:
    item = lesion("Hạch", "dưới carina", "Cao")
    assert parse_lesions(json.dumps([item])) == parse_lesions([item]) == parse_lesions(item)


def test_uptake_is_read_in_the_one_official_spelling_unless_asked() -> None:
    item = {"Mức độ FDG": {"Tăng chuyển hoá FDG": "Cao"}}
    assert parse_lesions(item)[0].uptake == ""
    assert parse_lesions(item, any_spelling=True)[0].uptake == "Cao"


def test_the_first_category_in_file_order_wins(tmp_path: Path) -> None:
    categories = _categories(tmp_path)
    assert categories.category("morphology", "NỐT MỜ cạnh hạch") == "hạch"
    assert categories.category("uptake", "có tăng, không đều") == "Có tăng"


@pytest.mark.parametrize(
    ("field", "fallback"), [("morphology", "khác"), ("location", "không rõ"), ("uptake", "không rõ")]
)
def test_text_without_a_phrase_has_its_own_fallback(tmp_path: Path, field: str, fallback: str) -> None:
    assert _categories(tmp_path).category(field, "") == fallback


def test_a_gold_lesion_is_used_once() -> None:
    assert matches([{"morphology": "hạch"}], [{"morphology": "hạch"}] * 2, ("morphology",)) == 1


def test_the_category_khac_never_counts_but_the_fallback_does() -> None:
    for name, found in (("khac", 0), ("khác", 1)):
        assert matches([{"morphology": name}], [{"morphology": name}], ("morphology",)) == found


def _categories(folder: Path) -> Categories:
    path = folder / "categories.json"
    path.write_text(json.dumps(CATEGORIES), encoding="utf-8")
    return read_categories(path)


GOLD = {
    # two lesions after splitting: node carina (up), node trachea (up); a nodule in the lung (none)
    "anh": [lesion("Hạch", "dưới carina, cạnh khí quản", "Cao"), lesion("Nốt mờ", "thùy trên phổi phải", "Không tăng")],
    "binh": [lesion("Xẹp phổi", "phổi trái", "Không"), lesion("Hạch", "rốn phổi trái", "Cao")],
}
PREDICTED = {
    # T: both right. P: both right. F: node right (Có tăng), nodule wrong (Cao).
    "a": [lesion("Hạch nhỏ", "dưới carina", "Có tăng"), lesion("Nốt mờ", "phổi trái", "Cao")],
    # "Xẹp" is khac: never right. The node: T right, P wrong (carina is mediastinum, gold is lung), F right.
    "b": [lesion("Xẹp", "phổi trái", "Không"), lesion("Hạch", "dưới carina", "Cao"), lesion("Hạch", "gan", "Cao")],
}
BY_HAND = {
    "F1-T": {"total_gt": 5, "total_pred": 4, "correct": 3, "precision": 75.0, "recall": 60.0, "f1": 66.67},
    "F1-TP": {"total_gt": 5, "total_pred": 4, "correct": 2, "precision": 50.0, "recall": 40.0, "f1": 44.44},
    "F1-TF": {"total_gt": 5, "total_pred": 4, "correct": 2, "precision": 50.0, "recall": 40.0, "f1": 44.44},
    "F1-TPF": {"total_gt": 5, "total_pred": 4, "correct": 1, "precision": 25.0, "recall": 20.0, "f1": 22.22},
}


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    for folder, lists in (("gold", GOLD), ("pred", PREDICTED)):
        (tmp_path / folder).mkdir()
        for name, items in lists.items():
            # Predictions are published as a JSON string inside JSON.
            body = json.dumps(json.dumps(items)) if folder == "pred" else json.dumps(items)
            (tmp_path / folder / f"{name}.json").write_text(body, encoding="utf-8")
    (tmp_path / "pred" / "_mapping.json").write_text('{"a": "anh", "b": "binh"}', encoding="utf-8")
    _categories(tmp_path)
    at = {name: str(tmp_path / name) for name in ("pred", "gold", "categories.json", "pred/_mapping.json")}
    return [
        *("evaluate", at["pred"], "--gold", at["gold"], "--protocol", "vimed-pet"),
        *("--categories", at["categories.json"], "--mapping", at["pred/_mapping.json"]),
    ]


def test_counts_worked_out_by_hand(folders: list[str]) -> None:
    result = CliRunner().invoke(cli, [*folders, "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == BY_HAND


def test_the_table_shows_the_same(folders: list[str]) -> None:
    result = CliRunner().invoke(cli, folders)
    assert "F1-TPF" in result.stdout
    assert "correct 1" in result.stdout


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("pred/a.json", b"", "not JSON"),
        ("pred/a.json", b'"no"', "string that is not JSON"),
        ("pred/a.json", b"3", "expected a list"),
        ("pred/a.json", b"[3]", "expected an object"),
        ("gold/anh.json", b"\xff\xfe[", "not UTF-8"),
        ("pred/a.json", b"[" * 100_000, "nested too deeply"),
        ("pred/c.json", b"[]", "not in the mapping"),
        ("pred/_mapping.json", b'{"a": "../../x", "b": "binh"}', "plain file name"),
        ("pred/_mapping.json", b'{"a": "carl", "b": "binh"}', "does not exist"),
        ("pred/_mapping.json", b"[]", "expected an object"),
        ("categories.json", b'{"morphology": {}}', "'location' is missing"),
    ],
)
def test_bad_files_are_named_and_refuse_the_score(
    folders: list[str], tmp_path: Path, name: str, body: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(body)
    result = CliRunner().invoke(cli, [*folders, "--json"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert says in result.stderr
    assert Path(name).stem.lstrip("_") in result.stderr or "a.json" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_bad_file_is_named(folders: list[str], tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "pred" / f"{name}.json").write_text("{", encoding="utf-8")
    stderr = CliRunner().invoke(cli, folders).stderr
    assert "a.json" in stderr
    assert "b.json" in stderr


def test_an_empty_folder_has_no_score(folders: list[str], tmp_path: Path) -> None:
    for path in (tmp_path / "pred").glob("?.json"):
        path.unlink()
    assert CliRunner().invoke(cli, folders).exit_code == 1


def test_gold_without_prediction_is_said(folders: list[str], tmp_path: Path) -> None:
    (tmp_path / "gold" / "cuc.json").write_text("[]", encoding="utf-8")
    result = CliRunner().invoke(cli, [*folders, "--json"])
    assert "1 gold files have no prediction" in result.stderr
    assert json.loads(result.stdout) == BY_HAND


def test_a_folder_without_categories_is_wrong_usage(folders: list[str]) -> None:
    assert CliRunner().invoke(cli, folders[:4]).exit_code == 2


def test_nothing_predicted_scores_zero() -> None:
    categories = Categories({"morphology": (), "location": (), "uptake": ()}, frozenset())
    assert score([([], [])], categories)["F1-T"].json()["f1"] == 0.0
    with pytest.raises(DataRefused):
        parse_lesions(None)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published example predictions are not on this machine")
def test_the_published_predictions_give_the_official_scores() -> None:
    args = ["evaluate", f"{SHARED}/lesion_predictions", "--gold", f"{SHARED}/lesions", "--protocol", "vimed-pet"]
    args += ["--categories", f"{SHARED}/official_categories.json"]
    args += ["--mapping", f"{SHARED}/lesion_predictions/_mapping.json", "--json"]
    result = CliRunner().invoke(cli, args)
    assert json.loads(result.stdout) == json.loads((SHARED / "official_scores.json").read_text(encoding="utf-8"))
