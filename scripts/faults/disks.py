"""Fills the disk of a working site, and makes it read-only: a small disk in memory, which only root can mount."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from kb.contact.tables import tickets
from kb.storage.database import reading
from kb.storage.engines import SERVING
from scripts.faults.report import Report, Task
from scripts.faults.site import AGENT, Site, open_site
from scripts.simulation.pages import SeenPage

SIZE = "48m"
TICKETS = 200


def spoil_disks(task: Task) -> Report:
    """Send messages while the disk is full and while it is read-only: stored or given back, never neither."""
    disk = task.directory / "disk"
    disk.mkdir()
    with _mounted(disk) as is_mounted:
        if not is_mounted:
            return Report({"not tried": "only root can mount a disk in memory"}, ())
        (disk / "var").mkdir()
        counting = task.directory / "limits"
        counting.mkdir()
        (disk / "var" / "limits").symlink_to(counting)  # these maps stay open for writing; see below
        site = open_site(disk / "var")
        faults: list[str] = []
        tries = task.times(TICKETS)
        counts = {"messages": 3 * tries}
        confirmed = _send_all(site, tries, faults, "whole disk", {303})
        filler = disk / "filler"
        _fill(filler)
        faults += _readiness(site, 503, "full disk")
        stored = _send_all(site, tries, faults, "full disk", {303, 503})
        counts["stored on a full disk"] = stored
        confirmed += stored
        filler.unlink()
        faults += _readiness(site, 200, "disk with room again")
        _close(site)  # a disk with files open for writing cannot be made read-only
        _remount(disk, "ro")
        faults += _readiness(site, 503, "read-only disk")
        stored = _send_all(site, tries, faults, "read-only disk", {503})
        counts["stored on a read-only disk"] = stored
        confirmed += stored
        _remount(disk, "rw")
        faults += _readiness(site, 200, "writable disk again")
        confirmed += _send_all(site, 1, faults, "writable disk again", {303})
        with reading(site.services.engine) as connection:
            kept = connection.execute(select(func.count()).select_from(tickets)).scalar() or 0
        if kept < confirmed:
            faults.append(f"{confirmed} messages were confirmed, {kept} are there")
        _close(site)
    return Report(counts, tuple(faults))


def _send_all(site: Site, count: int, faults: list[str], when: str, expected: set[int]) -> int:
    """Send messages, and look at a page after each; return how many were confirmed."""
    confirmed = 0
    for number in range(count):
        client = site.app.test_client()
        headers = {"User-Agent": AGENT, "Sec-Fetch-Site": "same-origin"}
        page = client.get("/en/contact", headers=headers)
        path, fields = SeenPage(page.get_data(as_text=True)).form("/contact") or ("", {})
        typed = f"these words {number} must not be lost " * 40
        message = {"email": "somebody@mail.example", "subject": "Late parcel", "message": typed}
        answer = client.post(path, data=fields | message, headers=headers)
        confirmed += answer.status_code == 303
        if answer.status_code not in expected:
            faults.append(f"{when}: a message is answered {answer.status_code}")
        elif answer.status_code == 503 and "must not be lost" not in answer.get_data(as_text=True):
            faults.append(f"{when}: what was typed is lost")
        searched = client.get("/en/search?q=refund", headers=headers).status_code
        if searched != 200:
            faults.append(f"{when}: a search is answered {searched}")
    return confirmed


def _readiness(site: Site, expected: int, when: str) -> list[str]:
    time.sleep(SERVING.pause_s)  # for as long, nobody asks a database that failed
    site.services.probe.forget()
    answer = site.app.test_client().get("/readyz")
    return [] if answer.status_code == expected else [f"{when}: /readyz says {answer.status_code}: {answer.text}"]


def _close(site: Site) -> None:
    site.services.event_log.close()
    for engine in (site.services.engine, site.services.housekeeping.engine):
        engine.dispose()


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass  # full


@contextmanager
def _mounted(directory: Path) -> Iterator[bool]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", directory], check=False, capture_output=True
    )
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", directory], check=True)


def _remount(directory: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", directory], check=True)
