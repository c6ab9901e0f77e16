"""Closed-class words of both languages: they carry too little to be marked or to decide anything alone."""

from __future__ import annotations

from functools import cache
from typing import Final

from kb.language.normalise import fold
from kb.ports import Token

# Prepositions, conjunctions, pronouns, particles and question words, standard and spoken.
_ARABIC: Final = """
في من على إلى عن مع بين حتى منذ عند لدى حول بعد قبل خلال دون ضد نحو فوق تحت أمام خلف
و أو أم ثم بل لكن لكنه لأن أن إن أنه إنه أنها إنها أنك أني إذا لو إذ كي لكي قد لقد سوف لا لم لن ما ليس ليست هل
هو هي هم هن أنت أنا نحن أنتم هذا هذه ذلك تلك هؤلاء هناك هنا الذي التي الذين اللذان اللاتي اللي
كان كانت يكون تكون كل بعض أي أية كيف متى أين لماذا ماذا كم مين إيش وش شو ليش ليه إزاي شلون وين فين إمتى
يا به بها له لها لي لك لكم فيه فيها منه منها عليه عليها إليه إليها إلي علي عنه عنها معه معها كما مما عما فيما بما لما
"""
_ENGLISH: Final = """
a an the and or but if of in on at to for from by with about as into over after before between without within
i me my we our us you your he his him she her it its they them their this that these those there here
is am are was were be been being do does did has have had can could will would shall should may might must
not no so than then too very what which who whom whose when where why how
"""


# "And", which Arabic writes as one word with the next; not so "then": «فقد» is mostly "lost", seldom "and already".
_AND: Final = "و"


def is_function_word(token: Token) -> bool:
    """Tell whether a word is one of them, with "and" before it too if the lemma agrees."""
    known = _function_words()
    joined = token.exact.startswith(_AND) and token.exact[1:] in known
    return token.exact in known or (joined and token.lemma in known)


@cache
def _function_words() -> frozenset[str]:
    """Return the words in their orthographic normal form."""
    return frozenset(fold(_ARABIC).split()) | frozenset(_ENGLISH.split())
