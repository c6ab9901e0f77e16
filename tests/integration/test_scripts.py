"""Scripts that people start: as modules; by their path they work too, or say how they are started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    "script", [ROOT / "scripts" / "simulate_visitors.py", ROOT / "scripts" / "bench_statistics.py"]
)
def test_a_script_started_by_its_path_says_how_it_is_started(script: Path, tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert told.returncode == 1
    assert told.stderr == f"Run it from the project's folder, as a module: python -m scripts.{script.stem}\n"
