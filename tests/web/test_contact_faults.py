"""The contact page after a slip: what was typed stays, in either language, and every fault is named where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.clock import FixedClock
from kb.storage.generations import GenerationStore
from tests.web.html import Page, page_of
from tests.web.reader_site import ReaderSite, hidden_fields, open_page, open_site

TYPED = {
    "subject": "وين طلبي؟",  # where is my order?
    "message": "two lines\nof <text> & more",
    "name": "ريم",  # Reem
    "email": "reem@",
}


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> ReaderSite:
    return open_site(store, tmp_path, clock, contact_form_reply_minutes=1_440)


@pytest.fixture
def reader(site: ReaderSite) -> FlaskClient:
    return site.reader()


def post(reader: FlaskClient, *, lang: str = "en", **changes: str) -> Page:
    path = f"/{lang}/contact"
    fields = hidden_fields(open_page(reader, path), path)
    return page_of(reader.post(path, data=fields | TYPED | changes, follow_redirects=True))


def described(page: Page, name: str) -> dict[str, str | None]:
    (found,) = [found for tag, found in page.elements if tag in {"input", "textarea"} and found.get("name") == name]
    return found


@pytest.mark.parametrize(("lang", "other"), [("en", "ar"), ("ar", "en")])
def test_changing_the_language_keeps_what_was_typed(site: ReaderSite, lang: str, other: str) -> None:
    reader = site.reader()
    open_page(reader, "/en/search?q=track my order")
    form = open_page(reader, f"/{lang}/contact")
    (switch,) = form.all("button", name="switch")
    assert (switch["formaction"], switch["form"]) == (f"/{other}/contact", form.all("form", method="post")[-1]["id"])

    fields = hidden_fields(form, f"/{lang}/contact") | TYPED | {"consent": "1", "switch": "1"}
    response = reader.post(str(switch["formaction"]), data=fields)
    page = page_of(response)

    assert response.status_code == 200
    assert page.all("html", lang=other)
    assert {name: described(page, name)["value"] for name in ("subject", "name", "email")} == {
        name: TYPED[name] for name in ("subject", "name", "email")
    }
    assert "two lines\nof &lt;text&gt; &amp; more" in response.text.replace("\r\n", "\n")
    assert "checked" in described(page, "consent")
    assert not page.all("input", **{"aria-invalid": "true"})  # nobody is told off for changing the language
    assert site.tickets() == []
    assert hidden_fields(page, f"/{other}/contact")["token"]


def test_changing_the_language_of_a_form_that_was_open_too_long_keeps_the_text(reader: FlaskClient) -> None:
    response = reader.post("/ar/contact", data=TYPED | {"token": "stale", "switch": "1"})

    assert response.status_code == 400
    assert TYPED["subject"] in response.text


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_every_fault_is_named_at_the_top_and_leads_to_its_field(reader: FlaskClient, lang: str) -> None:
    page = post(reader, lang=lang, subject=" ", message="")

    links = [str(found["href"]) for found in page.all("a") if str(found.get("href", "")).startswith("#")]
    assert [link for link in links if link != "#main"] == ["#subject", "#message", "#email"]
    for name in ("subject", "message", "email"):
        found = described(page, name)
        assert found["aria-invalid"] == "true"
        assert f"{name}-faults" in str(found["aria-describedby"]).split()
        assert found["id"] == name
    assert "aria-invalid" not in described(page, "name")


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({}, "email"),
        ({"message": " "}, "message"),
        ({"subject": "", "message": " "}, "subject"),
        ({"email": "reem@example.com", "name": "x" * 500}, "name"),
    ],
)
def test_the_first_faulty_field_is_ready_to_be_mended(reader: FlaskClient, changes: dict[str, str], first: str) -> None:
    page = post(reader, **changes)

    assert [found["name"] for _, found in page.elements if "autofocus" in found] == [first]


def test_a_fresh_form_takes_no_focus(reader: FlaskClient) -> None:
    page = open_page(reader, "/en/contact")

    assert not [found for _, found in page.elements if "autofocus" in found]


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("reem", "Write it like name@example.com"),
        ("reem@example", "The part after the @"),
        ("re em@example.com", "cannot hold a space"),
        ("reem@example.com; rima@example.com", "one address only"),
        ("", "Write the address we should reply to"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_and_only_an_empty_one_is_missing(
    reader: FlaskClient, email: str, words: str
) -> None:
    page = post(reader, email=email)

    assert page.text.count(words) == 2  # at the top and at the field
    assert "missing" not in page.text
    assert "One field needs another look" in page.text


def test_several_faults_are_counted_in_arabic(reader: FlaskClient) -> None:
    assert "خانتان تحتاجان إلى مراجعة" in post(reader, lang="ar", subject="").text  # two fields need another look


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_confirmation_shows_the_address_as_it_was_understood_and_when_a_reply_comes(
    site: ReaderSite, reader: FlaskClient, lang: str
) -> None:
    page = post(reader, lang=lang, email=" <Reem@Example.com ؛> ;")

    assert site.tickets()[0].email == "Reem@example.com"
    assert "Reem@example.com" in page.text
    assert ("خلال 24 ساعة" if lang == "ar" else "within 24 hours") in page.text


def test_answers_are_offered_before_the_button_that_sends(reader: FlaskClient) -> None:
    page = post(reader, subject="track my order", message="where is my order", suggest="1")

    buttons = [found for tag, found in page.elements if tag == "button"]
    names = [found.get("name") for found in buttons]
    sends = [
        place for place, found in enumerate(buttons) if "button-primary" in str(found["class"]) and not names[place]
    ]
    assert names.index("still" if "still" in names else "open") < sends[-1]
    of_the_form = [found for found in buttons if found.get("form") == "contact-form"]
    assert of_the_form[0].get("name") is None  # what Enter presses
