"""When a response says that it has no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.model import ArticleId, ArticleKey, Language
from kb.ports import Calibration, SimilarityCurve
from search.serving.answerability import THRESHOLD, AnswerEvidence, answer_probability, gather_evidence
from search.serving.fusion import Evidence, RankedArticle

CALIBRATION = Calibration(
    SimilarityCurve(floor=0.2, answer_midpoint=0.5, answer_slope=10.0),
    {(Language.EN, Language.AR): SimilarityCurve(floor=0.1, answer_midpoint=0.3, answer_slope=10.0)},
)
STRONG = AnswerEvidence(coverage=1.0, similarity=3.0, known_share=1.0)
WEAK = AnswerEvidence(coverage=0.2, similarity=-3.0, known_share=0.3)


def ranked(*evidence: Evidence) -> list[RankedArticle]:
    return [RankedArticle(item.article, 0.0, {}, item) for item in evidence]


def evidence(article_id: str, **values: object) -> Evidence:
    return replace(Evidence(ArticleKey(ArticleId(article_id), Language.AR)), **values)  # type: ignore[arg-type]


def test_strong_evidence_is_an_answer_and_weak_evidence_is_none() -> None:
    assert answer_probability(STRONG) > THRESHOLD > answer_probability(WEAK)


@pytest.mark.parametrize("part", ["coverage", "similarity"])
def test_more_evidence_never_makes_an_answer_less_likely(part: str) -> None:
    assert answer_probability(replace(WEAK, **{part: getattr(STRONG, part)})) >= answer_probability(WEAK)


def test_words_alone_can_say_yes_and_no() -> None:
    strong, weak = replace(STRONG, similarity=None), replace(WEAK, similarity=None)
    assert answer_probability(strong) > THRESHOLD > answer_probability(weak)


def test_meaning_alone_can_say_yes_and_no() -> None:
    strong, weak = replace(STRONG, coverage=None), replace(WEAK, coverage=None)
    assert answer_probability(strong) > THRESHOLD > answer_probability(weak)


def test_the_best_results_alone_are_evidence() -> None:
    results = ranked(*(evidence(f"{place}", coverage=0.1, cosine=0.3) for place in range(9)))
    results += ranked(evidence("z", coverage=1.0, cosine=0.9))
    gathered = gather_evidence(results, Language.AR, 1.0, CALIBRATION)
    assert gathered.coverage == 0.1
    assert gathered.similarity == pytest.approx(-2.0)


def test_words_say_nothing_about_an_article_in_another_language() -> None:
    results = ranked(evidence("a", coverage=0.0, cosine=0.9))
    assert gather_evidence(results, Language.EN, 0.0, CALIBRATION).coverage is None
    assert gather_evidence(results, Language.AR, 0.0, CALIBRATION).coverage == 0.0
    assert answer_probability(gather_evidence(results, Language.EN, 0.0, CALIBRATION)) > THRESHOLD


def test_a_similarity_counts_by_the_languages_of_question_and_article() -> None:
    results = ranked(evidence("a", cosine=0.4))
    assert gather_evidence(results, Language.AR, None, CALIBRATION).similarity == pytest.approx(-1.0)
    assert gather_evidence(results, Language.EN, None, CALIBRATION).similarity == pytest.approx(1.0)


def test_nothing_found_is_no_evidence() -> None:
    gathered = gather_evidence([], Language.AR, 0.0, CALIBRATION)
    assert gathered.coverage == 0
    assert gathered.similarity == pytest.approx(-3.0)
    assert answer_probability(gathered) < THRESHOLD


def test_what_was_not_searched_is_left_out_of_the_explanation() -> None:
    assert set(gather_evidence([], Language.AR, None, None).as_mapping()) == {"known_share"}
