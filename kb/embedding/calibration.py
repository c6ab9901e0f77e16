"""When a similarity of a model is chance: measured on questions with and without an answer, kept as JSON.

The best cosine of each question is all that is looked at. Questions whose answer is in the corpus against questions
of another corpus give a logistic curve; the floor is what questions with an answer hardly ever stay under.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import OperatorError
from kb.ports import Calibration

FILE_NAME = "calibration.json"
# A model nobody has calibrated: a low floor shows too much rather than too little
UNCALIBRATED = Calibration(floor=0.2, answer_midpoint=0.45, answer_slope=12.0)
_FLOOR_QUANTILE = 0.01
_NEWTON_STEPS = 50
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class MeasuredCalibration:
    """What calibrating found.

    Attributes:
        area_under_curve: Chance that an answered question's best cosine exceeds an unanswered one's, 0 to 1.
        answered: Questions with an answer that were measured.
        unanswered: Questions without one.
    """

    calibration: Calibration
    area_under_curve: float
    answered: int
    unanswered: int


def calibrate(answered: NDArray[np.float32], unanswered: NDArray[np.float32]) -> MeasuredCalibration:
    """Return floor and answer curve from the best cosine of each question.

    Args:
        answered: Best cosines of questions whose answer is in the corpus; at least ten.
        unanswered: Best cosines of questions whose answer is not; at least ten.

    Raises:
        OperatorError: Too few questions of either kind.
    """
    if min(len(answered), len(unanswered)) < 10:
        raise OperatorError(
            f"Calibrating needs at least ten questions with an answer and ten without, "
            f"not {len(answered)} and {len(unanswered)}.",
            "give `kb model calibrate` larger sets",
        )
    midpoint, slope = _logistic(answered.astype(np.float64), unanswered.astype(np.float64))
    floor = float(np.quantile(answered, _FLOOR_QUANTILE))
    found = Calibration(round(min(floor, midpoint), 4), round(midpoint, 4), round(slope, 3))
    return MeasuredCalibration(found, _area(answered, unanswered), len(answered), len(unanswered))


def read_calibration(path: Path, fingerprint: str) -> Calibration | None:
    """Return the calibration kept in a file; None where there is no file or it belongs to another model.

    Raises:
        OperatorError: The file is not what `write_calibration` writes.
    """
    if not path.is_file():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        of_model = str(kept["fingerprint"])
        found = Calibration(**{name: float(value) for name, value in kept["calibration"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperatorError(f"{path} is not a calibration ({error}).", "run `kb model calibrate` again") from error
    return found if of_model == fingerprint else None


def write_calibration(path: Path, fingerprint: str, measured: MeasuredCalibration) -> None:
    """Keep what was measured about the model of that fingerprint."""
    kept: Mapping[str, object] = {"fingerprint": fingerprint, **asdict(measured)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def _logistic(answered: NDArray[np.float64], unanswered: NDArray[np.float64]) -> tuple[float, float]:
    """Fit P(answer | cosine), both kinds weighing the same, by Newton's method; return midpoint and slope."""
    cosine = np.concatenate([answered, unanswered])
    centre, spread = float(cosine.mean()), float(cosine.std()) or 1.0
    design = np.stack([np.ones_like(cosine), (cosine - centre) / spread], axis=1)
    truth = np.concatenate([np.ones(len(answered)), np.zeros(len(unanswered))])
    weight = np.where(truth == 1, 0.5 / len(answered), 0.5 / len(unanswered))
    fitted = np.zeros(2)
    for _ in range(_NEWTON_STEPS):
        chance = 1.0 / (1.0 + np.exp(-design @ fitted))
        gradient = design.T @ (weight * (truth - chance)) - _RIDGE * fitted
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design + _RIDGE * np.eye(2)
        fitted = fitted + np.linalg.solve(curvature, gradient)
    slope = max(float(fitted[1]) / spread, 1e-3)
    return centre - float(fitted[0]) / slope, slope


def _area(answered: NDArray[np.float32], unanswered: NDArray[np.float32]) -> float:
    ordered = np.sort(unanswered)
    below = np.searchsorted(ordered, answered, side="left")
    equal = np.searchsorted(ordered, answered, side="right") - below
    return float(np.mean((below + 0.5 * equal) / len(unanswered)))
