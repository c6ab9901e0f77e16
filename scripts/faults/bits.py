"""Flips bits in every file that the product keeps, and asks the site over them for everything once more."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from kb.backup import backup_database
from kb.language.analysis import open_analyzer
from kb.storage.generations import GenerationStore
from scripts.faults.report import Report, Task
from scripts.faults.site import AGENT, open_site, settings_for
from scripts.simulation.serving import Meaning, build_index
from search.serving.ranking import Ranker
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from web.app import create_app
from web.opening import open_services
from web.services import Services

FLIPS_A_FILE, DATABASE_FLIPS = 5, 100
PATHS = (
    "/en/",
    "/ar/",
    "/en/search?q=refund+times",
    "/ar/search?q=استرداد",  # refund
    "/en/contact",
    "/sitemap.xml",
    "/llms.txt",
)
WHOLE, REFUSED = "200", "503"


def flip_bits(task: Task) -> Report:
    """Flip bits of the index and of the database, one at a time."""
    site = open_site(task.directory)
    build_index(site.services.settings, Meaning.WORDS_ONLY)  # a second generation, so that there is an earlier one
    store = GenerationStore(site.services.settings.index_dir, site.services.clock)
    articles = _article_paths(site.app)
    faults: list[str] = []
    flips = 0
    newest = store.current()
    assert newest is not None
    for path in sorted(each for each in newest.rglob("*") if each.is_file() and each.stat().st_size):
        for _ in range(task.times(FLIPS_A_FILE)):
            with _flipped(path, task.chance) as place:
                flips += 1
                holder = SnapshotHolder(store, open_analyzer(None))
                found = _walk(_over(holder, site.services), task.chance, articles)
                faults += [f"{path.name} at {place}: {each}" for each in found if not each.endswith(WHOLE)]
    alone = _walk_alone(task, store, newest, site.services, articles)
    database, found = _flip_database(task)
    return Report({"flips in the index": flips, **alone[0], **database}, (*faults, *alone[1], *found))


def _walk_alone(
    task: Task, store: GenerationStore, newest: Path, services: Services, articles: list[str]
) -> tuple[dict[str, int], list[str]]:
    """The same without an earlier generation: what is damaged may be missing, but nothing may break."""
    for earlier in store.generations():
        if earlier != newest:
            shutil.rmtree(earlier)
    flips, degraded = 0, 0
    faults: list[str] = []
    for path in sorted(each for each in newest.rglob("*") if each.is_file() and each.stat().st_size):
        with _flipped(path, task.chance) as place:
            flips += 1
            found = _walk(_over(SnapshotHolder(store, open_analyzer(None)), services), task.chance, articles)
            degraded += any(each.endswith(REFUSED) for each in found)
            faults += [
                f"alone, {path.name} at {place}: {each}" for each in found if not each.endswith((WHOLE, REFUSED))
            ]
    return {"without an earlier index": flips, "of them with a page that said 503": degraded}, faults


def _flip_database(task: Task) -> tuple[dict[str, int], list[str]]:
    """Flip bits of the database: pages of readers must come, and nothing may end in an error that nobody foresaw."""
    settings = settings_for(task.directory)
    path, whole = settings.var_dir / "dalil.db", task.directory / "whole.db"
    backup_database(settings.effective_database_url, whole)
    faults: list[str] = []
    flips, refused = task.times(DATABASE_FLIPS), 0
    for _ in range(flips):
        for journal in settings.var_dir.glob("dalil.db-*"):
            journal.unlink()
        shutil.copy(whole, path)
        place = _flip(path, task.chance)
        try:
            services = open_services(settings)
        except Exception as error:  # noqa: BLE001 - told apart below: the product must say what to do
            refused += 1
            if type(error).__name__ != "OperatorError":
                faults.append(f"database at {place}: opening ends in {type(error).__name__}: {error}")
            continue
        found = _walk(create_app(services), task.chance, [])
        services.event_log.close()
        faults += [f"database at {place}: {each}" for each in found if not each.endswith((WHOLE, REFUSED))]
    return {"flips in the database": flips, "of them refused at start": refused}, faults


def _over(holder: SnapshotHolder, services: Services) -> Flask:
    from dataclasses import replace

    return create_app(replace(services, snapshots=holder, search=SearchService(holder, Ranker(None))))


def _walk(app: Flask, chance: random.Random, articles: list[str]) -> list[str]:
    """Return each page with its status, as text."""
    client = app.test_client()
    paths = [*PATHS, *chance.sample(articles, min(6, len(articles)))]
    found = []
    for path in paths:
        status = client.get(path, headers={"User-Agent": AGENT}).status_code
        if status == 503:  # the next request must meet an intact index, if there is one
            status = client.get(path, headers={"User-Agent": AGENT}).status_code
        found.append(f"{path} {status}")
    return found


def _article_paths(app: Flask) -> list[str]:
    sitemap = app.test_client().get("/sitemap.xml").get_data(as_text=True)
    addresses = [part.split("</loc>")[0] for part in sitemap.split("<loc>")[1:]]
    return sorted(address.removeprefix("http://localhost") for address in addresses if "/articles/" in address)


@contextmanager
def _flipped(path: Path, chance: random.Random) -> Iterator[int]:
    data = path.read_bytes()
    place = _flip(path, chance)
    try:
        yield place
    finally:
        path.write_bytes(data)


def _flip(path: Path, chance: random.Random) -> int:
    place = chance.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ (1 << chance.randrange(8))]))
    return place
