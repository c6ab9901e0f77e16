"""What the panel's page shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PanelPage:
    """The panel.

    Attributes:
        title: Title of the page.
        mark: Bearer token of the person whom the host named; empty: the person enters a token of theirs.
        refused: The host named somebody, but not in a way that is believed.
        origins: Origins that the panel talks to, separated by spaces.
        texts: What the script says, by name.
    """

    title: str
    mark: str
    refused: bool
    origins: str
    texts: dict[str, str]
