"""Another state of the search, to be compared with the one that serves: other rules, another index, another model.

The command line and the page of the desk open it alike; what is not named is as it is now.
"""

from __future__ import annotations

from dataclasses import replace

from kb.curation.model import Rules
from kb.errors import OperatorError
from kb.ports import Embedder
from kb.storage.generations import GenerationStore
from search.serving.curation import EditorsCuration
from search.serving.ranking import Ranker
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder


def candidate_search(
    search: SearchService,
    rules: Rules,
    index: GenerationStore | None = None,
    generation: str | None = None,
    embedder: Embedder | None = None,
) -> SearchService:
    """Return the search as it would be.

    Args:
        search: As it is.
        rules: What editors would have decided.
        index: Where the other index is; None: the one that serves.
        generation: Name of one generation of it; None: the one that is published there.
        embedder: The other model; None: the same one.

    Raises:
        OperatorError: The index cannot be opened, or its vectors come from another model.
    """
    analyzer = search.snapshot.analyzer
    candidate = search.directed_by(EditorsCuration(lambda: rules, analyzer))
    if index is None and embedder is None:
        return candidate
    holder = SnapshotHolder(index, analyzer, generation=generation) if index else search.holder
    embedder = embedder or search.embedder
    built_with = holder.current().embedder
    if embedder is not None and built_with != embedder.fingerprint:
        raise OperatorError(
            f"The candidate's vectors come from {built_with}, its queries from {embedder.fingerprint}.",
            "build its index with that model (`KB_EMBEDDING_MODEL=… kb index --candidate`) and name both.",
        )
    return replace(candidate, holder=holder, ranker=Ranker(embedder))
