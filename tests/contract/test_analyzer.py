"""What every analyser keeps, whatever knows its words."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.language.analysis import NoLemmatizer, WordAnalyzer, open_analyzer
from kb.language.normalise import fold
from kb.ports import Analyzer

_MIXED = st.text(
    st.one_of(
        st.sampled_from("كتابأإآؤئءىةـًَُِّْٰ\ufefb\ufdf2\ufdfa\u200f\u202b\u200d١٫٬ iPh1.,-_@'’é½²\ud800\x00"),
        st.characters(),
    ),
    max_size=60,
)

# Hypothesis cannot know that a contract class is meant to run once for each class that inherits it.
_INHERITED = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])


class AnalyzerContract:
    """Inherited by one class for each analyser."""

    analyzer: Analyzer

    @given(_MIXED)
    @settings(_INHERITED, max_examples=300)
    def test_tokens_stand_in_the_original_text(self, text: str) -> None:
        tokens = self.analyzer.tokens(text)
        for token in tokens:
            assert 0 <= token.start < token.end <= len(text)
            assert fold(text[token.start : token.end]) == token.exact
            assert token.exact and token.lemma and token.stem
            assert not any(sign.isspace() for sign in token.exact + token.lemma + token.stem)
        assert all(left.end <= right.start for left, right in itertools.pairwise(tokens))

    @given(_MIXED)
    @settings(_INHERITED, max_examples=100)
    def test_the_same_text_always_gives_the_same_tokens(self, text: str) -> None:
        assert self.analyzer.tokens(text) == self.analyzer.tokens(text)

    @pytest.mark.parametrize(
        "text",
        [
            "ا" * 10_000,
            "a" * 10_000,
            "\u0640" * 10_000,
            "\u064e" * 10_000,
            "\ud800" * 10_000,
            "aب1" * 3_000,
            "1,1." * 9_000,
        ],
        ids=["arabic", "latin", "tatweel", "marks", "surrogates", "mixed", "digits"],
    )
    def test_monstrous_words_are_analysed_in_linear_time(self, text: str) -> None:
        self.analyzer.tokens("كلمة word")  # pays for loading (word)
        started = time.process_time()  # the machine may be busy with other tests
        self.analyzer.tokens(text)
        assert time.process_time() - started < 2

    def test_spellings_of_one_word_share_every_term(self) -> None:
        terms = {
            (token.exact, token.lemma, token.stem)
            for spelling in ("الفاتوره", "الفـاتوره", "\u200fالفاتوره\u200f")  # the invoice
            for token in self.analyzer.tokens(spelling)
        }
        assert len(terms) == 1

    def test_the_fingerprint_is_short_and_stable(self) -> None:
        assert 0 < len(self.analyzer.fingerprint) < 200
        assert self.analyzer.fingerprint == self.analyzer.fingerprint


class TestAnalyzerWithoutLexicon(AnalyzerContract):
    analyzer = WordAnalyzer(NoLemmatizer())

    def test_an_unknown_word_has_its_stem_as_lemma(self) -> None:
        (token,) = self.analyzer.tokens("والكتاب")  # and the book
        assert token.lemma == token.stem == "كتاب"


class TestDefaultAnalyzer(AnalyzerContract):
    analyzer = open_analyzer(None)
