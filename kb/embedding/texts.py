"""What every embedder does to texts before it reads them."""

from __future__ import annotations

from collections.abc import Iterable


def encodable(texts: Iterable[str]) -> list[str]:
    """Return the texts with half surrogate pairs replaced: JSON may carry them, UTF-8 may not."""
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
