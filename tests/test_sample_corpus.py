"""The sample corpus is what it claims to be: whole, in the published layout, and its phantoms agree with its reports."""

import re
import unicodedata
from dataclasses import replace

import numpy as np
import orjson
import pytest

from vimedsynth.phantom import Lesion, PhantomSpec, lesion_centre_mm, read_spec, render
from vimedsynth.sample_corpus import SampleStudy, metadata, sample_studies
from vimedsynth.volumes import Scan, Volume

STUDIES = list(sample_studies())
SECTIONS = ["Đầu - cổ", "Lồng ngực", "Ổ bụng - khung chậu", "Hệ cơ - xương"]
SUV = re.compile(r"SUVmax(?: lần lượt là|:)\s*(\d+(?:[.,]\d+)?)(?: và (\d+(?:[.,]\d+)?))?")
PRIOR = re.compile(r"\(so với[^)]*\)|; giảm so với[^)]*")

each = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)


def _parts(study: SampleStudy) -> dict[str, str]:
    whole = orjson.loads(study.report())
    return {**whole["Mô tả hình ảnh"], "Nhận định kết quả": whole["Nhận định kết quả"]}


def test_there_are_enough_studies_of_enough_kinds() -> None:
    rows = [row.split(",") for row in metadata().decode().splitlines()[1:]]
    visits = [(row[4], row[0]) for row in rows]
    assert len(STUDIES) == len(rows) >= 14
    assert len([key for key in set(visits) if visits.count(key) == 2]) >= 3
    assert {row[1] for row in rows} == {"M", "F"}
    assert {row[4] for row in rows} == {"2017", "2018", "2019", "2023"}


@each
def test_every_section_and_the_impression_are_written_in_nfc(study: SampleStudy) -> None:
    parts = _parts(study)
    assert list(parts)[:4] == SECTIONS
    assert all(text.strip() and unicodedata.is_normalized("NFC", text) for text in parts.values())


@each
def test_every_suvmax_of_a_report_is_a_lesion_of_its_phantom(study: SampleStudy) -> None:
    text = PRIOR.sub("", " ".join(_parts(study)[name] for name in SECTIONS))
    said = {float(value.replace(",", ".")) for pair in SUV.findall(text) for value in pair if value}
    assert said <= {lesion["suv_max"] for lesion in study.spec["lesions"]}


@each
def test_a_lesion_lies_in_the_body_on_its_side(study: SampleStudy) -> None:
    for lesion in study.spec["lesions"]:
        z, y, x = lesion["position"]
        assert all(0 < part < 1 for part in (z, y, x))
        assert {"right": x < 0.5, "left": x > 0.5, None: True}[lesion["side"]], lesion
        assert len(lesion["size_mm"]) == 3
        assert min(lesion["size_mm"]) > 0


def _value(scan: Scan, volume: Volume | None, spec: PhantomSpec, lesion: Lesion) -> float:
    assert volume is not None
    at = scan.grid(volume).to_index(np.array(lesion_centre_mm(spec, lesion)))
    return float(volume.values()[tuple(np.rint(at).astype(int))])


@each
def test_a_rendered_lesion_has_its_suvmax_inside_its_organ(study: SampleStudy) -> None:
    spec = read_spec(study.spec)
    body, drawn = render(replace(spec, lesions=())), render(spec)
    for lesion in spec.lesions:
        assert lesion.suv_max is not None
        assert _value(drawn, drawn.pet, spec, lesion) == pytest.approx(lesion.suv_max, abs=0.01)
        healthy = _value(body, body.ct, spec, lesion)
        assert (-950 < healthy < -700) if lesion.organ == "lung" else healthy > -950, lesion  # the air outside: -1000
        if lesion.organ == "liver":
            assert _value(body, body.pet, spec, lesion) > 1.8, lesion
