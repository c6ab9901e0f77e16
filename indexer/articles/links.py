"""What the links and images of one article lead to: relative paths become addresses of the site, or faults."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from indexer.articles.faults import Rule
from indexer.articles.images import EXTENSIONS, ImageFaultError, asset_name, image_size
from indexer.articles.page_html import ImageTarget
from indexer.articles.sanitise import SCHEMES
from indexer.articles.source_file import LineFinder
from kb.errors import Fault
from kb.model import Audience, Language, Status

_SITE_PAGE = re.compile(r"/(?:ar|en)(?:/(?:contact|categories/[a-z0-9-]+|search\?[^\"<>\s]*)?)?")


class _BrokenLinkError(Exception):
    """A link leads nowhere; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Target:
    """An article that can be linked to.

    Attributes:
        path: File relative to the articles directory.
        status: None while its front matter is faulty.
        audience: None while its front matter is faulty.
    """

    path: str
    lang: Language
    slug: str
    status: Status | None
    audience: Audience | None


@dataclass(frozen=True, slots=True)
class AnchorUse:
    """A link to a heading, to be checked once all pages are known."""

    path: str
    line: int
    target: str
    anchor: str


@dataclass(slots=True)
class ImageShelf:
    """The images of the tree, each read and checked once.

    Attributes:
        files: Where each image lies, by its path relative to the articles directory, in NFC.
        assets: Accepted images by the name they are served under.
    """

    files: Mapping[str, Path]
    assets: dict[str, bytes] = field(default_factory=dict)
    _seen: dict[str, ImageTarget | str] = field(default_factory=dict)

    def find(self, path: str) -> ImageTarget | str:
        """Return the image of a path, or what is wrong with it; empty if there is no such file."""
        if path not in self._seen:
            self._seen[path] = self._read(path)
        return self._seen[path]

    def _read(self, path: str) -> ImageTarget | str:
        extension = posixpath.splitext(path)[1].lower().removeprefix(".")
        if extension not in EXTENSIONS:
            return f"is not one of {', '.join(EXTENSIONS)}"
        if path not in self.files:
            return ""
        try:
            data = self.files[path].read_bytes()
            size = image_size(data, extension)
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"
        except ImageFaultError as error:
            return str(error)
        name = asset_name(data, extension)
        self.assets[name] = data
        width, height = size or (None, None)
        return ImageTarget(f"/assets/{name}", width, height)


@dataclass(slots=True)
class ArticleSurroundings:
    """Answers for the links and images of one article, and collects their faults.

    Attributes:
        source: The article itself.
        targets: All articles of the tree, by path.
        shelf: The images of the tree.
        lines: Finds where things are written.
        faults: Gets whatever is wrong.
        anchor_uses: Gets every link to a heading.
        addresses: Gets the address of everything that the source names by its path.
    """

    source: Target
    targets: Mapping[str, Target]
    shelf: ImageShelf
    lines: LineFinder
    faults: list[Fault]
    anchor_uses: list[AnchorUse]
    addresses: dict[str, str] = field(default_factory=dict)

    def link(self, href: str) -> str | None:
        """Return the address to write for a link, or None if it leads nowhere."""
        line = self.lines.line_of(href)
        try:
            address = self._address(href, line)
        except _BrokenLinkError as error:
            self.faults.append(Rule.BROKEN_LINK.at(self.source.path, line, f"The link «{href}» {error}."))
            return None
        if address != href:
            self.addresses[href] = address
        return address

    def image(self, source: str, alt: str) -> ImageTarget | None:
        """Return the image to show, or None if there is none."""
        line = self.lines.line_of(source)
        if "://" in source or source.startswith(("/", "data:")):
            message = f"The image «{source}» must be a file inside the articles directory, by its relative path."
            self.faults.append(Rule.MISSING_IMAGE.at(self.source.path, line, message))
            return None
        if not alt.strip():
            message = f"The image «{source}» has no text; describe it between the brackets of ![…]."
            self.faults.append(Rule.MISSING_ALT.at(self.source.path, line, message))
        path = self._resolve(unquote(source))
        found = self.shelf.find(path)
        if isinstance(found, ImageTarget):
            self.addresses[source] = found.url
            return found
        rule = Rule.BAD_IMAGE if found else Rule.MISSING_IMAGE
        missing = f"does not exist; {_similar(path, self.shelf.files) or f'{path} is not a file'}"
        message = f"The image «{source}» {found or missing}."
        self.faults.append(rule.at(self.source.path, line, message))
        return None

    def forbid(self, found: str, message: str) -> None:
        """Report HTML that is left out."""
        self.faults.append(Rule.FORBIDDEN_HTML.at(self.source.path, self.lines.line_of(found), message))

    def _resolve(self, path: str) -> str:
        joined = posixpath.join(posixpath.dirname(self.source.path), path)
        return unicodedata.normalize("NFC", posixpath.normpath(joined))

    def _target(self, path: str) -> Target | None:
        return self.source if not path else self.targets.get(self._resolve(path))

    def _address(self, href: str, line: int) -> str:
        try:
            parts = urlsplit(href)
        except ValueError as error:
            raise _BrokenLinkError("is not an address") from error
        if parts.scheme:
            if parts.scheme in SCHEMES and (parts.netloc or parts.path):
                return href
            raise _BrokenLinkError(f"must start with {', '.join(sorted(SCHEMES))}, or be the path of an article's file")
        if href.startswith("/"):
            if _SITE_PAGE.fullmatch(href):
                return href
            raise _BrokenLinkError("is not a page of the site; link to an article by its file, e.g. ../orders/track.md")
        target = self._target(unquote(parts.path))
        if target is None and (similar := _similar(self._resolve(unquote(parts.path)), self.targets)):
            raise _BrokenLinkError(f"leads to no article; {similar}")
        if target is None or parts.query or not href:
            raise _BrokenLinkError("leads to no article; write the relative path of its file")
        self._check_readable(line, target)
        anchor = unicodedata.normalize("NFC", unquote(parts.fragment))
        if anchor:
            self.anchor_uses.append(AnchorUse(self.source.path, line, target.path, anchor))
        page = "" if target is self.source else f"/{target.lang}/articles/{target.slug}"
        return f"{page}#{anchor}" if anchor else page or "#"

    def _check_readable(self, line: int, target: Target) -> None:
        if self.source.status is not Status.PUBLISHED or target.status is None:
            return
        if target.status is not Status.PUBLISHED:
            why = f"{target.path} is not published"
        elif target.audience is Audience.INTERNAL and self.source.audience is Audience.PUBLIC:
            why = f"{target.path} is internal, this article is public"
        else:
            return
        self.faults.append(Rule.HIDDEN_TARGET.at(self.source.path, line, f"Readers cannot follow this link: {why}."))


def _similar(path: str, known: Iterable[str]) -> str:
    """Return a hint to a path that differs only in capitals, else nothing."""
    wanted = path.casefold()
    found = next((each for each in known if each.casefold() == wanted), "")
    return f"there is {found}, with other capitals" if found else ""
