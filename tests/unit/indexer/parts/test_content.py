from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from indexer.parts.content import FILE, ContentStore, ContentWriter
from kb.model import ArticleId, ArticleKey, Audience, Category, Chunk, ChunkId, Language, TranslationSource
from kb.storage.generations import CorruptGeneration
from tests.factories import make_article

AR, EN = Language.AR, Language.EN
# The Arabic one is called refund of the amount, its tags are payment and return.
ARTICLES = (
    make_article("refund", AR, slug="استرداد-المبلغ", tags=("دفع", "إرجاع"), updated=date(2026, 11, 3)),
    make_article("refund", EN, tags=("payment",), translation_of=TranslationSource(AR, "0123abcd")),
    make_article("reset", EN, aliases=("old-reset",), tags=("password", "payment"), updated=date(2026, 11, 2)),
    make_article("escalate", EN, audience=Audience.INTERNAL, category="agents", tags=("payment",)),
)
CHUNKS = tuple(
    Chunk(ChunkId(f"c{row}"), article.key, "", (), "text", article.title) for row, article in enumerate(ARTICLES)
)
CATEGORIES = (
    Category("orders", EN, "Orders", "What you bought", "package", 1),
    Category("account", EN, "Account", "Your details", "user", 0),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ContentStore]:
    ContentWriter(tmp_path).write(ARTICLES, CHUNKS, CATEGORIES, {"0123.png": b"\x89PNG"})
    store = ContentStore(tmp_path)
    yield store
    store.close()


def ids(store: ContentStore, **conditions: object) -> list[str]:
    return [str(article.key) for article in store.articles(**conditions)]  # type: ignore[arg-type]


def test_articles_come_back_equal(store: ContentStore) -> None:
    assert tuple(store.article(article.key) for article in ARTICLES) == ARTICLES
    assert store.article(ArticleKey(ArticleId("none"), EN)) is None


def test_rows_keep_their_order(store: ContentStore) -> None:
    assert store.article_keys() == tuple(article.key for article in ARTICLES)
    assert store.chunks() == CHUNKS
    assert store.chunk(CHUNKS[1].id) == CHUNKS[1]
    assert store.chunk(ChunkId("none")) is None


def test_cards_and_owners_are_known_without_reading_articles(store: ContentStore) -> None:
    assert store.cards() == tuple(article.card for article in ARTICLES)
    assert store.chunk_owners() == tuple((chunk.id, row) for row, chunk in enumerate(CHUNKS))


def test_addresses_lead_to_articles(store: ContentStore) -> None:
    assert store.article_by_slug(AR, "استرداد-المبلغ") == ARTICLES[0]
    assert store.article_by_slug(EN, "استرداد-المبلغ") is None
    assert store.redirect(EN, "old-reset") == "reset"
    assert store.redirect(AR, "old-reset") is None


def test_an_address_in_decomposed_letters_leads_to_the_same_article(tmp_path: Path) -> None:
    article = make_article("faq", AR, slug="أسئلة")  # questions
    ContentWriter(tmp_path).write([article], (), ())
    assert ContentStore(tmp_path).article_by_slug(AR, unicodedata.normalize("NFD", "أسئلة")) == article


@pytest.mark.parametrize("slug", ["", "\x00", "\ud800", "' OR 1=1 --", "a" * 100_000])
def test_hostile_addresses_lead_nowhere(store: ContentStore, slug: str) -> None:
    assert store.article_by_slug(EN, slug) is None
    assert store.redirect(EN, slug) is None
    assert store.asset(slug) is None
    assert store.articles(tag=slug) == ()


def test_listings_are_sorted_by_date_and_limited(store: ContentStore) -> None:
    assert ids(store) == ["ar:refund", "en:reset", "en:refund"]
    assert ids(store, limit=1) == ["ar:refund"]
    assert ids(store, limit=0) == []


def test_listings_meet_every_condition(store: ContentStore) -> None:
    assert ids(store, lang=EN, tag="payment") == ["en:reset", "en:refund"]
    assert ids(store, category="agents") == []
    assert ids(store, category="agents", audiences=frozenset(Audience)) == ["en:escalate"]
    assert ids(store, audiences=frozenset()) == []


def test_translations_are_all_versions(store: ContentStore) -> None:
    assert store.translations(ArticleId("refund")) == (ARTICLES[0], ARTICLES[1])


def test_tags_and_categories_count_what_a_reader_may_see(store: ContentStore) -> None:
    assert store.tags(EN) == (("payment", 2), ("password", 1))
    assert store.tags(EN, frozenset(Audience)) == (("payment", 3), ("password", 1))
    assert store.category_counts(EN) == {"account": 2}
    assert [category.slug for category in store.categories(EN)] == ["account", "orders"]


def test_assets_come_back_as_bytes(store: ContentStore) -> None:
    assert store.asset("0123.png") == b"\x89PNG"


def test_threads_share_a_store(store: ContentStore) -> None:
    keys = [article.key for article in ARTICLES] * 200
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(store.article, keys)) == list(ARTICLES) * 200


def test_reading_changes_no_byte(tmp_path: Path) -> None:
    ContentWriter(tmp_path).write(ARTICLES, CHUNKS, CATEGORIES)
    before = (tmp_path / FILE).read_bytes()
    store = ContentStore(tmp_path)
    store.articles()
    store.close()
    assert (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ContentStore(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_file_that_is_no_content_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CorruptGeneration, match="kb index"):
        ContentStore(tmp_path)
