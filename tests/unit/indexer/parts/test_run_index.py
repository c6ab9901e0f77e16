"""Which written words stand for which terms."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.parts.article_words import analyse_article
from indexer.parts.run_index import RunIndex, RunWriter, forms_of
from kb.model import Language
from search.serving.highlighting import Highlighter
from tests.factories import make_article
from tests.generations import plain_analyzer

WORDS = ("كلمة", "كلمات،", "الكَلِمة", "«كلمةُ»", "resets", "Reset", "re-set", "12", "١٢", "🎉", "\u200fكلمة", "و")
texts = st.lists(st.sampled_from(WORDS) | st.text(min_size=1, max_size=4), max_size=12).map(" ".join)


def written(directory: Path, *texts: str) -> RunIndex:
    analyzer = plain_analyzer()
    writer = RunWriter(analyzer)
    for number, text in enumerate(texts):
        article = make_article(f"a{number}", Language.AR, title="", summary="", text=text)
        writer.add(analyse_article(article, analyzer))
    writer.write(directory)
    return RunIndex(directory)


def test_runs_are_found_by_the_words_in_them_with_marks_and_punctuation(tmp_path: Path) -> None:
    index = written(tmp_path, "«كَلِمة» المرور", "Reset, please")
    forms = [form for token in plain_analyzer().tokens("كلمة resets") for form in forms_of(token)]

    assert index.holding(forms) == {"«كَلِمة»", "Reset,"}


def test_what_stands_nowhere_is_in_no_run(tmp_path: Path) -> None:
    assert written(tmp_path, "كلمة").holding(["exact سعر", "stem سعر"]) == frozenset()


def test_articles_without_words_make_an_empty_index(tmp_path: Path) -> None:
    assert written(tmp_path, "").holding(["exact كلمة"]) == frozenset()


@settings(max_examples=60)
@given(text=texts, query=texts)
def test_marks_are_the_same_with_and_without_the_index(text: str, query: str) -> None:
    analyzer = plain_analyzer()
    tokens = analyzer.tokens(query)
    with TemporaryDirectory() as directory:
        index = written(Path(directory), text)
        known, unknown = Highlighter(tokens, analyzer, index), Highlighter(tokens, analyzer)

    assert known.marks(text) == unknown.marks(text)
