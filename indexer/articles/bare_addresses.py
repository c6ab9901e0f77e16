"""Makes links of web and mail addresses that stand bare in a text, as GitHub does, and as Arabic sentences need it.

GitHub's own rule asks for a space before an address and takes `،` and `»` for parts of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# What comes before `:` or begins with `www.`; a letter of another script may be glued to it.
_SCHEME: Final = re.compile(r"(?<![A-Za-z0-9_])https?$", re.IGNORECASE)
_LONGEST_SCHEME: Final = 6
_HOST: Final = r"[^\W_](?:[\w-]*[^\W_])?"
_AFTER_SCHEME: Final = re.compile(rf"://{_HOST}(?:\.{_HOST})*(?:[:/?#][^\s<>«»\"“”\x60]*)?")
_WWW: Final = re.compile(rf"www(?:\.{_HOST}){{2,}}(?:[:/?#][^\s<>«»\"“”\x60]*)?", re.IGNORECASE)
_MAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._+@/-])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{0,62}[A-Za-z0-9])+(?![A-Za-z0-9_@-])"
)
_NOT_LAST: Final = "?!.,:;*_~'\"[]،؛؟…"
_ENTITY: Final = re.compile(r"&[A-Za-z0-9]+;$")


def link_web_addresses(grammar: MarkdownIt) -> None:
    """Make a grammar read bare web addresses."""
    # Rules are asked only where plain text is interrupted; a colon does so by itself.
    grammar.inline.add_terminator_char("w")
    grammar.inline.ruler.before("backticks", "bare_address", _bare_address)


def link_mail_addresses(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of a text with links around its bare mail addresses."""
    depth = 0
    for token in tokens:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not depth and "@" in token.content:
            yield from _with_mail_links(token)
        else:
            yield token


def _bare_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the interface of rules
    if state.linkLevel > 0:
        return False
    start, before = state.pos, ""
    if state.src[start] == ":":
        # The text before is pending, or skipped where a bracket's end is looked for.
        scheme = _SCHEME.search(state.src[max(start - _LONGEST_SCHEME, 0) : start])
        if scheme is None or not (silent or state.pending.endswith(scheme[0])):
            return False
        before, found = scheme[0], _AFTER_SCHEME.match(state.src, start, state.posMax)
    elif start and (state.src[start - 1].isascii() and (state.src[start - 1].isalnum() or state.src[start - 1] == "_")):
        return False
    else:
        found = _WWW.match(state.src, start, state.posMax)
    if found is None:
        return False
    address = _trimmed(found[0])
    if not silent:
        state.pending = state.pending[: len(state.pending) - len(before)]
        shown = before + address
        _push_link(state, shown if before else f"http://{shown}", shown)
    state.pos += len(address)
    return True


def _trimmed(address: str) -> str:
    while True:
        if entity := _ENTITY.search(address):
            address = address[: entity.start()]
        elif address[-1] in _NOT_LAST or (address[-1] == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        else:
            return address


def _push_link(state: StateInline, href: str, shown: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": href}
    opening.info = "auto"
    state.push("text", "", 0).content = shown
    state.push("link_close", "a", -1)


def _with_mail_links(token: Token) -> Iterator[Token]:
    end = 0
    for found in _MAIL.finditer(token.content):
        if found.start() > end:
            yield token.copy(content=token.content[end : found.start()])
        link = {"tag": "a", "content": "", "info": "auto"}
        yield token.copy(type="link_open", nesting=1, attrs={"href": f"mailto:{found[0]}"}, **link)
        yield token.copy(content=found[0])
        yield token.copy(type="link_close", nesting=-1, **link)
        end = found.end()
    if end < len(token.content):
        yield token.copy(content=token.content[end:])
