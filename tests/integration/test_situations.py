"""Customers' questions that were written from the situation: the files hold together, and the figures do not fall."""

from __future__ import annotations

import csv
from pathlib import Path

from indexer.articles.loading import load_tree
from kb.model import Audience, Status
from search.judging.evaluation import Half, chosen_half, read_judged_set

SET = Path("tests/data/situations")


def test_every_question_belongs_to_a_scene_and_to_an_article_that_readers_may_see() -> None:
    with (SET / "scenes.tsv").open(encoding="utf-8", newline="") as file:
        scenes = {row["situation_id"]: row["article_id"] for row in csv.DictReader(file, delimiter="\t")}
    public = {
        article.id
        for article in load_tree(Path("articles")).articles
        if article.audience is Audience.PUBLIC and article.status is Status.PUBLISHED
    }
    judged = read_judged_set(SET)

    assert len(judged.queries) >= 400
    assert len(judged.foreign) >= 50
    for query in judged.queries:
        assert list(query.gains) == [scenes[query.id.split("-")[0]]]
        assert set(query.gains) <= public
    assert all(scenes[query.id.split("-")[0]] == "none" for query in judged.foreign)


def test_the_questions_of_one_scene_are_never_in_both_halves() -> None:
    judged = read_judged_set(SET)
    for every in (judged.queries, judged.foreign):
        first, second = ({query.id[:4] for query in chosen_half(every, half)} for half in (Half.FIRST, Half.SECOND))
        assert not first & second
