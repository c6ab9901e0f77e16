"""Measures indexing and searching at several sizes: build time, size, memory, cold start, latency through HTTP.

    python -m scripts.bench_search ../shared/eval/help-ar --sizes 100,1000,10000

The articles are those of a judged set; beyond its size they are copies with words exchanged. The model embeds the
first 8,000 passages; further ones get the vector of one of those with a little noise, so that ten thousand articles
take minutes. Queries are embedded by the model. In the same run the keyword engine is compared with BM25 over Snowball
stems.
"""

from __future__ import annotations

import http.client
import json
import random
import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

import click
import numpy as np

from indexer.build.collection import build_collection
from kb.cli.index import usable_cores
from kb.embedding.opening import open_embedder
from kb.language.analysis import open_analyzer
from kb.model import CorpusArticle
from kb.ports import Embedder, FloatMatrix
from kb.results import SearchMode
from kb.settings import Settings, load_settings
from scripts.simulation.serving import serving
from search.judging.evaluation import (
    Answer,
    Half,
    JudgedQuery,
    JudgedSet,
    measure,
    percentile,
    read_judged_set,
)
from search.judging.judged_index import evaluate, open_judged_index

SEED = 7
SHARE_EXCHANGED = 0.15
EMBEDDED_PASSAGES = 8_000
NOISE = 0.02
CALLERS = (1, 8)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BuildFigures:
    """What building one index took; memory is the peak of the process that built it."""

    articles: int
    ms_per_article: float
    index_mb: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class StartFigures:
    """What serving took: seconds from the command to ready, memory of the server after all queries."""

    articles: int
    ready_s: float
    resident_mb: float


@dataclass(frozen=True, slots=True)
class QueryFigures:
    """What queries took through HTTP."""

    articles: int
    engine: str
    callers: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    per_second: float


@dataclass(frozen=True, slots=True)
class RankingFigures:
    """How good a ranking by words is, next to the plain baseline."""

    engine: str
    ndcg_at_10: float
    p50_ms: float


class SparingEmbedder:
    """Embeds the first passages by the model and gives the others vectors of those with a little noise.

    Args:
        embedder: The model.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known = np.empty((0, embedder.dimension), np.float32)
        self._random = np.random.default_rng(SEED)
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension
        self.calibration = embedder.calibration

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Return the model's vectors."""
        return self._embedder.encode_queries(texts)

    def encode_documents(self, texts: Sequence[str]) -> FloatMatrix:
        """Return the model's vectors for the first passages, noisy ones of those for the rest."""
        if len(self._known) < EMBEDDED_PASSAGES:
            vectors = self._embedder.encode_documents(texts)
            self._known = np.concatenate([self._known, vectors])
            return vectors
        chosen = self._known[self._random.integers(0, len(self._known), len(texts))]
        noisy = chosen + NOISE * self._random.standard_normal(chosen.shape, np.float32)
        unit: FloatMatrix = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        return unit


def make_articles(corpus: Sequence[CorpusArticle], count: int) -> tuple[CorpusArticle, ...]:
    """Return so many articles: the real ones, then copies in which words are exchanged with those of other articles."""
    chooser = random.Random(SEED)  # noqa: S311 - a benchmark must repeat itself
    words = [word for article in corpus for word in article.body.split()]
    made = list(corpus[:count])
    while len(made) < count:
        original = corpus[len(made) % len(corpus)]
        body = "\n".join(
            " ".join(chooser.choice(words) if chooser.random() < SHARE_EXCHANGED else word for word in line.split())
            for line in original.body.split("\n")
        )
        made.append(CorpusArticle(f"{original.id}-{len(made)}", original.lang, original.title, body))
    return tuple(made)


def build(directory: Path, corpus: tuple[CorpusArticle, ...], settings: Settings) -> BuildFigures:
    """Build an index in this process and return what it took; call it in a fresh process."""
    analyzer = open_analyzer(settings.morphology_db)
    embedder = SparingEmbedder(open_embedder(settings.embedding_model, settings.index_threads or usable_cores()))
    started = time.perf_counter()
    build_collection(directory, corpus, analyzer, embedder)
    seconds = time.perf_counter() - started
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    peak_kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return BuildFigures(len(corpus), seconds / len(corpus) * 1000, size / MEGABYTE, peak_kilobytes / 1024)


def ask(address: str, queries: Sequence[JudgedQuery], articles: int, engine: SearchMode, callers: int) -> QueryFigures:
    """Send all queries to a site, spread over so many callers, and return the latencies."""
    started = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        shares = [queries[place::callers] for place in range(callers)]
        parts = pool.map(partial(_ask_in_turn, address, engine), shares)
        milliseconds = [value for part in parts for value in part]
    seconds = time.perf_counter() - started
    p50, p95, p99 = (percentile(milliseconds, share) for share in (50, 95, 99))
    return QueryFigures(articles, engine, callers, p50, p95, p99, len(queries) / seconds)


def compare_rankings(judged: JudgedSet, settings: Settings, directory: Path) -> Iterator[RankingFigures]:
    """Yield the figures of BM25 over Snowball stems and of the product's keyword engine on the same questions."""
    import bm25s
    from snowballstemmer import stemmer

    assert judged.corpus is not None
    stems = stemmer(str({"ar": "arabic", "en": "english"}[judged.corpus[0].lang]))

    def terms(text: str) -> list[str]:
        return list(stems.stemWords(bm25s.tokenize([text], stopwords=None, return_ids=False, show_progress=False)[0]))

    baseline = bm25s.BM25(k1=1.2, b=0.75)
    baseline.index([terms(f"{article.title} {article.body}") for article in judged.corpus], show_progress=False)
    ids = [article.id for article in judged.corpus]

    def rank(query: JudgedQuery) -> Answer:
        rows, _ = baseline.retrieve([terms(query.text)], k=10, show_progress=False)
        return Answer([ids[row] for row in rows[0]], no_answer=False)

    plain = measure(judged.queries, rank, time.perf_counter)
    yield RankingFigures("BM25 over Snowball stems (bm25s)", plain.ndcg_at_10, plain.latency_p50_ms)
    analyzer = open_analyzer(settings.morphology_db)
    service = open_judged_index(build_collection(directory, judged.corpus, analyzer, None), analyzer, None)
    ours = evaluate(judged, service, SearchMode.KEYWORD, Half.ALL, time.perf_counter)
    yield RankingFigures("kb, keyword", ours.ndcg_at_10, ours.latency_p50_ms)


def measure_size(judged: JudgedSet, size: int, queries: int, settings: Settings) -> Iterator[object]:
    """Yield all figures of one size."""
    assert judged.corpus is not None
    with TemporaryDirectory(prefix="dalil-bench-") as temporary:
        var_dir = Path(temporary)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            corpus = make_articles(judged.corpus, size)
            yield fresh.submit(build, var_dir / "index", corpus, settings).result()
        with serving(var_dir, _served_settings(settings)) as (server, ready):
            asked = judged.queries[:queries]
            ask(server.address, asked, size, SearchMode.HYBRID, callers=1)  # fills the caches, as the first readers do
            for engine in SearchMode:
                for callers in CALLERS:
                    yield ask(server.address, asked, size, engine, callers)
            yield StartFigures(size, ready, _resident_megabytes(server.pid))


@click.command()
@click.argument("collection", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--sizes", default="100,1000,10000", show_default=True, help="Numbers of articles.")
@click.option("--queries", default=300, show_default=True, help="Questions asked of each engine.")
def main(collection: Path, sizes: str, queries: int) -> None:
    """Measure with the articles and questions of COLLECTION; prints one JSON object a line."""
    settings = load_settings()
    judged = read_judged_set(collection)
    if judged.corpus is None:
        raise click.UsageError(f"{collection} has no corpus.jsonl.")
    for size in (int(size) for size in sizes.split(",")):
        for figures in measure_size(judged, size, queries, settings):
            _report(figures)
    with TemporaryDirectory(prefix="dalil-bench-") as temporary:
        for ranking in compare_rankings(judged, settings, Path(temporary)):
            _report(ranking)


def _served_settings(settings: Settings) -> dict[str, str]:
    morphology = {"KB_MORPHOLOGY_DB": str(settings.morphology_db)} if settings.morphology_db else {}
    return {
        "KB_EMBEDDING_MODEL": settings.embedding_model,
        "KB_API_REQUESTS_PER_MINUTE": "0",
        "KB_EVENTS_PER_MINUTE": "0",
        **morphology,
    }


def _report(figures: object) -> None:
    named = asdict(figures)  # type: ignore[call-overload]
    rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in named.items()}
    click.echo(json.dumps({"figures": type(figures).__name__, **rounded}))


def _ask_in_turn(address: str, engine: SearchMode, queries: Sequence[JudgedQuery]) -> list[float]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    milliseconds = []
    for query in queries:
        parameters = urlencode({"q": query.text, "lang": query.lang, "mode": engine})
        started = time.perf_counter()
        connection.request("GET", f"/api/v1/search?{parameters}")
        response = connection.getresponse()
        response.read()
        milliseconds.append((time.perf_counter() - started) * 1000)
        if response.status != http.client.OK:
            raise click.ClickException(f"The search answered {response.status} to {query.id}.")
    connection.close()
    return milliseconds


def _resident_megabytes(process: int) -> float:
    """Return the largest resident memory of a process and of its children."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    kilobytes = []
    for pid in (process, *children):
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        kilobytes.append(int(status.split("VmRSS:")[1].split()[0]))
    return max(kilobytes) / 1024


if __name__ == "__main__":
    main()
