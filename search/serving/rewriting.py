"""Another wording for a query that finds nothing good: wrong layout, Arabizi, dialect, typing errors, in this order.

What the index knows is left alone; what is proposed consists of words that the index knows. Whether the proposal is
better is decided by searching for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.language.normalise import fold
from kb.language.rescue.arabizi import is_latin_word, latin_skeletons, vowel_distance
from kb.language.rescue.dialect import to_standard
from kb.language.rescue.keyboard import as_arabic_layout, as_latin_layout
from kb.language.rescue.spelling import corrections
from kb.language.rescue.vocabulary import Vocabulary
from search.serving.answerability import AnswerEvidence
from search.serving.query_text import ParsedQuery

_SHARE_KNOWN_TO_SWITCH = 0.6
"""Share of the words that the index must know once they are read otherwise, and may at most not know as typed."""

_MOST_WORDS = 24
"""Longer queries are pasted texts: rewriting them word by word helps nobody and takes long."""

_ARTICLES = ("al", "el", "il")
_ARABIC_ARTICLE = "ال"


class QueryRewriter:
    """Rewrites queries word by word; holds nothing."""

    def rewrite(self, parsed: ParsedQuery, evidence: AnswerEvidence, vocabulary: Vocabulary) -> str | None:
        """Return another wording that is worth a search, None where there is none.

        Args:
            parsed: The literal query; quotes and exclusions say that it is meant literally.
            evidence: Why it is thought to have found nothing good.
            vocabulary: Words of the index.
        """
        if not parsed.is_plain or len(parsed.words) > _MOST_WORDS or evidence.known_share >= 1.0:
            return None
        for reading in (_other_layout, _arabizi, _corrected):
            if (text := reading(parsed.words, vocabulary)) is not None:
                return text
        return None


def _other_layout(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Read the keys in the other layout if that makes words of what are none."""
    if _known_share(words, vocabulary) > 1 - _SHARE_KNOWN_TO_SWITCH:
        return None
    texts = (as_arabic_layout(" ".join(words)), as_latin_layout(" ".join(words)))
    return next((text for text in texts if _known_share(text.split(), vocabulary) >= _SHARE_KNOWN_TO_SWITCH), None)


def _arabizi(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Read Latin letters as Arabic if most of the words are none of the index's own."""
    folded = [fold(word).strip("?!.,") for word in words]
    foreign = [word for word in folded if _is_foreign(word, vocabulary)]
    if not foreign or len(foreign) <= len(folded) * (1 - _SHARE_KNOWN_TO_SWITCH):
        return None
    result: list[str] = []
    resolved = 0
    article = ""
    for word in folded:
        if word in _ARTICLES:
            article = _ARABIC_ARTICLE
            continue
        arabic = _arabic_word(word, article, vocabulary) if is_latin_word(word) else None
        resolved += arabic is not None
        result.append(arabic or word)
        article = ""
    return " ".join(result) if result and resolved >= len(result) * _SHARE_KNOWN_TO_SWITCH else None


def _is_foreign(word: str, vocabulary: Vocabulary) -> bool:
    """Return whether a word in Latin letters is none of the index's own, nor a slip away from one."""
    if not is_latin_word(word) or vocabulary.knows(word):
        return False
    return not any(is_latin_word(found.text) for found in corrections(word, vocabulary))


def _arabic_word(word: str, article: str, vocabulary: Vocabulary) -> str | None:
    """Return the word of the index that a Latin spelling stands for, with the article if it was written."""
    if word.startswith(_ARTICLES):
        article = _ARABIC_ARTICLE

    def fit(found: tuple[int, str]) -> tuple[int, bool, int, str]:
        place, candidate = found
        return (
            place + vowel_distance(word, candidate),
            candidate.startswith(_ARABIC_ARTICLE) != bool(article),
            -vocabulary.frequency(candidate),
            candidate,
        )

    candidates = [
        (place, candidate)
        for place, skeleton in enumerate(latin_skeletons(word))
        for candidate in vocabulary.by_skeleton.get(skeleton, ())
    ]
    return vocabulary.surface(min(candidates, key=fit)[1]) if candidates else None


def _corrected(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Put standard words for dialect ones, then correct what the index still does not know."""
    typed = [_bare(word) for word in words]
    standard = to_standard([fold(word) for word in typed], vocabulary)
    shown = {fold(word): word for word in typed}
    result = [_spelled(word, vocabulary) or shown.get(word, word) for word in standard]
    return " ".join(result) if [fold(word) for word in result] != [fold(word) for word in typed] else None


def _spelled(word: str, vocabulary: Vocabulary) -> str | None:
    """Return the correction of a word that the index does not know, None if it knows it or nothing is near."""
    folded = fold(word)
    if vocabulary.knows(folded):
        return None
    best = next(iter(corrections(folded, vocabulary)), None)
    return " ".join(vocabulary.surface(part) for part in best.text.split()) if best else None


def _known_share(words: Sequence[str], vocabulary: Vocabulary) -> float:
    folded = [fold(_bare(word)) for word in words]
    return sum(vocabulary.knows(word) for word in folded) / len(folded) if folded else 0.0


def _bare(word: str) -> str:
    """Return a word without the punctuation around it."""
    letters = [place for place, sign in enumerate(word) if sign.isalnum()]
    return word[letters[0] : letters[-1] + 1] if letters else word
