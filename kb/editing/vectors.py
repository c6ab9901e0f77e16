"""Keeps the vectors of failed queries, so that a queue opens without asking the model again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, select

from kb.editing.model import QueryId
from kb.storage.database import reading, upsert, writing
from kb.storage.editing_tables import query_vectors

Vector = NDArray[np.float32]


def stored_vectors(engine: Engine, model: str, of: Sequence[QueryId]) -> dict[QueryId, Vector]:
    """Return the vectors that are known.

    Args:
        model: Fingerprint of the model; vectors of another one are not known.
    """
    wanted = select(query_vectors.c.query_id, query_vectors.c.vector).where(
        query_vectors.c.model == model, query_vectors.c.query_id.in_(of)
    )
    with reading(engine) as connection:
        return {QueryId(query): np.frombuffer(stored, "<f4") for query, stored in connection.execute(wanted)}


def store_vectors(engine: Engine, model: str, vectors: Mapping[QueryId, Vector]) -> None:
    """Remember vectors in place of those of another model."""
    rows = [
        {"query_id": query, "model": model, "vector": vector.astype("<f4").tobytes()}
        for query, vector in sorted(vectors.items())
    ]
    if rows:
        with writing(engine) as connection:
            connection.execute(upsert(connection, query_vectors, ["query_id"]), rows)
