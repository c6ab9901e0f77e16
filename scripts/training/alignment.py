"""Where the vectors of the Arabic pieces start: the English pieces that they are translated by.

IBM model 1 (Brown et al. 1993) over the translated pairs, by expectation maximisation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_LONGEST = 40
_SHARPENING = 1.5


def aligned_vectors(
    arabic: Sequence[Sequence[int]],
    english: Sequence[Sequence[int]],
    english_vectors: NDArray[np.float32],
    pieces: int,
    iterations: int = 6,
) -> NDArray[np.float32]:
    """Return one vector an Arabic piece: the mean of its English translations, weighted by expected counts.

    Args:
        arabic: Piece ids of each Arabic text, from 0.
        english: Piece ids of its translation.
        english_vectors: One row an English piece.
        pieces: Number of Arabic pieces; those never seen get the mean of all the others.
        iterations: Rounds of expectation maximisation.
    """
    width = len(english_vectors)
    keys, tokens = _cells(arabic, english, width)
    entries, cell_entry = np.unique(keys, return_inverse=True)
    of_piece = entries // width
    counts: NDArray[np.float64] = np.ones(len(entries))
    for _ in range(iterations):
        totals = np.bincount(entries % width, weights=counts, minlength=width)
        given = (counts / totals[entries % width])[cell_entry]
        shares = given / np.bincount(tokens, weights=given)[tokens]
        counts = np.asarray(np.bincount(cell_entry, weights=shares, minlength=len(entries)), dtype=np.float64)
    weights = counts**_SHARPENING
    weights[entries % width == 0] = 0.0
    return _weighted_means(of_piece, entries % width, weights, english_vectors, pieces)


def _cells(
    arabic: Sequence[Sequence[int]], english: Sequence[Sequence[int]], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each (Arabic token, English token) of a pair its table key and the running number of the Arabic token.

    English id 0 (padding, never in a text) stands for "aligned to nothing".
    """
    keys: list[NDArray[np.int64]] = []
    tokens: list[NDArray[np.int64]] = []
    seen = 0
    for source, target in zip(arabic, english, strict=True):
        if not (0 < len(source) <= _LONGEST and 0 < len(target) <= _LONGEST):
            continue
        candidates = np.unique(np.array([0, *target], dtype=np.int64))
        keys.append((np.array(source, dtype=np.int64)[:, None] * width + candidates).ravel())
        tokens.append(np.repeat(np.arange(seen, seen + len(source)), len(candidates)))
        seen += len(source)
    return np.concatenate(keys), np.concatenate(tokens)


def _weighted_means(
    of_piece: NDArray[np.int64],
    translations: NDArray[np.int64],
    weights: NDArray[np.float64],
    english_vectors: NDArray[np.float32],
    pieces: int,
) -> NDArray[np.float32]:
    from scipy.sparse import csr_array

    shape = (pieces, len(english_vectors))
    table = csr_array((weights, (of_piece, translations)), shape=shape)
    mass = np.asarray(table.sum(axis=1)).ravel()
    means = np.asarray(table @ english_vectors) / np.maximum(mass, 1e-12)[:, None]
    seen = mass > 1e-9
    means[~seen] = means[seen].mean(axis=0)
    return np.asarray(means, dtype=np.float32)
