"""The network being trained: the English model's body over English vectors that stay and Arabic vectors that learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AttentionInterface, BertModel
from transformers.utils import logging as transformers_logging

PADDING = 0


def _attention(
    _module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, **options: Any
) -> tuple[Tensor, None]:
    """Attend in 32 bits: the backward pass of bf16 attention is ten times slower than that on processors."""
    attended = functional.scaled_dot_product_attention(
        query.float(), key.float(), value.float(), attn_mask=mask, scale=options.get("scaling")
    )
    return attended.to(query.dtype).transpose(1, 2).contiguous(), None


class Student(nn.Module):
    """Embeds piece ids as unit vectors.

    Args:
        english: Folder of the English model.
        arabic_vectors: First values of the Arabic rows, float32.
        dtype: What is computed in; the weights themselves stay in 32 bits.
    """

    english: Tensor

    def __init__(self, english: Path, arabic_vectors: Tensor, dtype: torch.dtype = torch.bfloat16) -> None:
        super().__init__()
        AttentionInterface.register("attention_in_32_bits", _attention)
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.body = BertModel.from_pretrained(
            str(english),
            attn_implementation="attention_in_32_bits",
            add_pooling_layer=False,
            dtype=torch.float32,
        )
        self.body.train(mode=False)
        rows = self.body.embeddings.word_embeddings.weight.detach().clone()
        self.register_buffer("english", rows)
        self.arabic = nn.Parameter(arabic_vectors.clone())
        self.dtype = dtype
        self.body.embeddings.word_embeddings = nn.Embedding(1, rows.shape[1])
        self.body.requires_grad_(False)

    def body_parameters(self) -> list[nn.Parameter]:
        """Return the weights of the body: everything but the vectors of the pieces."""
        unused = self.body.embeddings.word_embeddings.weight
        return [weight for weight in self.body.parameters() if weight is not unused]

    def forward(self, ids: Tensor) -> Tensor:
        """Return one unit vector a row of padded piece ids."""
        keep = ids != PADDING
        pieces = self._pieces(ids).to(self.dtype)
        weights = {name: weight.to(self.dtype) for name, weight in self.body.named_parameters()}
        mask = None if bool(keep.all()) else keep[:, None, None, :]
        hidden = torch.func.functional_call(
            self.body, weights, (), {"inputs_embeds": pieces, "attention_mask": mask}
        ).last_hidden_state.float()
        shown = keep[:, :, None].float()
        return functional.normalize((hidden * shown).sum(1) / shown.sum(1), dim=-1)

    def _pieces(self, ids: Tensor) -> Tensor:
        known = len(self.english)
        arabic = (ids >= known)[:, :, None]
        learned = functional.embedding((ids - known).clamp(min=0), self.arabic)
        fixed = functional.embedding(ids.clamp(max=known - 1), self.english)
        return torch.where(arabic, learned, fixed)


def padded(rows: Sequence[Sequence[int]], device: torch.device) -> Tensor:
    """Return rows of ids as one tensor, shorter rows filled up at the end."""
    width = max(len(row) for row in rows)
    filled = [[*row, *[PADDING] * (width - len(row))] for row in rows]
    return torch.tensor(filled, dtype=torch.long, device=device)


def encode_all(
    model: Callable[[Tensor], Tensor], rows: Sequence[Sequence[int]], device: torch.device, budget: int = 8192
) -> Tensor:
    """Return the vectors of all rows in their order, computed shortest first in batches of ``budget`` tokens."""
    order = sorted(range(len(rows)), key=lambda place: (len(rows[place]), place))
    vectors: Tensor | None = None
    with torch.no_grad():
        for batch in cut_batches(order, rows, budget, largest=512):
            made = model(padded([rows[place] for place in batch], device)).cpu()
            if vectors is None:
                vectors = torch.empty(len(rows), made.shape[1])
            vectors[batch] = made
    assert vectors is not None, "nothing to encode"
    return vectors


def cut_batches(order: Sequence[int], rows: Sequence[Sequence[int]], budget: int, largest: int) -> list[list[int]]:
    """Return places cut into batches of at most ``budget`` tokens after padding and ``largest`` rows."""
    batches: list[list[int]] = []
    current: list[int] = []
    width = 0
    for place in order:
        width_with = max(width, len(rows[place]))
        if current and (width_with * (len(current) + 1) > budget or len(current) == largest):
            batches.append(current)
            current, width_with = [], len(rows[place])
        current.append(place)
        width = width_with
    return [*batches, current] if current else batches
