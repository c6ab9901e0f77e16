"""Lemmas by CAMeL Tools over the embedded lexicon: what readers type, and what nobody should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.errors import OperatorError
from kb.language.morphology import EMBEDDED, CamelLemmatizer, Origin, find_database, open_lemmatizer

ROOT = Path(__file__).parent.parent.parent
AMBIGUOUS = ROOT / "tests" / "data" / "ambiguous-words.tsv"

FAMILIES = {
    "كتاب": "كتاب الكتب كتبي كتابها كتابين الكتاب للكتب وكتابهم كتابنا",  # book
    "مستخدم": "مستخدم المستخدم المستخدمين مستخدمون مستخدمو وبالمستخدمين للمستخدمين المُسْتَخْدِمُونَ",  # user
    "ملف": "ملف ملفات ملفاتك الملفات ملفه للملفات بملفين",  # file
    "جهاز": "جهاز أجهزة أجهزتك الأجهزة بجهازها جهازين الاجهزه",  # device
    "قايمه": "قائمة قوائم القوائم قائمتك بالقائمة قائمتين",  # list
    "رساله": "رسالة رسائل الرسائل رسالتك رسالتان",  # message
    "مستوي": "مستوى المستوى مستويات مستواه مستويين",  # level
    "اعداد": "إعداد إعدادات الإعدادات إعداداتك اعدادات",  # setting
    "انشا": "أنشأ إنشاء إنشائها ينشئ أنشئ أنشأت تنشئه",  # create, creation
    "ارسل": "أرسل يرسل أرسلت سيرسلون أرسلها ترسله",  # send
    "اشتري": "اشترى يشتري اشتريت اشتروا سأشتري اشتراه",  # buy
    "قال": "قال يقول قالت قلت يقولون وقال",  # say
    "اختار": "اختر اختار يختار اخترت ستختار",  # choose
    "استخدم": "استخدم يستخدم تستخدمها استخدمت يستخدمونها سيستخدم",  # use
    "جديد": "جديد جديدة الجديدة جدد الجديدتين للجديد",  # new
    "سريع": "سريع السريعة سريعا بسريع",  # fast
    "هذا": "هذا هذه هؤلاء هذان لهذا بهذه",  # this
    "الذي": "الذي التي الذين اللذان",  # which
    "في": "في فيه فيها وفي فيهم",  # in
    "علي": "على عليه عليها عليك وعلى",  # on
    "بطاقه": "بطاقة بطاقات بطاقتي البطاقة بطاقتك",  # card
    "حساب": "حساب حسابي حسابات حسابك بحسابه الحسابات",  # account
    "مشكله": "مشكلة مشاكل مشكلات مشكلتي المشكلة",  # problem
    "سوال": "سؤال أسئلة الأسئلة سؤالك",  # question
}


@pytest.fixture(scope="module")
def embedded() -> CamelLemmatizer:
    return open_lemmatizer(EMBEDDED)


@pytest.mark.parametrize(
    ("word", "lemma"), [(word, lemma) for lemma, words in FAMILIES.items() for word in words.split()]
)
def test_inflected_forms_share_the_key_of_their_lemma(embedded: CamelLemmatizer, word: str, lemma: str) -> None:
    assert embedded.lemma(word) == lemma


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("مكتبة", "مكتب"),  # library, office
        ("عملية", "عمل"),  # operation, work
        ("طالب", "طلب"),  # student, request
        ("تحويل", "حوالة"),  # transfer, remittance
        ("دفع", "دافع"),  # payment, motive
        ("معلم", "علم"),  # teacher, science
    ],
)
def test_different_words_of_one_root_stay_apart(embedded: CamelLemmatizer, left: str, right: str) -> None:
    assert embedded.lemma(left) != embedded.lemma(right)


@pytest.mark.parametrize(
    ("written", "hasty"),
    [
        ("مسؤول", "مسوول"),  # responsible
        ("إنشاء", "انشاء"),  # creation
        ("قراءة", "قراءه"),  # reading
        ("الأسئلة", "الاسئله"),  # questions
        ("كتاب", "كِتَابٌ"),  # book, vocalised
        ("كتاب", "كـتـــاب"),  # stretched by tatweel
        ("الكتاب", "ال\u200cكتاب"),  # with a joiner
        ("كلمة", "كلمۃ"),  # with a letter of another keyboard
    ],
)
def test_careless_spelling_leads_to_the_same_lemma(embedded: CamelLemmatizer, written: str, hasty: str) -> None:
    assert embedded.lemma(hasty) == embedded.lemma(written) is not None


@pytest.mark.parametrize(
    "word",
    ["", "\u0640" * 300, "\u064b\u0651" * 100, "\ud800\udfff", "iPhone", "١٢٣", "م" * 10_000, "وب" * 19, "؟!"],
)
def test_what_is_no_arabic_word_has_no_lemma(embedded: CamelLemmatizer, word: str) -> None:
    assert embedded.lemma(word) is None


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
@example("ك\ud800تاب")
@example("\u202eكتاب\u202c")
@settings(max_examples=200, deadline=None)
def test_no_string_raises_and_the_answer_is_repeatable(word: str) -> None:
    lemmatizer = open_once()
    assert lemmatizer.lemma(word) == lemmatizer.lemma(word)


def open_once(opened: list[CamelLemmatizer] = []) -> CamelLemmatizer:  # noqa: B006 - hypothesis forbids fixtures
    if not opened:
        opened.append(open_lemmatizer(EMBEDDED))
    return opened[0]


def test_most_ambiguous_words_get_the_lemma_that_they_mostly_have(embedded: CamelLemmatizer) -> None:
    rows = [line.split("\t") for line in AMBIGUOUS.read_text("utf-8").splitlines() if not line.startswith("#")]
    wrong = [word for word, lemma in rows if embedded.lemma(word) != lemma]
    assert len(wrong) <= 0.1 * len(rows), wrong


def test_readings_are_in_a_fixed_order(embedded: CamelLemmatizer) -> None:
    readings = embedded.readings("كتب")  # he wrote, books
    assert readings == embedded.readings("كتب")
    assert {reading.key for reading in readings} >= {"كتب", "كتاب"}


def test_lemmas_do_not_depend_on_the_order_of_hashes() -> None:
    code = (
        "from kb.language.morphology import open_lemmatizer, EMBEDDED as e\n"
        "m = open_lemmatizer(e); print(ascii([m.lemma(w) for w in 'قيم عد حل علم كتب دين وصل سلم'.split()]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_opening_needs_no_network_and_leaves_the_home_directory_alone(tmp_path: Path) -> None:
    code = (
        "import os, socket\n"
        "def refuse(*args, **kwargs): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from kb.language.morphology import open_lemmatizer\n"
        "assert open_lemmatizer(None).lemma('الكتب') == 'كتاب'\n"
        f"assert os.environ['HOME'] == {str(tmp_path)!r} and 'CAMELTOOLS_DATA' not in os.environ\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "CAMELTOOLS_DATA"}
    subprocess.run([sys.executable, "-c", code], env={**environment, "HOME": str(tmp_path)}, cwd=ROOT, check=True)
    assert list(tmp_path.iterdir()) == []


def test_a_named_database_comes_first(tmp_path: Path) -> None:
    named = tmp_path / "own.db"
    assert find_database(named).origin is Origin.SETTING


def test_installed_camel_data_comes_before_the_embedded_lexicon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMELTOOLS_DATA", str(tmp_path))
    assert find_database(None).origin is Origin.EMBEDDED
    folder = tmp_path / "data" / "morphology_db" / "calima-msa-r13"
    folder.mkdir(parents=True)
    (folder / "morphology.db").write_bytes(EMBEDDED.read_bytes())
    assert find_database(None).origin is Origin.INSTALLED
    assert open_lemmatizer(None).lemma("الكتب") == "كتاب"  # the books


def test_the_fingerprint_tells_databases_apart(tmp_path: Path, embedded: CamelLemmatizer) -> None:
    other = tmp_path / "other.db"
    text = EMBEDDED.read_text("utf-8")
    other.write_text(text.replace("lex:كتاب ", "lex:كتيب "), "utf-8")
    assert open_lemmatizer(other).fingerprint != embedded.fingerprint
    assert open_lemmatizer(EMBEDDED).fingerprint == embedded.fingerprint


def damaged(text: str) -> dict[str, tuple[str, str]]:
    """Damaged copies of a database, each with what the message must say."""
    stems = text.index("###STEMS###")
    return {
        "empty": ("", ":1: the file is empty"),
        "prose": ("Dear operator,\nthis is a letter.\n", ":1: not a CALIMA database"),
        "cut in a line": (text[: stems + 2000], "is truncated"),
        "cut after a section": (text[: text.index("###TABLE BC###")], "###TABLE BC### is missing"),
        "cut in the last line": (text[:-3], "its last line has no end"),
        "a broken stem": (text.replace("\tdiac:كتب lex:كتب", " diac:كتب", 1), "does not belong into ###STEMS###"),
        "sections swapped": (text.replace("###PREFIXES###", "###SUFFIXES###", 1), "expected ###PREFIXES###"),
        "no stems": (text[: stems + 12] + text[text.index("###TABLE AB###") :], "###STEMS### holds nothing"),
    }


@pytest.mark.parametrize("fault", list(damaged(EMBEDDED.read_text("utf-8"))))
def test_a_damaged_database_is_refused_by_file_and_line(tmp_path: Path, fault: str) -> None:
    content, message = damaged(EMBEDDED.read_text("utf-8"))[fault]
    path = tmp_path / "bad.db"
    path.write_text(content, "utf-8")
    with pytest.raises(OperatorError) as caught:
        open_lemmatizer(path)
    assert f"{path}:" in caught.value.message
    assert message in caught.value.message


def test_a_binary_file_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.db"
    path.write_bytes(b"###DEFINES###\n\xff\xfe\x00")
    with pytest.raises(OperatorError, match=r"bad\.db:2: .*not UTF-8"):
        open_lemmatizer(path)


def test_a_missing_database_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="KB_MORPHOLOGY_DB"):
        open_lemmatizer(tmp_path / "nowhere.db")
