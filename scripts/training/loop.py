"""The training loop: draws batches from the streams, steps, looks at the judged sets, keeps checkpoints."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from scripts.training.encoder import Student, padded
from scripts.training.losses import distillation, retrieval
from scripts.training.streams import DistillationBatch, RetrievalBatch

Batch = DistillationBatch | RetrievalBatch
_CLIP = 1.0


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of work.

    Attributes:
        share: How often it is drawn, against the other streams.
        targets: The teacher's vectors, one a row; None for retrieval.
    """

    share: float
    batches: Iterator[Batch]
    targets: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast.

    Attributes:
        steps: Batches in all.
        rate: Adam's step size for the Arabic vectors; falls along a cosine to a fiftieth.
        body_rate: The same for the body.
        unfreeze_at: Step from which the body learns too.
        look_every: Steps between two looks at the judged sets (and two checkpoints).
    """

    steps: int
    rate: float = 2e-3
    body_rate: float = 4e-5
    unfreeze_at: int = 0
    warm_up: int = 50
    look_every: int = 1000

    def factor(self, step: int) -> float:
        """Return the share of the full rate at a step."""
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / self.steps)))
        return min(1.0, (step + 1) / self.warm_up) * (0.02 + 0.98 * cosine)


def train(
    student: Student,
    streams: Mapping[str, Stream],
    schedule: Schedule,
    look: Callable[[Student], str],
    checkpoints: Path,
    seed: int,
    device: torch.device,
) -> None:
    """Train in place; goes on from the newest checkpoint in the folder.

    Args:
        look: Measures the student and returns a line for the log.
        checkpoints: Folder for ``last.pt``.
    """
    optimiser = torch.optim.Adam(
        [
            {"params": [student.arabic], "lr": schedule.rate},
            {"params": student.body_parameters(), "lr": schedule.body_rate},
        ],
        betas=(0.9, 0.98),
    )
    first = _resume(student, optimiser, checkpoints / "last.pt")
    chance = random.Random(f"{seed}-{first}")
    names = tuple(streams)
    shares = [streams[name].share for name in names]
    losses = dict.fromkeys(names, 0.0)
    progress = tqdm(range(first, schedule.steps), initial=first, total=schedule.steps, mininterval=5)
    for step in progress:
        if step == schedule.unfreeze_at or step == first:
            student.body.requires_grad_(step >= schedule.unfreeze_at)
        name = chance.choices(names, shares)[0]
        loss = _loss(student, streams[name], device)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(student.body_parameters(), _CLIP)
        _set_rates(optimiser, schedule, step)
        optimiser.step()
        losses[name] += 0.02 * (float(loss) - losses[name]) if losses[name] else float(loss)
        progress.set_postfix({each: f"{value:.3f}" for each, value in losses.items()}, refresh=False)
        if (step + 1) % schedule.look_every == 0 or step + 1 == schedule.steps:
            _save(student, optimiser, step + 1, checkpoints / "last.pt")
            tqdm.write(f"step {step + 1}: {look(student)}; losses {losses}")


def _loss(student: Student, stream: Stream, device: torch.device) -> Tensor:
    batch = next(stream.batches)
    if isinstance(batch, RetrievalBatch):
        questions = student(padded(batch.questions, device))
        passages = student(padded(batch.passages, device))
        return retrieval(questions, passages, torch.from_numpy(batch.alike).to(device))
    assert stream.targets is not None, "a distillation stream has a teacher"
    return distillation(student(padded(batch.ids, device)), stream.targets[batch.targets].to(device))


def _set_rates(optimiser: torch.optim.Optimizer, schedule: Schedule, step: int) -> None:
    for group, full in zip(optimiser.param_groups, (schedule.rate, schedule.body_rate), strict=True):
        group["lr"] = full * schedule.factor(step)


def _resume(student: Student, optimiser: torch.optim.Optimizer, path: Path) -> int:
    if not path.exists():
        return 0
    saved = torch.load(path, map_location="cpu", weights_only=True)
    student.load_state_dict(saved["student"])
    optimiser.load_state_dict(saved["optimiser"])
    return int(saved["step"])


def _save(student: Student, optimiser: torch.optim.Optimizer, step: int, path: Path) -> None:
    partial = path.with_suffix(".part")
    torch.save({"student": student.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, partial)
    partial.replace(path)
