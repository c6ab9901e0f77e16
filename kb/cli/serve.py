"""`kb serve`: the site behind granian, with the processes and threads of the settings.

granian reads and writes HTTP outside the interpreter. A request costs 0.18 ms of processor before the site sees it;
behind gunicorn it was 0.6 ms, nearly all of it with the interpreter's lock, and searches waited (2 cores of a Xeon).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import socket
import stat
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Event, Semaphore
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from kb.accounts.model import Role
from kb.accounts.people import People
from kb.accounts.secrets import Passwords
from kb.cli.context import open_context
from kb.cli.logs import write_access_log, write_masked_logs
from kb.clock import SystemClock
from kb.errors import OperatorError
from kb.model import Language
from kb.private_files import make_private
from kb.settings import Settings, load_settings
from kb.storage.generations import GenerationStore

if TYPE_CHECKING:
    from web.intake import Gate

APPLICATION_FAILED = 4
"""Exit status if the site cannot be opened; it is not tried again."""

SECONDS_TO_FINISH = 8
"""How long answers may take that are under way when the server is told to end; containers are killed after 10."""

LONGEST_SILENCE_MS = 30_000
"""How long headers may take, an idle connection is kept, and an answer may wait for a reader who takes none of it."""

LARGEST_HEADERS = 64 * 1024
MOST_CONNECTIONS = 4096
_FILES_FOR_OTHERS = 256
# glibc's parameter of that name (malloc.h), and how many pools all threads of a worker share. With the default, a pool
# a thread, what eight threads freed stayed with them: 491 instead of 419 MB at 1,200 long articles, no faster.
M_ARENA_MAX = -8
MEMORY_POOLS = 2


@click.command()
@click.option("--host", help="Address to listen on (KB_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (KB_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the site until interrupted.

    A new index is picked up by itself. Behind a reverse proxy set KB_TRUSTED_PROXIES and KB_SITE_URL.
    """
    settings = settings_at(load_settings(), host, port)
    make_private(settings.var_dir)
    if GenerationStore(settings.index_dir, SystemClock()).current() is None:
        click.echo("There is no index yet; pages answer 503 until `kb index` has built one.", err=True)
    check_address(settings.host, settings.port)
    greet_first_admin(settings)
    run(settings)


def settings_at(settings: Settings, host: str | None, port: int | None) -> Settings:
    """Return the settings with what the command line says instead; links lead there unless KB_SITE_URL is set."""
    changes: dict[str, object] = {name: given for name, given in (("host", host), ("port", port)) if given is not None}
    settings = settings.model_copy(update=changes)
    if "site_url" in settings.model_fields_set:
        return settings
    nearby = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return settings.model_copy(update={"site_url": f"http://{_bracketed(nearby)}:{settings.port}"})


def greet_first_admin(settings: Settings) -> None:
    """Make the first account of the desk, if there is none yet, and print the one-time link with which it is opened."""
    with open_context(settings) as opened:
        people = People(opened.engine, opened.clock, Passwords())
        if people.is_empty():
            admin = people.add("admin", "Admin", [Role.ADMIN], Language(settings.default_language))
            click.echo("The desk of the support team opens with this link, once, within 7 days:")
            click.echo(f"  {settings.site_url}/desk/invitation/{people.invite(admin.id)}")
            click.echo("Later: `kb user invite admin`.")


def check_address(host: str, port: int) -> None:
    """Raise an OperatorError if nobody can listen there; granian would not say what to do about it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OperatorError(
                f"Cannot listen on {host}:{port}: {error.strerror}.",
                "stop what uses that port, or choose another with --port or KB_PORT.",
            ) from error


@dataclass(frozen=True, slots=True)
class Told:
    """What workers tell the process that started them, and each other.

    Attributes:
        announcer: Free until the first worker prints the address.
        failed: The site cannot be opened; the server ends instead of trying for ever.
    """

    announcer: Semaphore
    failed: Event


def run(settings: Settings) -> None:
    """Serve until a signal ends it.

    Raises:
        SystemExit: The site could not be opened, or a worker failed again and again.
    """
    told = Told(multiprocessing.Semaphore(), multiprocessing.Event())
    server = Server("the site", **server_options(settings))
    # No thread of ours runs here: a worker is forked, and would wait for ever for a lock that such a thread held.
    server.serve(target_loader=partial(open_site, settings, told), wrap_loader=False)
    if told.failed.is_set():
        sys.exit(APPLICATION_FAILED)


def server_options(settings: Settings) -> dict[str, Any]:
    """Return granian's options for our settings."""
    return {
        "address": settings.host,
        "port": settings.port,
        "interface": Interfaces.ASGINL,
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(header_read_timeout=LONGEST_SILENCE_MS, max_buffer_size=LARGEST_HEADERS),
        "websockets": False,
        "workers": settings.workers,
        "backpressure": most_connections(),
        "runtime_mode": RuntimeModes.st,
        "respawn_failed_workers": True,
        "workers_kill_timeout": SECONDS_TO_FINISH,
        "log_level": LogLevels.error,
        # Its messages go the way of ours, which masks personal data.
        "log_dictconfig": {"handlers": {}, "loggers": {"_granian": {"handlers": [], "propagate": True}}},
    }


def most_connections() -> int:
    """Return how many connections a worker may hold, after taking as many open files as this process may have.

    Connections cost no thread, so that only those who are many can be in the way; beyond this they wait in the queue of
    the operating system.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _FILES_FOR_OTHERS
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(most, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return (
        MOST_CONNECTIONS
        if allowed == resource.RLIM_INFINITY
        else max(64, min(MOST_CONNECTIONS, allowed - _FILES_FOR_OTHERS))
    )


def give_up_stalled_readers() -> None:
    """Let the operating system end connections whose readers take nothing of an answer, where it knows how to.

    The server waits for them without end. Connections inherit the option from the socket that listens, which is the
    server's own and is looked for among the open files.
    """
    if sys.platform != "linux":
        return
    while not (found := _listeners()):
        time.sleep(0.05)
    for listener in found:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LONGEST_SILENCE_MS)
        listener.close()


def _listeners() -> list[socket.socket]:
    """Return a copy of each socket of this process that listens."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        number = int(entry.name)
        with suppress(OSError):  # closed meanwhile
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                copy = socket.socket(fileno=os.dup(number))
                is_tcp = copy.family in {socket.AF_INET, socket.AF_INET6}
                if is_tcp and copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.append(copy)
                else:
                    copy.close()
    return found


def open_site(settings: Settings, told: Told) -> Gate:
    """Open the index and the model and build the application, in a worker."""
    from web.app import create_app
    from web.intake.gate import HEALTH, Gate
    from web.opening import open_services, start_background_work
    from web.prefix import site_prefix
    from web.security import LARGEST_BODY

    for each in (signal.SIGINT, signal.SIGTERM):  # until granian's own are there, a signal ends the worker at once
        signal.signal(each, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    write_masked_logs()
    if settings.access_log:
        write_access_log()
    share_memory_pools()
    threading.Thread(target=give_up_stalled_readers, name="listener", daemon=True).start()
    try:
        services = open_services(settings)
        app = create_app(services)
    except OperatorError as error:
        click.echo(f"Error: {error}", err=True)
        told.failed.set()
        os.kill(os.getppid(), signal.SIGTERM)
        sys.exit(APPLICATION_FAILED)
    Finalize(None, services.event_log.close, exitpriority=1)  # `atexit` is not heeded where a process was forked
    start_background_work(services)
    threading.Thread(target=_warm_up, args=(services.search,), name="warm-up", daemon=True).start()
    if told.announcer.acquire(block=False):
        threading.Thread(target=_announce, args=(settings.host, settings.port), name="announce", daemon=True).start()
    return Gate(
        app,
        largest_body=LARGEST_BODY,
        threads=settings.server_threads,
        health_paths=(HEALTH, site_prefix(settings.site_url) + HEALTH),
        trust_request_ids=settings.trusted_proxies > 0,
    )


def _end_with_parent() -> None:
    """End this worker if whoever started it is killed: it would keep the address, and nobody could stop it."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _announce(host: str, port: int) -> None:
    """Print the address once somebody answers there."""
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            break
    click.echo(f"Serving on http://{_bracketed(host)}:{port}  (Ctrl+C stops)")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def share_memory_pools() -> None:
    """Let the threads of this process share a few of the C library's memory pools, where it is glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, MEMORY_POOLS)


def _warm_up(search: Any) -> None:
    """Build what the first reader would otherwise wait for; without an index there is nothing to build."""
    try:
        search.warm_up()
    except OperatorError as error:
        click.echo(f"Error: {error}", err=True)
