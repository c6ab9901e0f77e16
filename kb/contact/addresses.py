"""E-mail addresses: one reading of them, for the form that takes them and for the code that sends to them.

What people paste carries marks of direction, full-width letters, a comma of their sentence: this is taken off. What
remains is judged by `email-validator`, international addresses included (RFC 6531, IDNA 2008).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email.utils import getaddresses
from enum import StrEnum

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, EmailSyntaxError, validate_email

from kb.contact.model import LONGEST_EMAIL
from kb.contact.plain_text import one_line, without_unseen

_LONGEST_TYPED = 600
_JOINERS = re.compile(r"(?<![^\W\d_a-zA-Z])[\u200c\u200d]|[\u200c\u200d](?![^\W\d_a-zA-Z])")
_AROUND_AT = re.compile(r"\s*@\s*")
_BRACKETED = re.compile(r"[^<>]*<([^<>]+)>[^<>]*")
_LABEL_OR_BULLET = re.compile(r"mailto:|[^@:]*:\s+|[-–—*•·]\s+", re.IGNORECASE)
_BEFORE = ' <([{"«‹“‘„,،;؛:•·'
_AFTER = ' >)]}"»›”’“.,،;؛:!?؟…'
_PAIRED = "'`*_"
"""An address may begin with these: they come off where they stand at both ends."""
_ENDS_NO_HOST = _AFTER + _PAIRED + "-–—/|\\"
_ALLOWED = re.compile(r"[\w.!#$%&'*+/=?^`{|}~@-]")
_LONGEST_LOCAL = 64
_DOTLESS_MAIL = frozenset({"gmail.com", "googlemail.com"})


class AddressFault(StrEnum):
    """What is wrong with an address."""

    SHAPE = "shape"
    """Not of the form name@example.com."""

    DOTS = "dots"
    """A dot at an end of the part before the @, or two dots in a row."""

    CHARACTER = "character"
    """A character that no address holds; the error names it."""

    DOMAIN = "domain"
    """What follows the @ is not the name of a host."""

    SEVERAL = "several"
    """More than one address."""

    LONG = "long"
    """Too long."""


class AddressError(ValueError):
    """A text is not an address that mail can be sent to.

    Args:
        fault: What is wrong.
        character: The one that is not allowed, where that is the fault.
    """

    def __init__(self, fault: AddressFault, character: str = "") -> None:
        super().__init__(f"not an e-mail address: {fault}")
        self.fault = fault
        self.character = character


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address that mail can be sent to.

    Attributes:
        local: What stands before the @; beyond ASCII, only mail servers with SMTPUTF8 take it.
        domain: What follows, as people read it.
        ascii_domain: The same in ASCII, which every mail server takes.
    """

    local: str
    domain: str
    ascii_domain: str

    @property
    def text(self) -> str:
        """The address as people read it."""
        return f"{self.local}@{self.domain}"

    @property
    def sendable(self) -> str:
        """The address as it stands in envelopes and headers."""
        return f"{self.local}@{self.ascii_domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only mail servers with SMTPUTF8 take it."""
        return not self.local.isascii()

    @property
    def mailbox(self) -> str:
        """What tells mailboxes apart: no capitals, no tag after a +, no dots where the provider ignores them."""
        name = self.local.casefold()
        name = name.partition("+")[0] or name
        domain = self.ascii_domain.casefold()
        return f"{name.replace('.', '') if domain in _DOTLESS_MAIL else name}@{domain.replace('googlemail', 'gmail')}"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name of who reads it; the name may be empty."""

    address: MailAddress
    name: str = ""


def read_address(text: str, *, hosts: bool = False) -> MailAddress:
    """Return the address that somebody typed or pasted.

    Args:
        text: As typed.
        hosts: Take a host without a dot too, as in ``root@localhost``.

    Raises:
        AddressError: It is none; says why.
    """
    if len(text) > _LONGEST_TYPED:
        raise AddressError(AddressFault.LONG)
    local, at, domain = (_with_ascii_digits(part) for part in _tidied(text).rpartition("@"))
    if not at:
        raise AddressError(AddressFault.SHAPE)
    holder = _place_holder(domain, hosts=hosts)
    try:
        if "=?" in local:  # mail programs take it for an encoded word
            raise EmailSyntaxError("an encoded word")
        valid = validate_email(f"{local}@{domain}{holder}", check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise _fault_of(local, domain) from error
    found = MailAddress(valid.local_part, valid.domain.removesuffix(holder), valid.ascii_domain.removesuffix(holder))
    if max(len(found.text), len(found.sendable)) > LONGEST_EMAIL:
        raise AddressError(AddressFault.LONG)
    return found


def find_address(text: str) -> MailAddress | None:
    """Return the address that a text is, None if it is none."""
    try:
        return read_address(text)
    except AddressError:
        return None


def read_mailboxes(text: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes of a setting, as in ``Care <care@example.com>, night@example.com``.

    Raises:
        AddressError: One of them is not an address.
    """
    pairs = getaddresses([text]) if text.strip() else []
    return tuple(Mailbox(read_address(address, hosts=True), one_line(name)) for name, address in pairs)


def _tidied(text: str) -> str:
    """Return the text without what pasting and keyboards add to an address."""
    seen = unicodedata.normalize("NFKC", _JOINERS.sub("", without_unseen(text))).replace("\u3002", ".").strip()
    seen = _AROUND_AT.sub("@", seen)
    if bracketed := _BRACKETED.fullmatch(seen):
        seen = bracketed[1].strip()
    return _bare(seen[label.end() :] if (label := _LABEL_OR_BULLET.match(seen)) else seen)


def _bare(text: str) -> str:
    """Return the text without quotation marks, brackets and what separates it from a neighbour."""
    bare = text.lstrip(_BEFORE).rstrip(_AFTER)
    while len(bare) > 1 and bare[0] == bare[-1] and bare[0] in _PAIRED:
        bare = bare[1:-1].lstrip(_BEFORE).rstrip(_AFTER)
    return bare.rstrip(_ENDS_NO_HOST)


def _place_holder(domain: str, *, hosts: bool) -> str:
    """Return what makes a company's own name, such as `mail.local`, one that the validator reads like any other."""
    name, dot, last = domain.rpartition(".")
    is_own = (dot and name and last.casefold() in SPECIAL_USE_DOMAIN_NAMES) or (hosts and domain and not dot)
    return ".example" if is_own else ""


def _with_ascii_digits(part: str) -> str:
    """Return a part that is ASCII but for its digits in ASCII: a keyboard was set to other digits."""
    plain = "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in part)
    return plain if plain.isascii() else part


def _fault_of(local: str, domain: str) -> AddressError:
    """Return what is wrong with an address that is none."""
    if "@" in local:
        return AddressError(AddressFault.SEVERAL)
    for character in local + domain:
        if character.isprintable() and not _ALLOWED.match(character) and unicodedata.category(character)[0] != "M":
            return AddressError(AddressFault.CHARACTER, character)
    if "=?" in local:
        return AddressError(AddressFault.CHARACTER, "=?")
    if local.startswith(".") or local.endswith(".") or ".." in local + domain:
        return AddressError(AddressFault.DOTS)
    if len(local.encode()) > _LONGEST_LOCAL or len(local) + len(domain) >= LONGEST_EMAIL:
        return AddressError(AddressFault.LONG)
    return AddressError(AddressFault.DOMAIN if local and domain else AddressFault.SHAPE)
