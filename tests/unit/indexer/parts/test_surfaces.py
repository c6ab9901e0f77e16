"""How words are shown that the search knows in their normal form only."""

from __future__ import annotations

from pathlib import Path

from indexer.parts.article_words import analyse_article
from indexer.parts.surfaces import SurfaceWriter, read_surfaces
from kb.language.analysis import open_analyzer
from kb.language.normalise import fold
from kb.model import Language
from tests.factories import make_article


def test_each_arabic_word_keeps_its_commonest_spelling_without_marks(tmp_path: Path) -> None:
    writer, analyzer = SurfaceWriter(), open_analyzer(None)
    # cancelling the order; word; "cancelling" misspelt once
    for text in ("إلغاء الطلب كَلِمَة", "إلغـاء كلمة", "الغاء Refund"):
        article = make_article(lang=Language.AR, title="سؤال", text=text)
        writer.add(analyse_article(article, analyzer))
    writer.write(tmp_path)

    surfaces = read_surfaces(tmp_path)

    assert surfaces[fold("إلغاء")] == "إلغاء"
    assert surfaces[fold("كلمة")] == "كلمة"
    assert "الطلب" not in surfaces  # written like its normal form
    assert "refund" not in surfaces
