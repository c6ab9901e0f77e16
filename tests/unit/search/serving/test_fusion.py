"""How words and meaning are weighed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model import ArticleId, ArticleKey, Language
from kb.ports import Calibration, SimilarityCurve
from search.serving.fusion import (
    WEIGHTS,
    Evidence,
    Weights,
    fuse_ranks,
    fuse_scores,
    merge_evidence,
    rank_by_meaning,
    rank_by_words,
    worth,
)


def key(article_id: str, lang: Language = Language.AR) -> ArticleKey:
    return ArticleKey(ArticleId(article_id), lang)


CURVE = SimilarityCurve(floor=0.1, answer_midpoint=0.5, answer_slope=10.0)
CALIBRATION = Calibration(CURVE)
EVEN = {pair: Weights(known=0.5, unknown=0.5) for pair in WEIGHTS}


def test_an_article_that_both_retrievers_like_beats_one_that_either_likes_best() -> None:
    found = [
        Evidence(key("words"), lexical=1.0, cosine=0.2),
        Evidence(key("meaning"), lexical=0.0, cosine=0.9),
        Evidence(key("both"), lexical=0.8, cosine=0.8),
    ]
    fused = fuse_scores(found, Language.AR, known_share=1.0, calibration=CALIBRATION, weights=EVEN)
    assert fused[0].evidence.article.id == "both"


def test_unknown_words_shift_the_weight_to_meaning() -> None:
    found = [Evidence(key("words"), lexical=1.0, cosine=0.3), Evidence(key("meaning"), lexical=0.1, cosine=0.9)]
    weights = {pair: Weights(known=0.2, unknown=0.9) for pair in WEIGHTS}
    known = fuse_scores(found, Language.AR, known_share=1.0, calibration=CALIBRATION, weights=weights)
    unknown = fuse_scores(found, Language.AR, known_share=0.0, calibration=CALIBRATION, weights=weights)
    assert known[0].evidence.article.id == "words"
    assert unknown[0].evidence.article.id == "meaning"


def test_across_languages_meaning_counts_more_than_within_one() -> None:
    for one in Language:
        assert WEIGHTS[one, one.other].known > WEIGHTS[one, one].known


def test_weights_are_shares_and_never_fall_with_unknown_words() -> None:
    for weights in WEIGHTS.values():
        assert 0 <= weights.known <= weights.unknown <= 1


def test_equal_scores_are_ordered_by_article() -> None:
    found = [Evidence(key(name), lexical=0.5) for name in "cab"]
    assert [item.evidence.article.id for item in rank_by_words(found)] == ["a", "b", "c"]


def test_the_parts_of_a_score_add_up_to_it() -> None:
    (fused,) = fuse_scores([Evidence(key("a"), lexical=0.4, cosine=0.7)], Language.AR, 0.5, CALIBRATION)
    assert abs(sum(fused.parts.values()) - fused.score) < 1e-9


def test_rank_fusion_gives_1_to_what_every_retriever_puts_first() -> None:
    found = [
        Evidence(key("first"), ranks={"keyword": 1, "vector": 1}),
        Evidence(key("second"), ranks={"keyword": 2}),
        Evidence(key("third"), ranks={"vector": 2}),
    ]
    fused = fuse_ranks(found)
    assert fused[0].evidence.article.id == "first"
    assert abs(fused[0].score - 1.0) < 1e-9
    assert fused[1].score == fused[2].score


def test_a_similarity_is_worth_half_at_the_midpoint_of_its_model() -> None:
    assert worth(CURVE.answer_midpoint, CURVE) == 0.5
    assert worth(None, CURVE) == worth(-1.0, CURVE) == 0
    assert worth(1.0, SimilarityCurve(floor=0.1, answer_midpoint=0.5, answer_slope=40.0)) == 1


def test_models_with_other_similarities_are_worth_the_same() -> None:
    narrow = SimilarityCurve(floor=0.7, answer_midpoint=0.8, answer_slope=60.0)
    assert worth(0.85, narrow) == pytest.approx(worth(0.8, CURVE))


def test_one_retriever_alone_ranks_by_its_own_scores() -> None:
    found = [Evidence(key("a"), lexical=0.1, cosine=0.9), Evidence(key("b"), lexical=0.9, cosine=0.4)]
    assert rank_by_words(found)[0].evidence.article.id == "b"
    assert rank_by_meaning(found, Language.AR, CALIBRATION)[0].evidence.article.id == "a"


def test_of_several_wordings_each_article_counts_by_the_best_one() -> None:
    literal = [Evidence(key("a"), 0.2, 0.3, cosine=0.8, row=4, ranks={"keyword": 7, "vector": 1})]
    synonym = [Evidence(key("a"), 0.9, 1.0, cosine=0.5, row=9, ranks={"keyword": 1}), Evidence(key("b"), 0.1)]
    merged = merge_evidence([literal, synonym])
    assert merged[0] == Evidence(key("a"), 0.9, 1.0, cosine=0.8, row=4, ranks={"keyword": 1, "vector": 1})
    assert merged[1].article == key("b")


def test_nothing_found_is_nothing_ranked() -> None:
    assert fuse_scores([], Language.EN, 1.0, CALIBRATION) == ()
    assert fuse_ranks([]) == ()
    assert rank_by_meaning([], Language.AR, CALIBRATION) == ()


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.one_of(st.none(), st.floats(-1, 1)), st.sampled_from(list(Language))),
        max_size=20,
    ),
    st.floats(0, 1),
    st.sampled_from(list(Language)),
)
def test_scores_stay_between_0_and_1_and_never_rise(
    rows: list[tuple[float, float | None, Language]], known_share: float, lang: Language
) -> None:
    found = [
        Evidence(key(f"{place:03}", article_lang), lexical=lexical, cosine=cosine)
        for place, (lexical, cosine, article_lang) in enumerate(rows)
    ]
    scores = [item.score for item in fuse_scores(found, lang, known_share, CALIBRATION)]
    assert all(0 <= score <= 1 + 1e-9 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert bool(scores) == bool(found)


def test_of_two_articles_alike_the_one_that_covers_more_of_the_question_comes_first() -> None:
    found = [Evidence(key("a"), lexical=0.8, coverage=0.2), Evidence(key("b"), lexical=0.8, coverage=0.6)]
    assert fuse_scores(found, Language.AR, 0.8, CALIBRATION)[0].evidence.article.id == "b"


def test_a_similarity_across_languages_is_worth_what_it_is_worth_there() -> None:
    lower = SimilarityCurve(floor=0.1, answer_midpoint=0.3, answer_slope=10.0)
    calibration = Calibration(CURVE, {(Language.AR, Language.EN): lower})
    found = [Evidence(key("a", Language.AR), cosine=0.6), Evidence(key("b", Language.EN), cosine=0.5)]
    assert fuse_scores(found, Language.AR, 0.0, calibration, weights=EVEN)[0].evidence.article.id == "b"
    assert rank_by_meaning(found, Language.AR, calibration)[0].evidence.article.id == "b"


def test_the_tail_that_shares_next_to_nothing_is_cut_off() -> None:
    found = [Evidence(key("a"), lexical=1.0, coverage=1.0, cosine=0.8), Evidence(key("b"), lexical=0.1, cosine=0.1)]
    assert [item.evidence.article.id for item in fuse_scores(found, Language.AR, 1.0, CALIBRATION)] == ["a"]
