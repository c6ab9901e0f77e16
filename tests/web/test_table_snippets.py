"""What a table says is shown as sentences wherever a passage of an article is shown, in both languages."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from kb.agents.snippets import passage_of
from kb.model import ArticleId, ArticleKey, Language
from tests.article_trees import ARABIC_FRONT_MATTER, article, valid_tree, write_tree
from tests.web.conftest import build_site
from tests.web.html import page_of
from web.services import content

LONG = "\n".join(f"| Zone {number} | {number} riyals | {number} days |" for number in range(100, 200))
ENGLISH = f"""\
Messages of the app.

## When it fails

| Message | What it means |
|---|---|
| Voucher unknown | The voucher belongs to another country |
| Basket locked? | Somebody else pays for it now. |

## What it costs

| Zone | Fee | Time |
|---|---|---|
| Mountain villages | 35 riyals | six days |
{LONG}
"""
ARABIC = """\
رسائل التطبيق.

## إذا فشل الدفع

| الرسالة | معناها |
|---|---|
| القسيمة مجهولة | القسيمة لبلد آخر |

## الرسوم

| المنطقة | الرسوم | المدة |
|---|---|---|
| القرى الجبلية | ٣٥ ريالًا | ستة أيام |
"""  # messages; voucher unknown: it is of another country; mountain villages: 35 riyals, six days


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    root = tmp_path_factory.mktemp("tables")
    changes = {"id": "messages", "questions": "[one, two, three]"}
    files = {
        **valid_tree(),
        "en/orders/messages.md": article(ENGLISH, title="Messages", **changes),
        "ar/orders/رسائل.md": article(ARABIC, ARABIC_FRONT_MATTER, title="رسائل", **changes),
    }
    return build_site(root, write_tree(root / "articles", files))


CASES = [
    ("en", "voucher unknown", "Voucher unknown: The voucher belongs to another country."),
    ("en", "basket locked", "Basket locked? Somebody else pays for it now."),
    ("en", "mountain villages", "Mountain villages – Fee: 35 riyals, Time: six days."),
    ("en", '"Zone 150"', "Zone 150 – Fee: 150 riyals, Time: 150 days."),
    ("ar", "القسيمة مجهولة", "القسيمة مجهولة: القسيمة لبلد آخر."),
    ("ar", "القرى الجبلية", "القرى الجبلية – الرسوم: ٣٥ ريالًا، المدة: ستة أيام."),
]


@pytest.mark.parametrize(("lang", "query", "sentence"), CASES)
def test_a_row_is_a_sentence_in_results_and_answers(site: Flask, lang: str, query: str, sentence: str) -> None:
    client = site.test_client()
    results = client.get("/api/v1/search", query_string={"q": query, "lang": lang}).get_json()["results"]
    hit = next(hit for hit in results if hit["id"] == "messages")
    snippet = "".join(part["text"] for part in hit["snippet"])
    assert sentence in snippet
    assert " | " not in snippet
    page = page_of(client.get(f"/{lang}/search", query_string={"q": query}))
    assert sentence.split(": ")[-1] in page.text
    with site.test_request_context():
        found = content().article(ArticleKey(ArticleId("messages"), Language(lang)))
        assert found is not None
        assert sentence in passage_of(found, hit["anchor"], snippet)


@pytest.mark.parametrize(("lang", "query"), [("en", "what it means"), ("ar", "معناها")])
def test_titles_of_columns_are_still_found(site: Flask, lang: str, query: str) -> None:
    answer = site.test_client().get("/api/v1/search", query_string={"q": query, "lang": lang}).get_json()
    assert "messages" in [hit["id"] for hit in answer["results"]]
    assert not any(re.search(r" \| ", part["text"]) for hit in answer["results"] for part in hit["snippet"])
