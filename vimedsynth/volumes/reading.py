"""Any supported file or folder -> Volume; a study's files -> Scan. Every foreign error becomes a named refusal here."""

import warnings
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from vimedsynth.errors import VimedsynthError
from vimedsynth.volumes.arrays import DEFAULT_LIMIT_BYTES, read_npy, read_npz
from vimedsynth.volumes.convert import Raw, to_volume
from vimedsynth.volumes.model import Grid, Modality, Scan, Triple, Units, Volume, VolumeRefused


class HasPaths(Protocol):
    """What a study must have to be opened: a :class:`vimedsynth.studies.Study` has it."""

    @property
    def study_id(self) -> str: ...
    @property
    def ct_path(self) -> Path | None: ...
    @property
    def pet_path(self) -> Path | None: ...


def open_scan(study: HasPaths, limit: int = DEFAULT_LIMIT_BYTES) -> Scan:
    """The study's PET and CT, aligned; raises VolumeRefused (a missing file is ``missing-file``)."""
    pet = read_volume(study.pet_path, Modality.PET, limit) if study.pet_path else None
    ct = read_volume(study.ct_path, Modality.CT, limit) if study.ct_path else None
    if pet is None and ct is None:
        raise VolumeRefused("no-volume", study.study_id, "the study names neither PET nor CT")
    scan = Scan(study.study_id, pet, ct)
    if pet is not None and ct is not None and not scan.measured and pet.shape[0] != ct.shape[0]:
        raise VolumeRefused(
            "depth-mismatch", study.study_id, f"PET has {pet.shape[0]} slices, CT {ct.shape[0]}, and spacing is unknown"
        )
    if pet is not None and ct is not None and scan.measured and _apart(scan.grid(pet), scan.grid(ct)):
        raise VolumeRefused("apart", study.study_id, "PET and CT share no place in the frame of the patient")
    return scan


def _apart(one: Grid, other: Grid) -> bool:
    """Whether the boxes of two grids do not meet."""
    low, high = zip(_box(one), _box(other), strict=True)
    return bool((np.maximum(*low) >= np.minimum(*high)).any())


def _box(grid: Grid) -> tuple[Any, Any]:
    """The low and the high corner in mm, with the whole of the outer voxels."""
    low = np.subtract(grid.origin, np.divide(grid.spacing, 2))
    return low, low + np.multiply(grid.spacing, grid.shape)


def read_volume(path: Path, modality: Modality, limit: int = DEFAULT_LIMIT_BYTES) -> Volume:
    """One volume from .npy (memory-mapped), .npz, .nii, .nii.gz, .b2nd, a DICOM file or a DICOM folder."""
    if not path.exists():
        raise VolumeRefused("missing-file", path, "no such file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parsers warn about what is refused or accepted here by name
            return to_volume(_read(path, modality, limit), modality, path)
    except VimedsynthError:
        raise
    # Format parsers raise whatever they like on hostile bytes; this is the edge where all of it gets one name.
    except (Exception, MemoryError) as error:
        raise VolumeRefused("unreadable", path, f"cannot be read ({type(error).__name__})") from error


def _read(path: Path, modality: Modality, limit: int) -> Raw:
    name = path.name.lower()
    if path.is_dir() or name.endswith((".dcm", ".ima")):
        from vimedsynth.volumes.dicom import read_dicom

        return read_dicom(path, modality, limit)
    if path.stat().st_size == 0:
        raise VolumeRefused("empty", path, "the file has no bytes")
    if name.endswith((".nii", ".nii.gz")):
        from vimedsynth.volumes.nifti import read_nifti

        return read_nifti(path, modality, limit)
    if name.endswith(".npz"):
        return _from_npz(path, modality, limit)
    if name.endswith(".npy"):
        values = read_npy(path, limit)
        return Raw(values, _units(values, modality))
    if name.endswith(".b2nd"):
        return _from_blosc2(path, modality, limit)
    raise VolumeRefused("unknown-format", path, "expected .npy, .npz, .nii, .nii.gz, .b2nd, .dcm or a DICOM folder")


def _units(values: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]", modality: Modality) -> Units:
    """Without a record: CT is HU, masks are labels, whole numbers of PET are counts, others SUV."""
    if modality is Modality.PET:
        return Units.SUV if values.dtype.kind == "f" else Units.COUNTS
    return Units.HU if modality is Modality.CT else Units.LABEL


def _from_npz(path: Path, modality: Modality, limit: int) -> Raw:
    members = read_npz(path, limit)
    values = members["data"]
    scale, offset = (float(n) for n in members.get("scale", np.array([1.0, 0.0])))
    named = bytes(members["units"]).decode("ascii") if "units" in members else None
    units = Units(named) if named else _units(values, modality)
    return Raw(values, units, scale, offset, _triple(members.get("spacing_mm")), _triple(members.get("origin_mm")))


def _triple(values: "np.ndarray[tuple[int, ...], np.dtype[np.generic]] | None") -> Triple | None:
    if values is None:
        return None
    z, y, x = (float(n) for n in values)
    return z, y, x


def _from_blosc2(path: Path, modality: Modality, limit: int) -> Raw:
    import blosc2

    array = blosc2.open(str(path), mode="r")
    if int(np.prod(array.shape, dtype=object)) * array.dtype.itemsize > limit:
        raise VolumeRefused("too-large", path, f"shape {array.shape} of {array.dtype}, limit {limit} bytes")
    meta = array.schunk.meta.get("vimed", {})
    values = array[:]
    units = Units(meta["units"]) if "units" in meta else _units(values, modality)
    spacing, origin = (tuple(meta[k]) if meta.get(k) else None for k in ("spacing_mm", "origin_mm"))
    return Raw(values, units, float(meta.get("scale", 1.0)), float(meta.get("offset", 0.0)), spacing, origin)
