"""Croissant 1.0 metadata: ``croissant.json`` names the files with their hashes and the fields of a row.

Source: https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

_FIELDS = ("id", "subset", "task", "study_id", "patient_id", "region")
_MIME = {".jsonl": "application/jsonlines", ".json": "application/json", ".parquet": "application/x-parquet"}


def write_croissant(folder: Path, manifest: dict[str, Any]) -> None:
    """Write ``croissant.json``; the records are those of jsonl or parquet where they are built, else the files alone."""
    named = list(manifest["files"])
    record = next((name for name in ("jsonl", "parquet") if name in manifest["rows_by_format"]), None)
    value: dict[str, Any] = {
        **orjson.loads(files("vimedsynth.manifests").joinpath("croissant-context.json").read_bytes()),
        "@type": "sc:Dataset",
        "name": "vimedsynth-manifest",
        "description": "Training rows from Vietnamese PET/CT reports; every answer is bound to a span of its report.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": f"{manifest['manifest_version']}.0.0",
        "inLanguage": "vi",
        "distribution": [_file(name, manifest["files"][name]) for name in named],
    }
    if record:
        parts = [name for name in named if name.startswith(f"{record}/") and _holds_rows(name, manifest)]
        value["recordSet"] = [_records(name) for name in parts]
    (folder / "croissant.json").write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")


def _holds_rows(name: str, manifest: dict[str, Any]) -> bool:
    split = name.rsplit("/", 1)[-1].split(".")[0].split("-")[0]
    return bool(manifest["rows"].get(split))


def _file(name: str, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{about['bytes']} B",
        "encodingFormat": _MIME.get(Path(name).suffix, "application/x-tar"),
        "sha256": about["sha256"],
    }


def _records(name: str) -> dict[str, Any]:
    record = name.replace("/", "-").rsplit(".", 1)[0]
    return {
        "@type": "cr:RecordSet",
        "@id": record,
        "name": record,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{record}/{field}",
                "name": field,
                "dataType": "sc:Text",
                "source": {
                    "fileObject": {"@id": name},
                    "extract": {"column": field},
                },
            }
            for field in _FIELDS
        ],
    }
