"""Volumes: npz, npy, NIfTI and DICOM series as one type with spacing, orientation and units."""

from vimedsynth.volumes.model import Grid, Modality, Scan, Units, Volume, VolumeRefused
from vimedsynth.volumes.reading import open_scan, read_volume
from vimedsynth.volumes.writing import save_scan, write_volume

__all__ = [
    "Grid",
    "Modality",
    "Scan",
    "Units",
    "Volume",
    "VolumeRefused",
    "open_scan",
    "read_volume",
    "save_scan",
    "write_volume",
]
