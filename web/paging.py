"""Which page of a list is shown, and where its neighbours are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paging:
    """The place of one page among all.

    Attributes:
        page: This page, from 1.
        pages: How many there are, at least 1.
        previous_path: Empty on the first page.
        next_path: Empty on the last page.
    """

    page: int
    pages: int
    previous_path: str
    next_path: str


def paging(page: int, total: int, size: int, path: Callable[[int], str]) -> Paging:
    """Return the place of a page.

    Args:
        page: The page shown, from 1.
        total: Items of the whole list.
        size: Items of one page.
        path: Gives the path of the page with a number.
    """
    pages = max(1, -(-total // size))
    return Paging(
        page=page,
        pages=pages,
        previous_path=path(min(page - 1, pages)) if page > 1 else "",
        next_path=path(page + 1) if page < pages else "",
    )
