from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kb.embedding.calibration import (
    BestCosines,
    MeasuredCalibration,
    MeasuredCurve,
    calibrate,
    read_calibration,
    write_calibration,
)
from kb.errors import OperatorError
from kb.model import Language

Cosines = NDArray[np.float32]

ANSWERED = np.linspace(0.5, 0.9, 60).astype(np.float32)
UNANSWERED = np.linspace(0.1, 0.4, 60).astype(np.float32)


def measured(
    answered: Cosines, unanswered: Cosines, asked: Language = Language.AR, held: Language = Language.AR
) -> list[BestCosines]:
    """Return questions in one language asked of passages in another."""
    return [BestCosines(asked, held, answered, answered), BestCosines(asked, held, unanswered, None)]


def overall(answered: Cosines, unanswered: Cosines) -> MeasuredCurve:
    return calibrate(measured(answered, unanswered)).overall


def both_directions() -> MeasuredCalibration:
    """Return what is found where similarities lie lower across languages than within one."""
    within = measured(ANSWERED, UNANSWERED)
    across = measured(ANSWERED - 0.2, UNANSWERED - 0.2, Language.AR, Language.EN)
    return calibrate(within + across)


def test_the_midpoint_lies_between_answered_and_unanswered_questions() -> None:
    found = overall(ANSWERED, UNANSWERED)
    assert 0.4 < found.curve.answer_midpoint < 0.5
    assert found.curve.answer_slope > 5
    assert found.area_under_curve == 1.0
    assert (found.answered, found.unanswered) == (60, 60)


def test_questions_that_cannot_be_told_apart_give_half_the_area() -> None:
    assert overall(ANSWERED, ANSWERED).area_under_curve == pytest.approx(0.5)


def test_the_floor_keeps_nearly_every_answered_question() -> None:
    curve = overall(ANSWERED, UNANSWERED).curve
    assert (curve.floor <= ANSWERED).mean() >= 0.98
    assert curve.floor <= curve.answer_midpoint


def test_the_floor_follows_the_articles_that_answer_where_others_are_nearer() -> None:
    nearest = BestCosines(Language.AR, Language.AR, ANSWERED, ANSWERED - 0.2)
    curve = calibrate([nearest, BestCosines(Language.AR, Language.AR, UNANSWERED, None)]).overall.curve
    assert curve.floor == pytest.approx(0.3, abs=0.02)


def test_more_unanswered_than_answered_questions_do_not_move_the_midpoint() -> None:
    few = overall(ANSWERED, UNANSWERED).curve.answer_midpoint
    many = overall(ANSWERED, np.repeat(UNANSWERED, 20)).curve.answer_midpoint
    assert many == pytest.approx(few, abs=0.02)


def test_each_pair_of_languages_has_its_own_curve() -> None:
    calibration = both_directions().calibration
    within, across = (calibration.curve(Language.AR, lang) for lang in (Language.AR, Language.EN))
    assert across.answer_midpoint == pytest.approx(within.answer_midpoint - 0.2, abs=0.01)
    assert across.floor < within.floor


def test_languages_that_were_not_measured_have_the_curve_of_all() -> None:
    calibration = both_directions().calibration
    assert calibration.curve(Language.EN, Language.EN) == calibration.overall


def test_languages_with_too_few_questions_have_the_curve_of_all() -> None:
    few = measured(ANSWERED[:9], UNANSWERED, Language.EN, Language.EN)
    calibration = calibrate(measured(ANSWERED, UNANSWERED) + few).calibration
    assert calibration.curve(Language.EN, Language.EN) == calibration.overall


def test_too_few_questions_are_refused_with_a_remedy() -> None:
    with pytest.raises(OperatorError, match="at least ten") as raised:
        overall(ANSWERED[:9], UNANSWERED)
    assert "kb model calibrate" in raised.value.remedy


cosines = st.lists(st.floats(-1, 1, width=32), min_size=10, max_size=40).map(lambda seen: np.array(seen, np.float32))


@given(answered=cosines, unanswered=cosines)
def test_any_cosines_give_a_usable_calibration(answered: Cosines, unanswered: Cosines) -> None:
    found = overall(answered, unanswered)
    assert np.isfinite([found.curve.floor, found.curve.answer_midpoint]).all()
    assert found.curve.answer_slope > 0
    assert 0 <= found.area_under_curve <= 1


def test_a_calibration_belongs_to_one_model(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "calibration.json"
    found = both_directions()
    write_calibration(path, "one", found)
    assert read_calibration(path, "one") == found.calibration
    assert read_calibration(path, "another") is None
    assert read_calibration(tmp_path / "absent.json", "one") is None


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"fingerprint": "one", "overall": {"curve": {"floor": 1}}, "by_languages": []}']
)
def test_a_damaged_calibration_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(content)
    with pytest.raises(OperatorError, match="not a calibration"):
        read_calibration(path, "one")
