"""Models that contract tests share: opening one takes a second, so each is opened once."""

from __future__ import annotations

import pytest

from kb.embedding.export import export_model
from kb.embedding.onnx import OnnxEncoder, load_encoder
from kb.embedding.opening import BUNDLE, open_embedder
from kb.ports import Embedder


@pytest.fixture(scope="session")
def bundled() -> Embedder:
    """The bundled model."""
    return open_embedder("bundled")


@pytest.fixture(scope="session")
def own() -> OnnxEncoder:
    """Our own encoder, one of the bundled two."""
    return load_encoder(BUNDLE, threads=1)


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """Our own encoder as `kb model export` writes it, run by sentence-transformers."""
    folder = tmp_path_factory.mktemp("export") / "model"
    export_model(BUNDLE, folder)
    return open_embedder(str(folder))
