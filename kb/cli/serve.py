"""`kb serve`: the site behind gunicorn, with the processes and threads of the settings."""

from __future__ import annotations

import atexit
import ctypes
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from kb.accounts.model import Role
from kb.accounts.people import People
from kb.accounts.secrets import Passwords
from kb.clock import SystemClock
from kb.errors import OperatorError
from kb.model import Language
from kb.privacy import MaskingFilter
from kb.settings import Settings, load_settings
from kb.storage.generations import GenerationStore

if TYPE_CHECKING:
    from flask import Flask
    from gunicorn.workers.base import Worker

# gunicorn's own status for "the application cannot be loaded": it then stops instead of trying for ever.
APPLICATION_FAILED = 4
LONGEST_REQUEST_LINE = 8_190
SECONDS_TO_FINISH = 10
SECONDS_KEPT_ALIVE = 30
# glibc's parameter of that name (malloc.h), and how many pools all threads of a worker share. With the default, a pool
# a thread, what eight threads freed stayed with them: 491 instead of 419 MB at 1,200 long articles, no faster.
M_ARENA_MAX = -8
MEMORY_POOLS = 2
# Seconds after which a thread gives way to another. A search waits for its turn again and again; while the statistics
# were rolled up beside it, its 95th percentile was 73 ms with Python's 5 ms and 48 ms with this (35 ms alone).
SWITCH_S = 0.001


@click.command()
@click.option("--host", help="Address to listen on (KB_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (KB_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the site until interrupted.

    A new index is picked up by itself. Behind a reverse proxy set KB_TRUSTED_PROXIES and KB_SITE_URL.
    """
    settings = load_settings()
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update=changes)
    if GenerationStore(settings.index_dir, SystemClock()).current() is None:
        click.echo("There is no index yet; pages answer 503 until `kb index` has built one.", err=True)
    check_address(settings.host, settings.port)
    greet_first_admin(settings)
    Server(settings).run()


def greet_first_admin(settings: Settings) -> None:
    """Make the first account of the desk, if there is none yet, and print the one-time link with which it is opened."""
    from kb.storage.database import open_database

    engine = open_database(settings.effective_database_url)
    try:
        people = People(engine, SystemClock(), Passwords())
        if people.is_empty():
            admin = people.add("admin", "Admin", [Role.ADMIN], Language(settings.default_language))
            click.echo("The desk of the support team opens with this link, once, within 7 days:")
            click.echo(f"  {settings.site_url}/desk/invitation/{people.invite(admin.id)}")
            click.echo("Later: `kb user invite admin`.")
    finally:
        engine.dispose()


def check_address(host: str, port: int) -> None:
    """Raise an OperatorError if nobody can listen there; gunicorn would try for five seconds and say less."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OperatorError(
                f"Nobody can listen on {host}:{port}: {error.strerror}.",
                "stop what listens there, or choose another with --port or KB_PORT.",
            ) from error


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with the options of our settings; each worker opens the index and the model for itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        for name, value in server_options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, in a worker."""
        from web.app import create_app
        from web.opening import open_services

        share_memory_pools()
        sys.setswitchinterval(SWITCH_S)
        try:
            services = open_services(self._settings)
            app = create_app(services)
        except OperatorError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(APPLICATION_FAILED)
        atexit.register(services.event_log.close)
        threading.Thread(target=_warm_up, args=(services.search,), name="warm-up", daemon=True).start()
        return app


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own messages without who sent a malformed request, and without personal data in it."""

    def setup(self, cfg: Any) -> None:
        """Mask what the handlers write."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.addFilter(MaskingFilter())


def share_memory_pools() -> None:
    """Let the threads of this process share a few of the C library's memory pools, where it is glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, MEMORY_POOLS)


def server_options(settings: Settings) -> dict[str, Any]:
    """Return gunicorn's options for our settings."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"{host}:{settings.port}"

    def announce(worker: Worker) -> None:
        if worker.age == 1:
            click.echo(f"Serving on http://{address}  (Ctrl+C stops)")

    return {
        "bind": address,
        "workers": settings.workers,
        "threads": settings.server_threads,
        "worker_class": "gthread",
        "limit_request_line": LONGEST_REQUEST_LINE,
        "graceful_timeout": SECONDS_TO_FINISH,
        "keepalive": SECONDS_KEPT_ALIVE,
        "loglevel": "warning",
        "logger_class": ServerLog,
        "control_socket_disable": True,
        "proc_name": "dalil",
        "post_worker_init": announce,
    }


def _warm_up(search: Any) -> None:
    """Build what the first reader would otherwise wait for; without an index there is nothing to build."""
    try:
        search.warm_up()
    except OperatorError as error:
        click.echo(f"Error: {error}", err=True)
