"""Whoever asks questions opens a model with what was measured about it."""

from __future__ import annotations

import re
from pathlib import Path

from kb.embedding.calibration import MeasuredCalibration, MeasuredCurve, write_calibration
from kb.embedding.opening import calibration_file, calibrations_folder, open_calibrated, open_embedder
from kb.ports import SimilarityCurve
from kb.settings import Settings

ROOT = Path(__file__).parent.parent.parent.parent
NO_QUESTIONS = {"kb/cli/index.py", "scripts/bench_search.py", "scripts/simulation/serving.py"}
"""They embed passages only."""


def test_another_model_than_the_configured_one_is_calibrated_too(tmp_path: Path) -> None:
    settings = Settings.model_validate({"var_dir": tmp_path})
    plain = open_embedder("english")
    curve = SimilarityCurve(floor=0.31, answer_midpoint=0.5, answer_slope=9.0)
    measured = MeasuredCalibration(MeasuredCurve(curve, 0.9, 20, 20), {})
    write_calibration(calibration_file(calibrations_folder(tmp_path), plain.fingerprint), plain.fingerprint, measured)

    opened = open_calibrated(settings, "english")

    assert (opened.calibration.overall, opened.fingerprint) == (curve, plain.fingerprint)
    assert plain.calibration.overall != curve


def test_who_asks_questions_has_one_way_to_open_a_model() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("kb", "indexer", "search", "web", "scripts")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bopen_embedder\(", path.read_text("utf-8"))
    }

    assert found == NO_QUESTIONS | {"kb/embedding/opening.py"}
