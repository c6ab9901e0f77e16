"""What the search page is asked: its parameters, read with every fault named in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from kb.model import Language
from kb.results import Filters, Query, Rewriting
from web.i18n import gettext

PAGE_SIZE = 10
# Isolated, because digits and hyphens change places inside a right-to-left sentence.
EXAMPLE_DAY = "\u20662026-11-21\u2069"
LAST_PAGE = 100


@dataclass(frozen=True, slots=True)
class SearchForm:
    """The parameters of the search page.

    Attributes:
        text: What is asked; empty before anything is.
        page: From 1 to `LAST_PAGE`.
        faults: What is wrong, by the name of the field; that field then counts as empty.
    """

    text: str
    filters: Filters
    page: int
    rewriting: Rewriting
    faults: Mapping[str, str]

    @property
    def narrows(self) -> bool:
        """Tell whether any filter is set."""
        return self.filters != Filters()

    def query(self, lang: Language) -> Query:
        """Return the question in the search's own terms."""
        offset = (self.page - 1) * PAGE_SIZE
        return Query(self.text, lang, PAGE_SIZE, offset, filters=self.filters, rewriting=self.rewriting)

    def arguments(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of the same search with some replaced, the empty ones left out, from its first page."""
        given = {
            "q": self.text,
            "category": self.filters.category,
            "tag": self.filters.tag,
            "language": self.filters.lang,
            "from": self.filters.updated_from and self.filters.updated_from.isoformat(),
            "to": self.filters.updated_to and self.filters.updated_to.isoformat(),
            "literal": "1" if self.rewriting is Rewriting.LITERAL else None,
        }
        return {name: str(value) for name, value in (given | changes).items() if value}


def read_search_form(arguments: MultiDict[str, str]) -> SearchForm:
    """Read the parameters of the search page; never raises."""
    faults: dict[str, str] = {}
    first = _day("from", arguments, faults)
    last = _day("to", arguments, faults)
    if first and last and first > last:
        faults["to"] = gettext("The last day is before the first one.")
        last = None
    filters = Filters(
        category=arguments.get("category") or None,
        tag=arguments.get("tag") or None,
        lang=_language(arguments, faults),
        updated_from=first,
        updated_to=last,
    )
    return SearchForm(
        text=" ".join(arguments.get("q", "").split()),
        filters=filters,
        page=_page(arguments, faults),
        rewriting=Rewriting.LITERAL if arguments.get("literal") == "1" else Rewriting.ALLOWED,
        faults=faults,
    )


def _day(name: str, arguments: MultiDict[str, str], faults: dict[str, str]) -> date | None:
    value = arguments.get(name, "").strip()
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        faults[name] = gettext("Write the day as year-month-day, for example %(day)s.", day=EXAMPLE_DAY)
        return None


def _language(arguments: MultiDict[str, str], faults: dict[str, str]) -> Language | None:
    value = arguments.get("language", "")
    wanted = Language.of_tag(value)
    if value and wanted is None:
        faults["language"] = gettext("Choose Arabic or English.")
    return wanted


def _page(arguments: MultiDict[str, str], faults: dict[str, str]) -> int:
    value = arguments.get("page", "1")
    if value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= LAST_PAGE:
        return int(value)
    faults["page"] = gettext("There is no such page of results.")
    return 1
