"""A site to visit: an index of the articles, and `kb serve` as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

import requests

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.clock import SystemClock
from kb.embedding.opening import open_embedder
from kb.language.analysis import open_analyzer
from kb.settings import Settings
from kb.storage.generations import GenerationStore

LONGEST_START_S = 120.0


class Meaning(Enum):
    """Whether an index holds vectors."""

    WITH_VECTORS = "with vectors"
    WORDS_ONLY = "words only"


def build_index(settings: Settings, meaning: Meaning) -> None:
    """Index the articles of the settings into their `var_dir`."""
    embedder = None
    if meaning is Meaning.WITH_VECTORS:
        embedder = open_embedder(settings.embedding_model, settings.embedding_threads)
    store = GenerationStore(settings.index_dir, SystemClock())
    build_generation(store, load_tree(settings.articles_dir), open_analyzer(settings.morphology_db), embedder)


class Server:
    """`kb serve` in a process group of its own, which can be killed and started again at the same address.

    Args:
        var_dir: Directory with the index; the database and `server.log` are made there.
        settings: `KB_*` variables beside it.
    """

    def __init__(self, var_dir: Path, settings: Mapping[str, str]) -> None:
        self._port = _free_port()
        own = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        place = {"KB_VAR_DIR": str(var_dir), "KB_PORT": str(self._port), "KB_SITE_URL": self.address}
        self._log = var_dir / "server.log"
        self._environment = own | place | dict(settings)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return the site's address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Return the id of the process that was started; those that serve are its children."""
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> float:
        """Start it and return after how many seconds questions could be answered.

        Raises:
            RuntimeError: They cannot.
        """
        started = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kb.cli", "serve"],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.monotonic() - started < LONGEST_START_S:
            try:
                if requests.get(f"{self.address}/readyz", timeout=5).ok:
                    return time.monotonic() - started
            except requests.RequestException:
                time.sleep(0.02)
        raise RuntimeError(f"the server did not answer within {LONGEST_START_S:.0f} s")

    def kill(self) -> None:
        """Kill it and its workers with -9: no handler runs, nothing is flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator does."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, how)
            self._process.wait(timeout=LONGEST_START_S)


@contextmanager
def serving(var_dir: Path, settings: Mapping[str, str]) -> Iterator[tuple[Server, float]]:
    """Run a server over an index; gives it, and the seconds until questions could be answered."""
    server = Server(var_dir, settings)
    try:
        yield server, server.start()
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
