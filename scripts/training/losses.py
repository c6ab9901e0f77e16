"""What the student is asked for: to come near its teacher, and to tell its own text from the others of the batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

TEMPERATURE = 0.05
_SAME = 0.92
_FORBIDDEN = -1e4


def distillation(student: Tensor, teacher: Tensor) -> Tensor:
    """Return 4 (1 - cosine) + 0.5 in-batch cross-entropy; near-equal teachers are not each other's negatives."""
    nearness = (student * teacher).sum(-1)
    scores = student @ teacher.T / TEMPERATURE
    return 4.0 * (1.0 - nearness).mean() + 0.5 * _cross_entropy(scores, teacher @ teacher.T)


def retrieval(questions: Tensor, passages: Tensor, alike: Tensor) -> Tensor:
    """Return the cross-entropy of finding each question's passage, and of each passage its question.

    Args:
        questions: Vectors, one a row.
        passages: The answering passage of each question.
        alike: True where a question must not count as another passage's negative (the same article or heading).
    """
    scores = questions @ passages.T / TEMPERATURE
    same = alike.float()
    return 0.5 * (_cross_entropy(scores, same) + _cross_entropy(scores.T, same.T))


def _cross_entropy(scores: Tensor, likeness: Tensor) -> Tensor:
    own = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    allowed = scores.masked_fill((likeness > _SAME) & ~own, _FORBIDDEN)
    return functional.cross_entropy(allowed, torch.arange(len(scores), device=scores.device))
