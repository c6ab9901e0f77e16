"""Opens what the site works with, from the settings."""

from __future__ import annotations

from kb.clock import SystemClock
from kb.settings import Settings
from search.opening import open_search
from web.security import secret_key
from web.services import Services


def open_services(settings: Settings) -> Services:
    """Return everything that `create_app` needs.

    Without the embedding model the site serves too: search then goes by words alone and says so.

    Raises:
        OperatorError: The morphology or the product's directory cannot be used; names the remedy.
    """
    clock = SystemClock()
    search = open_search(settings, clock)
    return Services(
        settings=settings,
        snapshots=search.snapshots,
        search=search.service,
        secret_key=secret_key(settings),
        clock=clock,
    )
