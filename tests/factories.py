"""Small real values for tests: articles from a few words, and an embedder without a model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from kb.model import Article, ArticleId, Audience, Language, Section, Status
from kb.ports import Calibration, FloatMatrix, SimilarityCurve


def make_article(article_id: str = "reset-password", lang: Language = Language.EN, **changes: Any) -> Article:
    """Return a valid article; `text` sets the lead, any other keyword replaces that attribute."""
    text = changes.pop("text", "Open the sign-in page and choose the link under the password field.")
    values: dict[str, Any] = {
        "id": ArticleId(article_id),
        "lang": lang,
        "category": "account",
        "slug": article_id,
        "title": article_id.replace("-", " ").capitalize(),
        "summary": "",
        "tags": (),
        "audience": Audience.PUBLIC,
        "status": Status.PUBLISHED,
        "owner": "accounts-team",
        "updated": date(2026, 11, 1),
        "review_by": None,
        "questions": (),
        "aliases": (),
        "translation_of": None,
        "path": f"{lang}/account/{article_id}.md",
        "digest": "",
        "source": text,
        "html": f"<p>{text}</p>",
        "sections": (Section("", (), 1, text),),
    }
    values |= changes
    values["digest"] = values["digest"] or hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
    return Article(**values)


class HashingEmbedder:
    """Bag-of-words vectors by the hashing trick: the same words are near, with no model and no randomness."""

    fingerprint = "hashing-256"
    dimension = 256
    calibration = Calibration(SimilarityCurve(floor=0.05, answer_midpoint=0.2, answer_slope=20.0))

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text."""
        return self.encode_documents(texts)

    def encode_documents(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text; the zero text gets the first axis."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=4).digest()
                vectors[row, int.from_bytes(digest, "big") % self.dimension] += 1
            if not vectors[row].any():
                vectors[row, 0] = 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
