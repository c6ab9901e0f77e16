"""The site that is broken: the sample's articles indexed by words, and the application over them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from kb.settings import Settings
from scripts.simulation.serving import Meaning, build_index
from web.app import create_app
from web.opening import open_services
from web.services import Services

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True, slots=True)
class Site:
    """An application in this process, and what it works with."""

    app: Flask
    services: Services


def settings_for(directory: Path, **values: Any) -> Settings:
    """Return the settings of a site in a directory: words only, no limits by address, which all here share."""
    free = {"var_dir": directory, "embedding_model": str(directory / "no-model"), "site_url": "http://localhost"}
    unlimited = {
        "api_requests_per_minute": 0,
        "forms_per_minute": 0,
        "events_per_minute": 0,
        "agent_requests_per_minute": 0,
    }
    return Settings.model_validate(free | unlimited | values)


def open_site(directory: Path, **values: Any) -> Site:
    """Index the articles into a directory and open the site over them."""
    settings = settings_for(directory, **values)
    if not settings.index_dir.exists():
        build_index(settings, Meaning.WORDS_ONLY)
    services = open_services(settings)
    return Site(create_app(services), services)
