"""Which passage is shown of an article, and how it is cut."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from search.serving.highlighting import Mark
from search.serving.snippets import ELLIPSIS, SNIPPET_CHARACTERS, Passage, Snippet, best_snippet

FILLER = "Nothing that anybody asked about stands in this sentence here. "
LRI, RLI, PDI, RLE, PDF = "\u2066", "\u2067", "\u2069", "\u202b", "\u202c"


def passage(text: str, *words: str, anchor: str = "", near: bool = False) -> Passage:
    marks = [
        Mark(start, start + len(word), number)
        for number, word in enumerate(words)
        for start in range(len(text))
        if text.startswith(word, start)
    ]
    return Passage(anchor, text, sorted(marks), near)


def shown(snippet: Snippet) -> str:
    return "".join(part.text for part in snippet.parts)


def marked(snippet: Snippet) -> list[str]:
    return [part.text for part in snippet.parts if part.mark]


def test_a_short_text_is_shown_whole() -> None:
    snippet = best_snippet([passage("Reset your password in the app.", "password")])
    assert shown(snippet) == "Reset your password in the app."
    assert marked(snippet) == ["password"]


def test_the_passage_with_most_different_words_is_shown() -> None:
    passages = [
        passage("password password password", "password", "app", anchor="one"),
        passage("The password of the app.", "password", "app", anchor="two"),
    ]
    assert best_snippet(passages).anchor == "two"


def test_between_equals_the_passage_that_the_vectors_found_wins_then_the_first() -> None:
    texts = [passage("your password", "password", anchor=anchor) for anchor in ("one", "two")]
    assert best_snippet(texts).anchor == "one"
    near = [texts[0], passage("a password", "password", anchor="three", near=True)]
    assert best_snippet(near).anchor == "three"


def test_without_marks_the_first_passage_is_shown_from_its_beginning() -> None:
    snippet = best_snippet([passage("  "), passage(FILLER * 10, anchor="a"), passage("b", anchor="b")])
    assert snippet.anchor == "a"
    assert shown(snippet).startswith("Nothing that")
    assert shown(snippet).endswith(ELLIPSIS)


def test_a_snippet_starts_and_ends_with_whole_sentences_where_they_fit() -> None:
    snippet = best_snippet([passage(FILLER * 9 + "The password is here. " + FILLER * 9, "password")])
    text = shown(snippet)
    assert text.startswith(f"{ELLIPSIS}The password is here. Nothing")
    assert text.endswith(f"sentence here. {ELLIPSIS}")
    assert len(text) <= SNIPPET_CHARACTERS + 2


def test_at_the_end_of_a_text_earlier_sentences_fill_the_snippet() -> None:
    text = shown(best_snippet([passage(FILLER * 9 + "The password.", "password")]))
    assert text.count("Nothing") == 3
    assert text.endswith("The password.")


def test_a_mark_deep_in_a_long_sentence_is_still_shown() -> None:
    text = "word " * 100 + "password " + "word " * 100
    assert marked(best_snippet([passage(text, "password")])) == ["password"]


def test_an_article_without_text_has_an_empty_snippet() -> None:
    assert best_snippet([]) == Snippet("", ())
    assert best_snippet([passage(" \n ")]) == Snippet("", ())


def test_line_breaks_become_spaces() -> None:
    assert shown(best_snippet([passage("one\n\ntwo\tthree")])) == "one two three"


def test_a_word_longer_than_the_snippet_is_cut_between_grapheme_clusters() -> None:
    letter = "ب\u064e\u0651"  # ba with fatha and shadda: one cluster of three code points
    text = shown(best_snippet([passage(letter * 200)]))
    cut = text.removesuffix(ELLIPSIS)
    assert len(cut) <= SNIPPET_CHARACTERS
    assert len(cut) % len(letter) == 0


def test_an_isolate_that_the_cut_leaves_open_is_closed() -> None:
    text = shown(best_snippet([passage(f"{RLI}{'كلمة ' * 80}{PDI} end")]))
    assert text.count(RLI) == text.count(PDI) == 1
    assert text.endswith(f"{ELLIPSIS}{PDI}")


def test_a_closing_control_without_its_opening_one_is_dropped() -> None:
    text = f"{RLE}{'كلمة ' * 70}{PDF} password {PDI}{LRI}KB_PORT{PDI}"
    cut = shown(best_snippet([passage(text, "password")]))
    assert PDF not in cut
    assert cut.count(LRI) == cut.count(PDI) == 1


WORDS = st.lists(st.sampled_from(["كَلِمَة", "password", f"{LRI}a", f"b{PDI}", "x" * 300, ".", "؟", "\n", PDF, RLE]))


@given(WORDS, st.sampled_from([" ", "", "\n"]))
def test_a_snippet_is_short_balanced_and_made_of_the_text(words: list[str], separator: str) -> None:
    text = separator.join(words)
    snippet = best_snippet([passage(text, "password")])
    result = shown(snippet)
    plain = "".join(sign for sign in result if unicodedata.category(sign) != "Cf").replace(ELLIPSIS, "").split()
    assert len("".join(plain)) <= SNIPPET_CHARACTERS
    original = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    assert "".join(plain) in "".join(original.split())
    assert balanced(result)
    assert all(part.text for part in snippet.parts)


def balanced(text: str) -> bool:
    opened: list[str] = []
    for sign in text:
        if sign in (LRI, RLI):
            opened.append(PDI)
        elif sign == RLE:
            opened.append(PDF)
        elif sign in (PDI, PDF) and (not opened or opened.pop() != sign):
            return False
    return not opened
