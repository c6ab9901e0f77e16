"""Several encoders as one `Embedder`: their vectors side by side, so that one search compares by all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kb.ports import Calibration, FloatMatrix

_FINGERPRINT_LENGTH = 16


class Encoder(Protocol):
    """Turns text into unit vectors; what an `Embedder` is beside what was measured about it."""

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever the same input may give other vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """An encoder and what its opinion counts for.

    Attributes:
        share: What its cosine counts for in the whole cosine; the shares of all parts add up to 1.
    """

    encoder: Encoder
    share: float


class JoinedEmbedder:
    """Embeds by several encoders; the cosine of two of its vectors is the weighted mean of the encoders' cosines.

    Args:
        parts: The encoders, with shares that add up to 1.
        calibration: What was measured about them together, by their common fingerprint.
    """

    def __init__(self, parts: Sequence[Part], calibration: Callable[[str], Calibration]) -> None:
        self._parts = tuple(parts)
        named = "".join(f"{part.encoder.fingerprint} {part.share}\n" for part in self._parts)
        self._fingerprint = hashlib.sha256(named.encode()).hexdigest()[:_FINGERPRINT_LENGTH]
        self._calibration = calibration(self._fingerprint)

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever an encoder or a share does."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        return sum(part.encoder.dimension for part in self._parts)

    @property
    def calibration(self) -> Calibration:
        """Return what was measured about the encoders together."""
        return self._calibration

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text."""
        return self._joined([part.encoder.encode_queries(texts) for part in self._parts])

    def encode_documents(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text."""
        return self._joined([part.encoder.encode_documents(texts) for part in self._parts])

    def _joined(self, vectors: Sequence[FloatMatrix]) -> FloatMatrix:
        scaled = [np.float32(part.share**0.5) * found for part, found in zip(self._parts, vectors, strict=True)]
        return np.ascontiguousarray(np.concatenate(scaled, axis=1), dtype=np.float32)
