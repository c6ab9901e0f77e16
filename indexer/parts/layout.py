"""Where the parts of a generation are, and the versions of their formats: an index of other versions is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from indexer.parts import content, gram_index, keyword_index, short_texts, vector_index

KEYWORD_DIRECTORY: Final = "keyword"
GRAM_DIRECTORY: Final = "grams"
VECTOR_DIRECTORY: Final = "vectors"
SHORT_TEXT_DIRECTORY: Final = "short_texts"

FORMATS: Final[Mapping[str, int]] = {
    "content": content.FORMAT,
    KEYWORD_DIRECTORY: keyword_index.FORMAT,
    GRAM_DIRECTORY: gram_index.FORMAT,
    VECTOR_DIRECTORY: vector_index.FORMAT,
    SHORT_TEXT_DIRECTORY: short_texts.FORMAT,
}
