"""Small corpora on disk, in each layout, with reports written for the tests."""

import csv
import json
from pathlib import Path

import numpy as np

SECTIONS = {
    "Đầu - cổ": "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não.",
    "Lồng ngực": "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. Hình ảnh nốt đặc ở thùy dưới phổi trái, đường kính 9 mm.",
    "Ổ bụng - khung chậu": "Hình ảnh bắt xạ theo đặc điểm sinh lý ở gan, lách.",
    "Hệ cơ - xương": "Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương.",
}
IMPRESSION = "Nốt đặc ở thùy dưới phổi trái. Đối chiếu với mô bệnh học."
HEADER = ["name", "sex", "height", "weight", "year", "pet_path", "ct_path", "report_path", "report_en_path"]


def report_json(impression: str | None = IMPRESSION, **changed: str) -> str:
    """The published form of a report."""
    whole: dict[str, object] = {"Mô tả hình ảnh": {**SECTIONS, **changed}}
    if impression is not None:
        whole["Nhận định kết quả"] = impression
    return json.dumps(whole, ensure_ascii=False)


def write(path: Path, text: str | bytes) -> Path:
    """Write a file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def volume(path: Path, depth: int = 8, size: int = 4) -> Path:
    """A small volume in the published form: int16 ``(depth, rows, cols)`` under the key ``data``, or an npy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = np.arange(depth * size * size, dtype=np.int16).reshape(depth, size, size)
    if path.suffix == ".npy":
        np.save(path, data)
    else:
        np.savez_compressed(path, data=data)
    return path


def archive_row(year: int, month: int, day: int, name: str) -> dict[str, str]:
    """One row of metadata.csv."""
    base = f"PETCT{year}/THANG {month}"
    stem = f"day_{day}_{name}"
    paths = (f"{base}/PET/{stem}.npz", f"{base}/CT/{stem}.npz", f"{base}/reports/{stem}.json")
    return dict(zip(HEADER, [name, "M", "1.6", "60.0", str(year), *paths, paths[2]], strict=True))


def archive(root: Path, rows: list[dict[str, str]], reports: dict[int, str] | None = None) -> Path:
    """An archive with the given rows, volumes and reports; ``reports`` overrides the text of row n."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "metadata.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    for number, row in enumerate(rows):
        default = report_json(**{"Hệ cơ - xương": f"Hình ảnh đốt sống số {number}."})
        write(root / row["report_path"], (reports or {}).get(number, default))
        volume(root / row["pet_path"])
        volume(root / row["ct_path"])
    return root
