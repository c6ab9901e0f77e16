from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.embedding.calibration import calibrate, read_calibration, write_calibration
from kb.errors import OperatorError

ANSWERED = np.linspace(0.5, 0.9, 60).astype(np.float32)
UNANSWERED = np.linspace(0.1, 0.4, 60).astype(np.float32)


def test_the_midpoint_lies_between_answered_and_unanswered_questions() -> None:
    measured = calibrate(ANSWERED, UNANSWERED)
    assert 0.4 < measured.calibration.answer_midpoint < 0.5
    assert measured.calibration.answer_slope > 5
    assert measured.area_under_curve == 1.0
    assert (measured.answered, measured.unanswered) == (60, 60)


def test_questions_that_cannot_be_told_apart_give_half_the_area() -> None:
    assert calibrate(ANSWERED, ANSWERED).area_under_curve == pytest.approx(0.5)


def test_the_floor_keeps_nearly_every_answered_question() -> None:
    measured = calibrate(ANSWERED, UNANSWERED)
    assert (measured.calibration.floor <= ANSWERED).mean() >= 0.98
    assert measured.calibration.floor <= measured.calibration.answer_midpoint


def test_more_unanswered_than_answered_questions_do_not_move_the_midpoint() -> None:
    few = calibrate(ANSWERED, UNANSWERED).calibration.answer_midpoint
    many = calibrate(ANSWERED, np.repeat(UNANSWERED, 20)).calibration.answer_midpoint
    assert many == pytest.approx(few, abs=0.02)


def test_too_few_questions_are_refused_with_a_remedy() -> None:
    with pytest.raises(OperatorError, match="at least ten") as raised:
        calibrate(ANSWERED[:9], UNANSWERED)
    assert "kb model calibrate" in raised.value.remedy


cosines = st.lists(st.floats(-1, 1, width=32), min_size=10, max_size=40).map(lambda seen: np.array(seen, np.float32))


@given(answered=cosines, unanswered=cosines)
def test_any_cosines_give_a_usable_calibration(
    answered: np.ndarray[tuple[int], np.dtype[np.float32]], unanswered: np.ndarray[tuple[int], np.dtype[np.float32]]
) -> None:
    measured = calibrate(answered, unanswered)
    assert np.isfinite([measured.calibration.floor, measured.calibration.answer_midpoint]).all()
    assert measured.calibration.answer_slope > 0
    assert 0 <= measured.area_under_curve <= 1


def test_a_calibration_belongs_to_one_model(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "calibration.json"
    measured = calibrate(ANSWERED, UNANSWERED)
    write_calibration(path, "one", measured)
    assert read_calibration(path, "one") == measured.calibration
    assert read_calibration(path, "another") is None
    assert read_calibration(tmp_path / "absent.json", "one") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"fingerprint": "one", "calibration": {"floor": 1}}'])
def test_a_damaged_calibration_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(content)
    with pytest.raises(OperatorError, match="not a calibration"):
        read_calibration(path, "one")
