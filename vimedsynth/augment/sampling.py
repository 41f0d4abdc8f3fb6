"""Parameters from policies: albumentations objects define and draw them, here, before any pixel is touched."""

import hashlib
import os
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from vimedsynth.augment.policy import Policy, Step
from vimedsynth.augment.receipts import Applied, Params
from vimedsynth.errors import Misuse, missing_extra

_SQUARE = 1024
"""Geometry is sampled on a square of this many pixels and recorded in fractions of it: no matrix size enters."""


class Sampler:
    """Draws the parameters of one copy. Building it checks the arguments of every step."""

    def __init__(self, policy: Policy, where: str | None = None) -> None:
        self._steps = [
            (step, _build(step, f"{where or policy.name}: steps/{i}")) for i, step in enumerate(policy.steps)
        ]

    def sample(self, seed: int, region: str = "whole") -> tuple[Applied, ...]:
        """The operations of one copy; a function of the policy, the seed and the region alone."""
        applied = []
        for number, (step, transform) in enumerate(self._steps):
            if step.regions is not None and region not in step.regions:
                continue
            transform.set_random_seed(step_seed(seed, number))
            if transform.should_apply():
                applied.append(Applied(step.transform, _read(step, transform, step_seed(seed, number + 1000))))
        return tuple(applied)


def step_seed(seed: int, number: int) -> int:
    """A 32-bit seed for one step of one copy."""
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "little") & 0x7FFFFFFF


def copy_seed(base: int, study_id: str, region: str, copy: int, policy_sha256: str) -> int:
    """The seed of one copy: workers and order do not enter."""
    digest = hashlib.sha256(f"{base}\0{study_id}\0{region}\0{copy}\0{policy_sha256}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


@cache
def _albumentations() -> Any:
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it asks its server for a newer version at import otherwise
    try:
        import albumentations
    except ImportError:
        raise missing_extra("imaging", "augmenting scans") from None
    return albumentations


def _build(step: Step, where: str) -> Any:
    _check_on(step, where)
    library = _albumentations()
    if step.transform in OURS:
        return _drawn()(_ranges(step, where), p=step.p)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # it only warns of an argument that it does not know
            return getattr(library, step.transform)(**_tuples(step.args), p=step.p)
    except (ValueError, TypeError, UserWarning) as error:
        text = " ".join(str(error).split())
        raise Misuse(f"{where}: {step.transform}: {text[:300]}") from error


def _check_on(step: Step, where: str) -> None:
    """``on`` must say something true: which volume, for the operations that have a choice."""
    allowed = ("pet", "ct") if step.transform in _PIXELWISE else (_ONE_MODALITY.get(step.transform), None)
    if step.on not in allowed:
        told = " or ".join(repr(name) for name in allowed if name) or "no 'on': PET and CT move together"
        raise Misuse(f"{where}: {step.transform}: on {step.on!r}; expected {told}")


def _tuples(args: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in args.items()}


OURS: dict[str, tuple[str, ...]] = {
    "AxisRotate": ("degrees", "axis"),
    "Elastic": ("amplitude_mm", "cells"),
    "SliceDrop": ("start", "end"),
    "Anisotropy": ("factor",),
    "Misregister": ("shift_mm",),
    "SuvScale": ("factor",),
    "CountScale": ("factor",),
    "Window": ("centre", "width"),
    "Dose": ("fraction",),
}
"""The operations that albumentations lacks, with the ranges that each needs."""

_LIMITS: dict[str, tuple[float, float]] = {
    "degrees": (-180, 180), "amplitude_mm": (0, 100), "cells": (3, 32), "start": (0, 10_000), "end": (0, 10_000),
    "shift_mm": (-200, 200), "centre": (-2000, 4000), "width": (1, 10_000), "fraction": (0.01, 1.0), "factor": (0.01, 100),
}  # fmt: skip


def _ranges(step: Step, where: str) -> Mapping[str, list[Any]]:
    if set(step.args) != set(OURS[step.transform]):
        raise Misuse(
            f"{where}: {step.transform} takes exactly {', '.join(OURS[step.transform])}; got {', '.join(step.args) or 'nothing'}"
        )
    for name, values in step.args.items():
        if not (_axes(values) if name == "axis" else _range(values, *_LIMITS[name])):
            raise Misuse(
                f"{where}: {step.transform}: {name} {values!r}; expected [low, high] within {_LIMITS.get(name, 'the axes')}"
            )
    return step.args


def _range(values: Any, low: float, high: float) -> bool:
    pair = isinstance(values, list) and len(values) == 2 and all(type(v) in (int, float) for v in values)
    return pair and low <= values[0] <= values[1] <= high


def _axes(values: Any) -> bool:
    return isinstance(values, list) and bool(values) and set(values) <= {"axial", "coronal", "sagittal"}


@cache
def _drawn() -> Any:
    """An albumentations transform that draws one value from each range: whole numbers from a whole range."""

    class Drawn(_albumentations().ImageOnlyTransform):  # type: ignore[misc]
        class InitSchema(_albumentations().ImageOnlyTransform.InitSchema):  # type: ignore[misc]
            ranges: dict[str, list[Any]]

        def __init__(self, ranges: dict[str, list[Any]], p: float = 1.0) -> None:
            super().__init__(p=p)
            self.ranges = ranges

        def get_params(self) -> dict[str, Any]:
            return {name: self.draw(name, values) for name, values in self.ranges.items()}

        def draw(self, name: str, values: list[Any]) -> Any:
            if name == "axis":
                return self.py_random.choice(values)
            if all(isinstance(v, int) for v in values) and name not in ("amplitude_mm", "shift_mm", "centre", "width"):
                return self.py_random.randint(*values)
            return self.py_random.uniform(*values)

    return Drawn


def _read(step: Step, transform: Any, noise_seed: int) -> Params:
    """The sampled parameters in our terms: fractions, millimetres, degrees; a seed where noise follows."""
    params: dict[str, Any] = dict(READ_BY_TRANSFORM.get(step.transform, _as_drawn)(transform))
    if step.transform in _SEEDED:
        params["seed"] = noise_seed
    if step.transform in _PIXELWISE and step.on:
        params["on"] = step.on
    if step.interpolation:
        params["interpolation"] = step.interpolation
    if step.transform == "Misregister":
        params["shift_mm"] = [params["shift_mm"], transform.draw("shift_mm", transform.ranges["shift_mm"])]
    return params


_SEEDED = {"Elastic", "GaussNoise", "ShotNoise", "Dose"}
_PIXELWISE = {"GaussNoise", "GaussianBlur", "RandomGamma", "RandomBrightnessContrast"}
_ONE_MODALITY = {
    "ShotNoise": "pet",
    "SuvScale": "pet",
    "CountScale": "pet",
    "Misregister": "pet",
    "Window": "ct",
    "Dose": "ct",
}


def _as_drawn(transform: Any) -> Params:
    drawn: dict[str, Any] = transform.get_params()
    return drawn


def _affine(transform: Any) -> Params:
    sampled = transform.get_params_dependent_on_data({"shape": (_SQUARE, _SQUARE)}, {})
    matrix, middle = sampled["matrix"], (_SQUARE - 1) / 2
    shift = [(matrix[i][0] * middle + matrix[i][1] * middle + matrix[i][2] - middle) / _SQUARE for i in (0, 1)]
    return {"linear": [[float(matrix[i][j]) for j in (0, 1)] for i in (0, 1)], "shift": [float(s) for s in shift],
            "degrees": float(sampled["rotate"])}  # fmt: skip


def _crop(transform: Any) -> Params:
    sampled = transform.get_params_dependent_on_data({"shape": (_SQUARE, _SQUARE)}, {})
    left, top, right, bottom = (float(c) / _SQUARE for c in sampled["crop_coords"])
    return {"box": [left, top, right, bottom]}


def _gauss(transform: Any) -> Params:
    low, high = transform.std_range
    return {"std": transform.py_random.uniform(low, high)}


def _shot(transform: Any) -> Params:
    return {"scale": float(transform.get_params()["scale"])}


def _blur(transform: Any) -> Params:
    low, high = transform.sigma_limit
    return {"sigma": transform.py_random.uniform(low, high)}


def _gamma(transform: Any) -> Params:
    return {"gamma": float(transform.get_params_dependent_on_data({}, {"image": _dot()})["gamma"])}


def _tone(transform: Any) -> Params:
    sampled = transform.get_params_dependent_on_data({"shape": (4, 4, 1)}, {"image": _dot()})
    return {"alpha": float(sampled["alpha"]), "beta": float(sampled["beta"])}


def _dot() -> Any:
    import numpy as np

    return np.zeros((4, 4, 1), np.float32)


READ_BY_TRANSFORM: dict[str, Callable[[Any], Params]] = {
    "Affine": _affine,
    "RandomResizedCrop": _crop,
    "HorizontalFlip": lambda _: {},
    "GaussNoise": _gauss,
    "ShotNoise": _shot,
    "GaussianBlur": _blur,
    "RandomGamma": _gamma,
    "RandomBrightnessContrast": _tone,
}
