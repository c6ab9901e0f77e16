"""What is left of a customer's message once the noise is gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.agents.ticket_text import QUESTION_CHARACTERS, clean_ticket, find_reference, question_of


def alike(_sentence: str) -> float:
    """Every sentence says the same."""
    return 1.0


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Hi there,\n\nI cannot sign in.\n\nBest regards,\nSara Ahmed\n+966 50 000 0000", "I cannot sign in."),
        ("Dear support team,\nWhere is my order?\nThanks in advance!", "Where is my order?"),
        ("Hello Sarah,\nthe coupon does not work\n-- \nOmar\nHead of Things", "the coupon does not work"),
        ("I want my money back\n\nSent from my iPhone", "I want my money back"),
        (
            "It still fails.\n\nOn Mon, 3 Nov 2026 at 10:12, Support <help@shop.example> wrote:\n> Did you restart?",
            "It still fails.",
        ),
        ("> Did you restart?\nYes, twice. It fails.", "Yes, twice.\nIt fails."),
        (
            "It broke again\n\n-----Original Message-----\nFrom: help\nSent: Monday\nSubject: RE: It broke\nHello",
            "It broke again",
        ),
        ("Subject: Refund not received\n\nPlease check.", "Refund not received\nPlease check."),
        ("I hope you are well. My parcel is lost.", "My parcel is lost."),
        # peace be upon you …, where is my order, thank you
        ("السلام عليكم ورحمة الله وبركاته\nوين طلبي\nشكرا لكم", "وين طلبي"),
        # peace be upon you, I want to return a product
        ("السلام عليكم اريد ارجاع منتج", "اريد ارجاع منتج"),
        # good morning brother Mohammad, / the code does not arrive / with sincere greetings / Ahmed / Riyadh
        ("صباح الخير أخي محمد،\nما يوصلني الكود\nمع خالص التحية\nأحمد\nالرياض", "ما يوصلني الكود"),
        # may it give you health (courtesy). how do I change my number?
        ("يعطيكم العافية. كيف أغير رقم جوالي؟", "كيف أغير رقم جوالي؟"),
        # I did not receive the amount. On Monday Support wrote: > hello
        ("ما وصلني المبلغ\nفي الاثنين ٣ نوفمبر ٢٠٢٦ كتب الدعم:\n> مرحبا", "ما وصلني المبلغ"),
        # I want an invoice / sent from the iPhone
        ("أبغى الفاتورة\nأُرسلت من الـ iPhone", "أبغى الفاتورة"),
    ],
)
def test_only_what_the_customer_asks_is_left(message: str, question: str) -> None:
    assert clean_ticket(message) == question


@pytest.mark.parametrize("message", ["Hello", "Thanks!", "> all of it is quoted", "السلام عليكم"])
def test_a_message_of_courtesies_alone_stays(message: str) -> None:
    assert clean_ticket(message) in {message, message.lstrip("> ")}


def test_thanks_before_a_question_do_not_end_the_message() -> None:
    message = "Thanks for the quick answer about the broken lamp.\nCan I also return the second lamp?"

    assert clean_ticket(message) == "Can I also return the second lamp?"


@given(st.text(max_size=400))
def test_cleaning_never_fails_and_never_empties_a_text(message: str) -> None:
    assert bool(clean_ticket(message)) == bool(" ".join(message.split()))


@given(st.text(max_size=1_500))
def test_a_question_is_short_and_free_of_signs(message: str) -> None:
    question = question_of(message, alike)

    assert len(question) <= QUESTION_CHARACTERS
    assert '"' not in question


def test_of_a_long_message_the_telling_sentences_are_searched_for_in_their_order() -> None:
    idle = "It was a day like any other day and I went about my day. " * 12
    message = f"{idle}My refund for the headphones never arrived. {idle}How long does a bank transfer take?"

    question = question_of(message, lambda text: 5.0 if "refund" in text else 4.0 if "bank" in text else 1.0)

    assert question == "My refund for the headphones never arrived. How long does a bank transfer take?"


def test_a_reference_of_the_contact_page_is_found_in_a_message() -> None:
    assert find_reference("[7K3M-9QXZ] Where is my order") == "7K3M-9QXZ"
    assert find_reference("Call 0500-0000-1111 or LOOK-ILLO") == ""
