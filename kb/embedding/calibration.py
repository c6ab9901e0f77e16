"""When a similarity of a model is chance: measured on questions with and without an answer, kept as JSON.

Cosines are all that is looked at. The best one of each question, of questions whose answer is in the corpus against
questions of another corpus, gives a logistic curve; the floor is what an article with the answer hardly ever stays
under. One curve for each pair of languages that was measured, and one for all of them together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.errors import OperatorError
from kb.model import Language
from kb.ports import Calibration, SimilarityCurve

FILE_NAME: Final = "calibration.json"
# A model nobody has calibrated: a low floor shows too much rather than too little
UNCALIBRATED: Final = Calibration(SimilarityCurve(floor=0.2, answer_midpoint=0.45, answer_slope=12.0))
FEWEST_QUESTIONS: Final = 10
_FLOOR_QUANTILE = 0.01
_NEWTON_STEPS = 50
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class BestCosines:
    """The best cosine of each question that a corpus was asked.

    Attributes:
        asked: Language of the questions.
        answered: Language of the passages.
        cosines: One a question, -1 to 1.
        relevant: Best cosine of an article with the answer, one a question; None where the corpus holds no answers.
    """

    asked: Language
    answered: Language
    cosines: NDArray[np.float32]
    relevant: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class MeasuredCurve:
    """A curve and what it was measured on.

    Attributes:
        area_under_curve: Chance that an answered question's best cosine exceeds an unanswered one's, 0 to 1.
        answered: Questions with an answer that were measured.
        unanswered: Questions without one.
    """

    curve: SimilarityCurve
    area_under_curve: float
    answered: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class MeasuredCalibration:
    """What calibrating found, over all and by language of question and passage."""

    overall: MeasuredCurve
    by_languages: Mapping[tuple[Language, Language], MeasuredCurve]

    @property
    def calibration(self) -> Calibration:
        """Return the curves alone."""
        return Calibration(self.overall.curve, {pair: found.curve for pair, found in self.by_languages.items()})


def calibrate(measured: Iterable[BestCosines]) -> MeasuredCalibration:
    """Return floors and answer curves from the best cosine of each question.

    Args:
        measured: At least ten questions with an answer and ten without. A pair of languages with fewer of either has
            no curve of its own.

    Raises:
        OperatorError: Too few questions of either kind.
    """
    groups = tuple(measured)
    everything = _together(groups)
    if not everything.is_enough:
        raise OperatorError(
            f"Calibrating needs at least ten questions with an answer and ten without, "
            f"not {len(everything.answered)} and {len(everything.unanswered)}.",
            "give `kb model calibrate` larger sets",
        )
    pairs = {
        pair: _together(group for group in groups if (group.asked, group.answered) == pair)
        for pair in sorted({(group.asked, group.answered) for group in groups})
    }
    return MeasuredCalibration(_fit(everything), {pair: _fit(each) for pair, each in pairs.items() if each.is_enough})


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
        overall = _read_curve(kept["overall"])
        pairs = {
            (Language(one["asked"]), Language(one["answered_in"])): _read_curve(one) for one in kept["by_languages"]
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperatorError(f"{path} is not a calibration ({error}).", "run `kb model calibrate` again") from error
    return Calibration(overall, pairs) if of_model == fingerprint else None


def write_calibration(path: Path, fingerprint: str, measured: MeasuredCalibration) -> None:
    """Keep what was measured about the model of that fingerprint."""
    kept: Mapping[str, object] = {
        "fingerprint": fingerprint,
        "overall": asdict(measured.overall),
        "by_languages": [
            {"asked": asked, "answered_in": answered_in, **asdict(found)}
            for (asked, answered_in), found in measured.by_languages.items()
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def _read_curve(kept: Mapping[str, Mapping[str, object]]) -> SimilarityCurve:
    return SimilarityCurve(**{name: float(str(value)) for name, value in kept["curve"].items()})


@dataclass(frozen=True, slots=True)
class _Cosines:
    """Cosines of several groups: of questions with an answer, of those without, and of the articles that answer."""

    answered: NDArray[np.float32]
    unanswered: NDArray[np.float32]
    relevant: NDArray[np.float32]

    @property
    def is_enough(self) -> bool:
        return min(len(self.answered), len(self.unanswered)) >= FEWEST_QUESTIONS


def _together(groups: Iterable[BestCosines]) -> _Cosines:
    empty: NDArray[np.float32] = np.empty(0, dtype=np.float32)
    answered, unanswered, relevant = [empty], [empty], [empty]
    for group in groups:
        (unanswered if group.relevant is None else answered).append(group.cosines)
        if group.relevant is not None:
            relevant.append(group.relevant)
    return _Cosines(np.concatenate(answered), np.concatenate(unanswered), np.concatenate(relevant))


def _fit(seen: _Cosines) -> MeasuredCurve:
    midpoint, slope = _logistic(seen.answered.astype(np.float64), seen.unanswered.astype(np.float64))
    floor = float(np.quantile(seen.relevant, _FLOOR_QUANTILE))
    curve = SimilarityCurve(round(min(floor, midpoint), 4), round(midpoint, 4), round(slope, 3))
    return MeasuredCurve(
        curve, round(_area(seen.answered, seen.unanswered), 4), len(seen.answered), len(seen.unanswered)
    )


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
