"""The settings of the product: declared once, read from `KB_*` variables and one optional file, validated together.

Knows names, defaults, units and help texts; opens nothing.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from rapidfuzz import process

from kb.contact.settings import ContactSettings
from kb.errors import OperatorError
from kb.model import Language
from kb.origins import parse_origins

PREFIX = "KB_"
FILE_VARIABLE = "KB_SETTINGS_FILE"
SHORTEST_SECRET = 32
_SITE_URL = re.compile(r"https?://[^/?#@\s]+(?:/[A-Za-z0-9._~-]+)*")

_HOST_NAME = re.compile(r"\.?[\w-]+(\.[\w-]+)*|\[[0-9a-f:.]+\]")

Port = Annotated[int, Field(ge=1, le=65535)]


def _whole_number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


class Settings(ContactSettings):
    """Every setting, its default and what it means.

    A setting `example` is read from the variable `KB_EXAMPLE`, or from the line `example = …` of the TOML file that
    `KB_SETTINGS_FILE` names; the variable wins.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # Where things are
    articles_dir: Path = Field(Path("articles"), description="Directory of the Markdown articles.")
    var_dir: Path = Field(Path("var"), description="Directory of what the product writes: index, database, secret.")
    database_url: str = Field("", description="SQLAlchemy URL of the database; empty means SQLite in var_dir.")

    # Search
    embedding_model: str = Field(
        "bundled",
        description="Embedding model: `bundled`, `english`, a sentence-transformers name, or a folder.",
    )
    embedding_threads: int = Field(1, ge=1, le=64, description="Threads with which a server process embeds queries.")
    index_threads: int | None = Field(
        None, ge=1, le=64, description="Threads with which `kb index` embeds passages; unset means one per core."
    )
    morphology_db: Path | None = Field(
        None,
        description="CALIMA morphology database; unset means installed CAMeL data, else the embedded lexicon.",
    )
    keep_generations: int = Field(3, ge=1, le=100, description="Old index generations kept on disk.")

    # Site
    site_url: str = Field(
        "http://127.0.0.1:8000",
        description="Public address, perhaps with a path as https://shop.example/help; without a trailing slash.",
    )
    site_name_ar: str = Field("بيدر", description="Name of the site on Arabic pages.")
    site_name_en: str = Field("Baydar", description="Name of the site on English pages.")
    default_language: str = Field("ar", pattern="^(ar|en)$", description="Language of `/` if the browser prefers none.")
    arabic_digits: str = Field(
        "latn",
        pattern="^(latn|arab)$",
        description="Digits of Arabic pages: `latn` (2026, as most shops write) or `arab` (٢٠٢٦).",
    )
    api_requests_per_minute: int = Field(
        600, ge=0, le=1_000_000, description="Searches and suggestions that one address may ask for; 0 means no limit."
    )
    forms_per_minute: int = Field(
        120, ge=0, le=1_000_000, description="Votes, messages and survey answers of one address; 0 means no limit."
    )
    agent_requests_per_minute: int = Field(
        120, ge=0, le=1_000_000, description="Agents' calls of the JSON API with one token; 0 means no limit."
    )
    events_per_minute: int = Field(
        3_000, ge=0, le=1_000_000, description="Reports of pages and views that one address may make; 0 means no limit."
    )
    limits_url: str = Field(
        "",
        description="Where the counts of all limits are: empty for var_dir, shared by the processes of this machine; "
        "`redis://…` or `memcached://…` for several machines.",
    )
    trusted_hosts: str = Field(
        "", description="Names of the site beside that of site_url, as `help.internal .shop.example`."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="Reverse proxies in front whose X-Forwarded headers are believed."
    )
    secret_key: str = Field(
        "",
        description="Key that signs sessions and tokens; empty means one made at first run and kept in var_dir.",
    )
    host: str = Field("127.0.0.1", description="Address that `kb serve` listens on.")
    port: Port = Field(8000, description="Port that `kb serve` listens on.")
    workers: int = Field(1, ge=1, le=64, description="Server processes.")
    server_threads: int = Field(8, ge=1, le=256, description="Threads of each server process.")

    access_log: bool = Field(
        default=False,
        description="Whether `kb serve` writes a line for each request: view, status, time; no address, no query.",
    )

    # Other sites
    widget_origins: str = Field(
        "", description="Websites that may carry the widget, as `https://shop.example https://*.shop.example`."
    )
    panel_origins: str = Field(
        "", description="Help desks that may show the agents' panel in a frame, as `https://chat.shop.example`."
    )
    panel_secret: str = Field(
        "", description="Key with which another help desk signs the panel's address; 32 characters or more, or empty."
    )

    edit_url: str = Field(
        "",
        description="Where the file of an article is edited, with `{path}` for its place among the articles, as "
        "`https://git.example/help/edit/main/articles/{path}`; empty: editors download the file.",
    )

    # Sign-in at the desk by another identity provider
    oidc_issuer: str = Field(
        "", description="Address of the OpenID Connect provider, as `https://login.example`; empty: passwords only."
    )
    oidc_client_id: str = Field("", description="Client id that the provider knows this site by.")
    oidc_client_secret: str = Field("", description="Client secret that the provider gave for it.")

    # Monitoring
    metrics_token: str = Field(
        "",
        description="Bearer token for `/metrics`, 32 characters or more; empty: only this machine may ask.",
    )

    # Statistics and privacy
    deflection_window_hours: Annotated[Literal[24, 72, 168], BeforeValidator(_whole_number)] = Field(
        72, description="Hours in which a ticket after reading means that reading did not help; 24, 72 or 168."
    )
    holdout_share: float = Field(
        0.0,
        ge=0,
        le=0.5,
        description="Share of contact forms without suggestions, to measure what suggestions prevent.",
    )
    retention_days: int = Field(
        90, ge=30, le=3650, description="Days after which raw events expire; the daily figures stay."
    )
    k_anonymity: int = Field(
        5, ge=2, le=1000, description="Different visitors who must have typed a query before staff see it."
    )

    @field_validator("default_language", mode="before")
    @classmethod
    def _default_language_is_a_tag(cls, value: object) -> object:
        return (Language.of_tag(value) if isinstance(value, str) else None) or value

    @field_validator("site_url")
    @classmethod
    def _site_url_is_absolute(cls, value: str, info: ValidationInfo) -> str:
        if not value.startswith(("http://", "https://")) or value.endswith("/"):
            raise ValueError("must start with http:// or https:// and not end with a slash")
        if not _SITE_URL.fullmatch(value):
            raise ValueError("must be a host and perhaps a path of Latin letters, digits, '.', '_', '~' and '-'")
        return value

    @field_validator("edit_url")
    @classmethod
    def _edit_url_has_a_place(cls, value: str) -> str:
        if value and not (value.startswith(("http://", "https://")) and "{path}" in value):
            raise ValueError("must start with http:// or https:// and hold {path}")
        return value

    @field_validator("widget_origins", "panel_origins")
    @classmethod
    def _origins_are_origins(cls, value: str) -> str:
        return " ".join(parse_origins(value))

    @field_validator("trusted_hosts")
    @classmethod
    def _hosts_are_names(cls, value: str) -> str:
        listed = value.lower().replace(",", " ").split()
        if wrong := [each for each in listed if not _HOST_NAME.fullmatch(each)]:
            raise ValueError(f"{', '.join(wrong)}: write names as help.internal or .shop.example, without port or path")
        return " ".join(listed)

    @field_validator("panel_secret", "metrics_token")
    @classmethod
    def _secret_is_long(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError(f"must have {SHORTEST_SECRET} characters or more")
        return value

    @model_validator(mode="after")
    def _provider_is_complete(self) -> Self:
        parts = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(parts) and not all(parts):
            raise ValueError("KB_OIDC_ISSUER, KB_OIDC_CLIENT_ID and KB_OIDC_CLIENT_SECRET belong together")
        return self

    @property
    def candidate_dir(self) -> Path:
        """Directory of index generations that are only compared with what serves."""
        return self.var_dir / "candidate"

    @property
    def index_dir(self) -> Path:
        """Return the directory of the index generations."""
        return self.var_dir / "index"

    @property
    def effective_database_url(self) -> str:
        """Return the database's URL, SQLite in `var_dir` unless set."""
        return self.database_url or f"sqlite:///{self.var_dir / 'dalil.db'}"


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and validate all settings.

    Args:
        environment: Where the `KB_*` variables are.

    Returns:
        The settings.

    Raises:
        OperatorError: Names every unknown name (with a suggestion) and every bad value at once.
    """
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    faults: list[str] = []
    for name, value, origin in [*_file_values(environment), *_environment_values(environment)]:
        if name not in Settings.model_fields:
            faults.append(f"{origin} is not a setting{_suggestion(name)}")
            continue
        values[name], origins[name] = value, origin
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for item in error.errors():
            name = str(item["loc"][0]) if item["loc"] else ""
            message = item["msg"].removeprefix("Value error, ")
            faults.append(f"{origins.get(name, name)}: {message}" if name else message)
    if faults:
        raise OperatorError(
            "Settings are wrong: " + "; ".join(faults) + ".",
            "correct them, `kb settings` lists all with their meaning.",
        )
    return settings


def _environment_values(environment: Mapping[str, str]) -> list[tuple[str, object, str]]:
    return [
        (variable.removeprefix(PREFIX).lower(), value, variable)
        for variable, value in sorted(environment.items())
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE
    ]


def _file_values(environment: Mapping[str, str]) -> list[tuple[str, object, str]]:
    if not (file := environment.get(FILE_VARIABLE)):
        return []
    try:
        content = tomllib.loads(Path(file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OperatorError(
            f"The settings file {file} cannot be read: {error}.",
            f"correct the file or unset {FILE_VARIABLE}.",
        ) from error
    return [(name, value, f"{name} in {file}") for name, value in sorted(content.items())]


def _suggestion(name: str) -> str:
    match = process.extractOne(name, list(Settings.model_fields), score_cutoff=70)
    return f" (did you mean {PREFIX}{match[0].upper()}?)" if match else ""
