"""Conjugation and declension, by verbs and nouns whose forms are in every grammar book."""

from __future__ import annotations

import pytest

from scripts.build_lexicon import LEXICON
from scripts.lexicon.entries import Pos
from scripts.lexicon.nouns import adjective_stems, defective_stems, noun_stems
from scripts.lexicon.tables import read_tables
from scripts.lexicon.verbs import (
    RootKind,
    VerbSpec,
    participle_stems,
    past_form,
    verb_stems,
    verbal_noun_stems,
)

PATTERNS = read_tables(LEXICON / "tables").patterns


def verb(root: str, form: str, vowel: str = "", *, past_i: bool = False) -> VerbSpec:
    return VerbSpec(root, form, vowel, past_i, ())


@pytest.mark.parametrize(
    ("spec", "kind", "past"),
    [
        (verb("كتب", "1"), RootKind.STRONG, "كتب"),  # write
        (verb("حدد", "2"), RootKind.STRONG, "حدد"),  # determine
        (verb("مرر", "10"), RootKind.DOUBLED, "استمر"),  # continue
        (verb("عود", "4"), RootKind.HOLLOW, "أعاد"),  # repeat
        (verb("دعو", "1"), RootKind.DEFECTIVE, "دعا"),  # call
        (verb("شري", "8"), RootKind.DEFECTIVE, "اشترى"),  # buy
        (verb("نسي", "1", "a", past_i=True), RootKind.DEFECTIVE, "نسي"),  # forget
        (verb("وصل", "8"), RootKind.STRONG, "اتصل"),  # connect
        (verb("طلع", "8"), RootKind.STRONG, "اطلع"),  # look at
        (verb("زيد", "8"), RootKind.HOLLOW, "ازداد"),  # increase
        (verb("ءمن", "4"), RootKind.STRONG, "آمن"),  # believe
        (verb("ترجم", "Q1"), RootKind.STRONG, "ترجم"),  # translate
    ],
)
def test_a_verb_is_listed_by_its_past(spec: VerbSpec, kind: RootKind, past: str) -> None:
    assert (spec.kind, past_form(spec, PATTERNS)) == (kind, past)


@pytest.mark.parametrize(
    ("spec", "stems"),
    [
        (verb("وصل", "1"), {("وصل", "PV"), ("صل", "IV"), ("صل", "CV")}),  # arrive: drops its w
        (verb("قول", "1"), {("قال", "PVlong"), ("قل", "PVshort"), ("قول", "IVlong"), ("قل", "CVshort")}),  # say
        (verb("رمي", "1"), {("رمى", "PV0"), ("رم", "PVcut"), ("رمي", "IVweak"), ("ارم", "CV")}),  # throw
        (verb("كون", "1"), {("كن", "PVshort"), ("ك", "PVshort")}),  # be: kunna is written with one n
        (verb("ءخذ", "1"), {("أخذ", "PV"), ("خذ", "CV")}),  # take: its imperative drops the hamza
        (verb("نشء", "4"), {("أنشأ", "PV"), ("نشئ", "IV"), ("أنشئ", "CV")}),  # create
    ],
)
def test_a_verb_has_the_stems_of_its_class(spec: VerbSpec, stems: set[tuple[str, str]]) -> None:
    assert stems <= {(stem.form, stem.category) for stem in verb_stems(spec, PATTERNS)}


@pytest.mark.parametrize(
    ("spec", "nouns"),
    [
        (verb("خدم", "10"), {"مستخدم", "استخدام"}),  # user, use
        (verb("عود", "10"), {"مستعيد", "مستعاد", "استعاد"}),  # restoring, restored, restoration without its ending
        (verb("وصل", "4"), {"موصل", "إيصال"}),  # connector, delivery
        (verb("لقي", "5"), {"متلقي", "متلق", "تلقي", "تلق"}),  # receiver, receiving, definite and not
    ],
)
def test_participles_and_verbal_nouns_follow_the_pattern(spec: VerbSpec, nouns: set[str]) -> None:
    stems = [*participle_stems(spec, PATTERNS), *verbal_noun_stems(spec, PATTERNS)]
    assert nouns <= {stem.form for stem in stems}


def test_a_broken_plural_belongs_to_its_singular() -> None:
    assert {(stem.form, stem.lemma) for stem in noun_stems("جهاز", ("أجهزة",))} == {  # device, devices
        ("جهاز", "جهاز"),
        ("أجهز", "جهاز"),
    }


def test_a_hamza_at_the_end_changes_its_seat_before_a_pronoun() -> None:
    assert {"إنشاء", "إنشاؤ", "إنشائ"} == {stem.form for stem in noun_stems("إنشاء", ())}  # creation, its creation


def test_alef_maksura_becomes_alef_before_a_pronoun_and_ya_in_the_dual() -> None:
    forms = {(stem.form, stem.category) for stem in noun_stems("مستوى", ())}  # level
    assert {("مستوى", "Nbare"), ("مستوا", "Nposs"), ("مستوي", "Ndual")} <= forms


def test_a_defective_adjective_loses_its_ya_where_it_is_indefinite() -> None:
    assert {"تالي", "تال"} == {stem.form for stem in defective_stems("تالي", Pos.ADJECTIVE)}  # following


def test_an_adjective_has_one_lemma_in_all_genders_and_numbers() -> None:
    assert {stem.lemma for stem in adjective_stems("جديد", ("جدد",))} == {"جديد"}  # new
