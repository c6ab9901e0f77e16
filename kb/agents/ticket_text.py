"""What a customer asks, without the noise around it: greeting, courtesies, signature, quoted replies, legal notices.

Works on text alone, in Arabic and English. It prefers to leave noise in: where nothing would be left, the text stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

from kb.language.normalise import fold

QUESTION_CHARACTERS = 300
"""What is searched for at most: longer questions cost time and blur the meaning."""

REFERENCE = re.compile(r"(?<![0-9A-Z-])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Z-])")
"""Reference of a ticket of the contact page (`kb.contact.tickets.reference_of`)."""

_SHORT_LINE_WORDS = 8
_SHORT_SENTENCE_WORDS = 12
_SIGNATURE_LINES = 8
_PUNCTUATION = " \t.,;:!?؟،؛…-–—_*\"'«»“”()[]~"
_REPLY_HEAD = re.compile(
    # Arabic: "On … wrote …:", "original message", "forwarded message"
    r"^\s*(?:on\b.{6,200}\bwrote:|في\b.{6,200}\bكتب.{0,120}:"
    r"|-{2,}\s*(?:original message|forwarded message|الرسالة الأصلية|رسالة محولة)\b.*"
    r"|_{10,})\s*$",
    re.IGNORECASE,
)
# Arabic: from, to (in two spellings), date of sending, date; below: subject, reply
_MAIL_HEAD = re.compile(r"^\s*\**(?:from|sent|to|cc|date|من|إلى|الى|تاريخ الإرسال|التاريخ)\**\s*:\s*\S", re.IGNORECASE)
_SUBJECT = re.compile(r"^\s*\**(?:subject|re|fw|fwd|الموضوع|رد)\**\s*:\s*", re.IGNORECASE)
_DASHES = re.compile(r"^\s*(?:--|—|__)\s*$")
_SENTENCE_END = re.compile(r"(?<=[.!?؟؛…])[\"'»”)\]]*\s+|\n+")
_QUERY_SIGNS = re.compile(r"[\"“”„«»＂]|(?<!\S)[-\u2212]")
_QUESTION_BONUS = 1.3
_TELLING_SHARE = 0.75
"""Share of the most telling sentence that another one must tell to be searched for with it."""


class Courtesy(StrEnum):
    """What a phrase without a question is."""

    GREETING = "greeting"
    FILLER = "filler"
    CLOSING = "closing"
    NOTICE = "notice"


def clean_ticket(text: str) -> str:
    """Return what a customer wrote without the noise around it, sentences on lines as they were.

    Args:
        text: A pasted message of any length and language.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own = _without_signature(_without_replies(lines))
    sentences = [sentence.strip() for line in own for sentence in _SENTENCE_END.split(line)]
    kept = [shorter for sentence in sentences if (shorter := _without_courtesy(sentence))]
    return "\n".join(kept) or " ".join(text.split())


def question_of(cleaned: str, telling: Callable[[str], float], limit: int = QUESTION_CHARACTERS) -> str:
    """Return the sentences of a cleaned ticket that say what it is about, in their order, within a length.

    Args:
        cleaned: From `clean_ticket`.
        telling: How much a sentence tells, 0 or more.
        limit: Most characters of the answer; a shorter ticket is returned whole.

    Returns:
        Plain words: signs that the query language gives a meaning to are left out.
    """
    cleaned = _QUERY_SIGNS.sub(" ", cleaned)
    if len(cleaned) <= limit:
        return " ".join(cleaned.split())
    parts = (" ".join(sentence.split()) for sentence in _SENTENCE_END.split(cleaned))
    sentences = tuple(dict.fromkeys(part for part in parts if part))
    scores = [telling(sentence) * (_QUESTION_BONUS if _asks([sentence]) else 1.0) for sentence in sentences]
    enough = _TELLING_SHARE * max(scores, default=0.0)
    chosen: list[int] = []
    room = limit
    for place in sorted(range(len(sentences)), key=lambda place: (-scores[place], place)):
        if scores[place] >= enough and len(sentences[place]) <= room:
            chosen.append(place)
            room -= len(sentences[place]) + 1
    if not chosen:
        return _cut(sentences[scores.index(max(scores))], limit) if sentences else ""
    return " ".join(sentences[place] for place in sorted(chosen))


def find_reference(text: str) -> str:
    """Return the first ticket reference that stands in a text, empty if there is none."""
    found = REFERENCE.search(text)
    return found[0] if found else ""


def _cut(sentence: str, limit: int) -> str:
    return sentence[:limit].rsplit(" ", 1)[0] if len(sentence) > limit else sentence


def _without_replies(lines: Sequence[str]) -> list[str]:
    """Return the lines before a quoted reply, without quoted lines and mail headers; all lines if nothing is left."""
    own: list[str] = []
    for place, line in enumerate(lines):
        if _REPLY_HEAD.match(line) and _has_words(own):
            break
        if line.lstrip().startswith(">") or _REPLY_HEAD.match(line):
            continue
        if _MAIL_HEAD.match(line):
            if _has_words(own) and _is_mail_head(lines, place):
                break
            continue
        own.append(_SUBJECT.sub("", line))
    return own if _has_words(own) else [line.lstrip("> \t") for line in lines]


def _is_mail_head(lines: Sequence[str], place: int) -> bool:
    """Tell whether several header lines follow each other, as at the top of a quoted mail."""
    return sum(bool(_MAIL_HEAD.match(line) or _SUBJECT.match(line)) for line in lines[place : place + 4]) >= 2


def _without_signature(lines: Sequence[str]) -> list[str]:
    for place, line in enumerate(lines):
        if _has_words(lines[:place]) and _starts_signature(line, lines[place + 1 :]):
            return list(lines[:place])
    return [line for line in lines if not _begins(line, Courtesy.NOTICE)]


def _starts_signature(line: str, rest: Sequence[str]) -> bool:
    if _DASHES.match(line) or _begins(line, Courtesy.NOTICE):
        return True
    following = [each for each in rest if each.strip()]
    return (
        len(line.split()) <= _SHORT_LINE_WORDS
        and _begins(line, Courtesy.CLOSING)
        and len(following) <= _SIGNATURE_LINES
        and all(len(each.split()) <= _SHORT_LINE_WORDS and "?" not in each and "؟" not in each for each in following)
    )


def _without_courtesy(sentence: str) -> str:
    words = sentence.split()
    short = len(words) <= _SHORT_LINE_WORDS
    greeted = False
    while length := _phrase_length(words, Courtesy.GREETING):
        words, greeted = words[length:], True
        if short and words and _ends_address(words) and not _asks(words):
            return ""
    if greeted and len(words) <= 1:
        return ""
    if len(words) <= _SHORT_SENTENCE_WORDS and _phrase_length(words, Courtesy.FILLER) and not _asks(words[3:]):
        return ""
    rest = " ".join(words).strip()
    return rest.lstrip("،,:!.- ") if greeted else rest


def _ends_address(words: Sequence[str]) -> bool:
    """Tell whether what follows a greeting is a name, as in "Hi Sarah,"."""
    return len(words) <= 4 and words[-1][-1] in ",،:!.-"


def _asks(words: Sequence[str]) -> bool:
    return any("?" in word or "؟" in word for word in words)


def _begins(line: str, kind: Courtesy) -> bool:
    return bool(_phrase_length(line.split(), kind))


def _phrase_length(words: Sequence[str], kind: Courtesy) -> int:
    """Return how many words the longest phrase of a kind has that a text begins with, 0 if there is none."""
    phrases = _phrases()[kind]
    longest = max(len(phrase) for phrase in phrases)
    plain = tuple(_plain(word) for word in words[:longest])
    return max((size for size in range(1, len(plain) + 1) if plain[:size] in phrases), default=0)


def _has_words(lines: Sequence[str]) -> bool:
    return any(character.isalpha() for line in lines for character in line)


def _plain(word: str) -> str:
    return fold(word).strip(_PUNCTUATION)


@cache
def _phrases() -> Mapping[Courtesy, frozenset[tuple[str, ...]]]:
    table = (files("kb.agents") / "courtesies.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {
        kind: frozenset(tuple(_plain(word) for word in phrase.split()) for name, phrase in rows if name == kind)
        for kind in Courtesy
    }
