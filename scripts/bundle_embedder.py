"""Turns checkpoints of `scripts.train_embedder` into the bundled model, and into a sentence-transformers folder.

python -m scripts.bundle_embedder --train ../shared/train --work var/train --bundle DIR var/train/last.pt

Several checkpoints are averaged: what each learned stays, what each forgot comes back (Wortsman et al. 2022).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import torch
from tokenizers import Tokenizer

from kb.embedding.bundle import CONFIG, GRAPH, TOKENIZER, WEIGHTS
from kb.embedding.export import export_model
from kb.embedding.model_folder import write_checksums
from scripts.train_embedder import english_folder
from scripts.training import corpus
from scripts.training.encoder import Student
from scripts.training.export import write_bundle
from scripts.training.onnx_graph import write_graph

_PAIRS = 200
_LONGER_TEXTS = 60


@click.command()
@click.argument("checkpoints", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--train", "texts", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--work", type=click.Path(path_type=Path, exists=True), required=True, help="The run's work folder.")
@click.option("--bundle", type=click.Path(path_type=Path), required=True, help="Where the bundled form is written.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where a sentence-transformers folder is written.")
def main(checkpoints: tuple[Path, ...], texts: Path, work: Path, bundle: Path, folder: Path | None) -> None:
    """Average CHECKPOINTS, quantise the result and write it; run `kb model calibrate` afterwards."""
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    student = Student(english_folder(), torch.from_numpy(np.load(work / "arabic.npy")), dtype=torch.float32)
    student.load_state_dict(average(checkpoints))
    write_bundle(student, tokenizer, sample_texts(texts), bundle)
    write_graph(bundle)
    write_checksums(bundle, [CONFIG, GRAPH, TOKENIZER, WEIGHTS])
    if folder:
        export_model(bundle, folder)


def average(checkpoints: Sequence[Path]) -> dict[str, torch.Tensor]:
    """Return the mean of the weights of checkpoints that started from the same tokenizer."""
    kept = [torch.load(path, map_location="cpu", weights_only=True)["student"] for path in checkpoints]
    return {name: torch.stack([one[name].float() for one in kept]).mean(dim=0) for name in kept[0]}


def sample_texts(folder: Path) -> list[str]:
    """Return texts of both languages and all lengths, which show how large the network's values get."""
    pairs = corpus.read_pairs(folder)
    chosen = random.Random(1).sample(pairs, _PAIRS)
    longer = corpus.join_neighbours(pairs[:3000], random.Random(1))[:_LONGER_TEXTS]
    return [text for pair in (*chosen, *longer) for text in (pair.english, pair.arabic)]


if __name__ == "__main__":
    main()
