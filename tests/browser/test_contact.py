"""Votes, the contact form and the surveys as people use them: with a script, by keyboard, without scripts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.serving import make_server

from kb.clock import SystemClock
from kb.events import (
    ArticleViewed,
    ContactTyped,
    Event,
    HelpStillNeeded,
    ResultOpened,
    SuggestionOpened,
    TicketSent,
    ViewTimed,
    Voted,
)
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.waiting import wait_until
from tests.web.conftest import build_site, site_tree
from tests.web.reader_site import BROWSER, ReaderSite, open_site

pytestmark = pytest.mark.browser

CHANNELS: dict[str, Any] = {
    "contact_phone": "+966 11 000 0000",
    "contact_phone_hours": "sat-thu 09:00-21:00, fri 14:00-23:00",
    "contact_email": "care@shop.example",
    "contact_email_reply_minutes": 1_440,
    "contact_form_reply_minutes": 1_440,
}


HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ReaderSite]]:
    """Address of a small site that records, and what it recorded."""
    root = tmp_path_factory.mktemp("readers")
    build_site(root, write_tree(root / "articles", site_tree()))
    site = open_site(GenerationStore(root / "var" / "index", SystemClock()), root, SystemClock(), **CHANNELS)
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A tab of a new reader whose browser does not say that it is driven by a test."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, user_agent=BROWSER)
    context.set_default_timeout(15_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.wait_for_load_state("networkidle")
    context.close()
    assert faults == []


def new_events(site: ReaderSite, kind: type[Event], before: int) -> int:
    """Return how many events of a kind were added."""
    return len(site.events(kind)) - before


def test_a_vote_is_one_tap_and_stays_on_the_article(visitor: Page, readers: tuple[str, ReaderSite]) -> None:
    address, site = readers
    before = len(site.events(Voted))
    visitor.goto(f"{address}/en/articles/track-order")

    visitor.get_by_role("button", name="No", exact=True).click()
    visitor.get_by_label("It is out of date").check()
    visitor.get_by_label("What could be better?").fill("The prices")
    visitor.get_by_role("button", name="Send").click()

    expect(visitor.get_by_text("will read what you told us")).to_be_visible()
    assert visitor.url.endswith("/en/articles/track-order")
    assert new_events(site, Voted, before) == 2
    assert site.votes()[-1].comment == "The prices"


def test_a_result_that_is_opened_leaves_a_clean_address_and_its_reading_time(
    visitor: Page, readers: tuple[str, ReaderSite]
) -> None:
    address, site = readers
    opened, timed = len(site.events(ResultOpened)), len(site.events(ViewTimed))
    visitor.goto(f"{address}/en/search?q=track my order")

    visitor.locator(".result-title a").first.click()
    wait_until(visitor, "!location.search")
    visitor.wait_for_timeout(600)
    visitor.evaluate(HIDE)  # Chromium sends what it sends while leaving without the name that the test gave it
    deadline = time.monotonic() + 10
    while not new_events(site, ViewTimed, timed) and time.monotonic() < deadline:
        visitor.wait_for_timeout(50)

    assert new_events(site, ResultOpened, opened) == 1
    assert new_events(site, ViewTimed, timed) == 1
    assert site.events(ViewTimed)[-1].view in {view.id for view in site.events(ArticleViewed)}


def test_answers_come_while_typing_and_the_message_is_sent_all_the_same(
    visitor: Page, readers: tuple[str, ReaderSite]
) -> None:
    address, site = readers
    kinds = (ContactTyped, SuggestionOpened, HelpStillNeeded, TicketSent)
    before = {kind: len(site.events(kind)) for kind in kinds}
    visitor.goto(f"{address}/en/contact")
    send = visitor.get_by_role("button", name="Send message")
    visitor.get_by_label("What is it about?").fill("track my order")
    visitor.get_by_label("What happened").fill("where is my order, I want to track my parcel")

    visitor.get_by_role("button", name="Track your order").click()
    expect(visitor.get_by_text("The parcel number is in the app.", exact=True)).to_be_visible()
    visitor.get_by_role("button", name="I still need help").click()
    expect(send).to_be_focused()
    visitor.get_by_label("E-mail address for our answer").fill("reem@example.com")
    visitor.keyboard.press("Enter")

    expect(visitor.locator(".contact-reference")).to_be_visible()
    assert visitor.locator(".contact-reference").inner_text() == site.tickets()[-1].reference
    assert {kind: new_events(site, kind, before[kind]) for kind in kinds} == dict.fromkeys(kinds, 1)


def test_late_answers_neither_take_the_focus_nor_replace_later_ones(
    visitor: Page, readers: tuple[str, ReaderSite]
) -> None:
    address, _ = readers
    waiting: list[Route] = []
    visitor.goto(f"{address}/en/contact")
    visitor.get_by_label("What is it about?").fill("track my order, reset my password")
    offers = visitor.locator(".offer-open")
    expect(offers.nth(1)).to_be_visible()
    visitor.route("**/contact/answer", lambda route: waiting.append(route))
    titles = [offers.nth(place).inner_text().strip() for place in (0, 1)]
    for place in (0, 1):
        offers.nth(place).click()
    message = visitor.get_by_label("What happened")
    message.focus()
    while len(waiting) < 2:
        visitor.wait_for_timeout(20)

    waiting[1].continue_()
    expect(visitor.locator(".answer")).to_contain_text(titles[1])
    with visitor.expect_response("**/contact/answer"):
        waiting[0].continue_()
    visitor.wait_for_timeout(200)

    expect(visitor.locator(".answer")).to_contain_text(titles[1])
    expect(message).to_be_focused()


def test_offers_go_with_the_text_they_were_asked_for(visitor: Page, readers: tuple[str, ReaderSite]) -> None:
    visitor.goto(f"{readers[0]}/en/contact")
    subject = visitor.get_by_label("What is it about?")
    offers = visitor.locator(".offer-open")
    subject.fill("track my order")
    expect(offers.first).to_contain_text("Track")

    subject.fill("")
    expect(offers).to_have_count(0)
    subject.fill("ab")
    expect(visitor.locator("[data-offer-list]")).to_be_empty()
    subject.fill("reset my password")
    expect(offers.first).to_contain_text("password")
    visitor.route("**/contact/suggestions", lambda route: route.abort())
    subject.fill("sign in with Apple")
    expect(offers).to_have_count(0)


def test_offers_for_words_that_were_changed_meanwhile_are_not_shown(
    visitor: Page, readers: tuple[str, ReaderSite]
) -> None:
    waiting: list[Route] = []
    visitor.goto(f"{readers[0]}/en/contact")
    subject = visitor.get_by_label("What is it about?")
    visitor.route("**/contact/suggestions", lambda route: waiting.append(route))
    subject.fill("track my order")
    while not waiting:
        visitor.wait_for_timeout(20)
    subject.press_sequentially("x")

    with visitor.expect_response("**/contact/suggestions"):
        waiting[0].continue_()
    visitor.wait_for_timeout(100)

    expect(visitor.locator(".offer-open")).to_have_count(0)


def test_who_chose_among_the_offers_gets_those_of_the_new_words_afterwards(
    visitor: Page, readers: tuple[str, ReaderSite]
) -> None:
    visitor.goto(f"{readers[0]}/en/contact")
    subject = visitor.get_by_label("What is it about?")
    offers = visitor.locator(".offer-open")
    subject.fill("track my order")
    expect(offers.first).to_contain_text("Track")
    subject.fill("reset my password")
    offers.first.focus()
    visitor.wait_for_timeout(900)
    expect(offers.first).to_contain_text("Track")

    visitor.get_by_label("What happened").focus()

    expect(offers.first).to_contain_text("password")


def test_thanks_for_a_vote_leave_the_focus_to_whoever_went_on(visitor: Page, readers: tuple[str, ReaderSite]) -> None:
    waiting: list[Route] = []
    visitor.goto(f"{readers[0]}/en/articles/track-order")
    visitor.route("**/feedback", lambda route: waiting.append(route))
    visitor.locator("[data-feedback]").get_by_role("button", name="Yes").click()
    brand = visitor.locator("a.brand")
    brand.focus()
    while not waiting:
        visitor.wait_for_timeout(20)

    waiting[0].continue_()

    expect(visitor.get_by_text("glad it helped")).to_be_visible()
    expect(brand).to_be_focused()


TOP = "element => element.getBoundingClientRect().top"


@pytest.mark.parametrize("height", [400, 740, 1400])
def test_answers_stand_above_the_send_button_and_move_nothing_that_is_in_hand(
    chromium: Browser, readers: tuple[str, ReaderSite], height: int
) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": height}, user_agent=BROWSER, reduced_motion="reduce")
    page.goto(f"{readers[0]}/en/contact")
    email, send = page.locator("#email"), page.locator(".contact-send .button-primary")
    page.locator("#subject").fill("track my order")
    email.focus()
    before = email.evaluate(TOP)
    expect(page.locator(".offer").first).to_be_attached()
    page.wait_for_timeout(100)

    assert abs(email.evaluate(TOP) - before) < 1
    assert page.locator(".offer").last.evaluate(TOP) < email.evaluate(TOP) < send.evaluate(TOP)

    page.locator("#subject").fill("reset my password")
    send.hover()
    before = send.evaluate(TOP)
    page.wait_for_timeout(1_000)
    assert send.evaluate(TOP) == before
    expect(page.locator(".offer").first).to_contain_text("Track")
    page.mouse.move(5, 5)
    expect(page.locator(".offer").first).to_contain_text("password")
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_changes_under_a_filled_form(
    chromium: Browser, readers: tuple[str, ReaderSite], scripts: bool
) -> None:
    context = chromium.new_context(
        java_script_enabled=scripts, user_agent=BROWSER, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(f"{readers[0]}/en/contact")
    typed = {"#subject": "track my order", "#message": "two\nlines", "#name": "ريم", "#email": "reem@"}
    for field, text in typed.items():
        page.locator(field).fill(text)

    for lang, switch in (("ar", "العربية"), ("en", "English")):
        page.get_by_role("button", name=switch).click()
        page.wait_for_url(f"**/{lang}/contact")
        expect(page.locator("html")).to_have_attribute("lang", lang)
        assert {field: page.locator(field).input_value() for field in typed} == typed
    page.locator("#email").press("Enter")  # still sends, though the first button of the page is another
    expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    context.close()


def test_the_language_of_an_empty_form_changes_by_a_page_that_can_be_loaded_again(
    visitor: Page, readers: tuple[str, ReaderSite]
) -> None:
    visitor.goto(f"{readers[0]}/en/contact")
    with visitor.expect_request("**/ar/contact") as asked:
        visitor.get_by_role("button", name="العربية").click()

    assert asked.value.method == "GET"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_fault_leads_to_its_field(chromium: Browser, readers: tuple[str, ReaderSite], scripts: bool) -> None:
    context = chromium.new_context(
        java_script_enabled=scripts, user_agent=BROWSER, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(f"{readers[0]}/en/contact")
    page.locator("#message").fill("where is my parcel")
    page.locator("#email").fill("reem@")
    page.locator("#email").press("Enter")

    expect(page.locator("#subject")).to_be_focused()
    expect(page.locator("#subject-faults")).to_be_in_viewport()
    page.locator(".contact-faults a").last.click()
    expect(page.locator("#email")).to_be_focused()
    expect(page.locator("#email-faults")).to_be_in_viewport()
    context.close()


def test_a_broken_connection_to_suggestions_does_not_stop_a_message(
    visitor: Page, readers: tuple[str, ReaderSite]
) -> None:
    address, site = readers
    sent = len(site.tickets())
    visitor.route("**/contact/suggestions", lambda route: route.abort())
    visitor.goto(f"{address}/ar/contact")

    visitor.locator("#subject").fill("تأخر الطلب")  # the order is late
    visitor.locator("#message").fill("لم يصل طلبي حتى الآن")  # it has not come yet
    visitor.locator("#email").fill("reem@example.com")
    visitor.locator(".contact-send .button-primary").click()

    expect(visitor.locator(".contact-reference")).to_be_visible()
    assert len(site.tickets()) == sent + 1


def test_everything_works_without_scripts(chromium: Browser, readers: tuple[str, ReaderSite]) -> None:
    address, site = readers
    sent = len(site.tickets())
    context = chromium.new_context(java_script_enabled=False, user_agent=BROWSER)
    page = context.new_page()
    page.goto(f"{address}/en/articles/track-order")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("glad it helped")).to_be_visible()

    page.goto(f"{address}/en/contact")
    page.get_by_label("What is it about?").fill("track my order")
    page.get_by_label("What happened").fill("where is my order")
    page.get_by_role("button", name="Look for an answer first").click()
    page.get_by_role("button", name="Track your order").click()
    expect(page.get_by_text("The parcel number is in the app.", exact=True)).to_be_visible()
    page.get_by_role("button", name="I still need help").click()
    page.get_by_label("E-mail address for our answer").fill("reem@example.com")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("button", name="Very easy").click()
    expect(page.get_by_text("Your answer is counted")).to_be_visible()
    page.wait_for_load_state("networkidle")
    context.close()

    assert len(site.tickets()) == sent + 1


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize(("lang", "contact"), [("ar", "تواصل معنا"), ("en", "Contact us")])  # contact us
def test_the_header_leads_to_people_and_to_a_search_box_that_is_ready(
    chromium: Browser, readers: tuple[str, ReaderSite], lang: str, contact: str, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 740})
    page.goto(f"{readers[0]}/{lang}/categories/orders")
    if width < 960:
        page.locator(".nav-search").click()
        expect(page.locator("#search")).to_be_focused()
        page.keyboard.type("x")
        expect(page.locator("#search")).to_have_value("x")
    link = page.locator(".site-header").get_by_role("link", name=contact)
    box = link.bounding_box()
    assert box is not None
    assert box["width"] >= 40
    link.click()
    page.wait_for_url(f"**/{lang}/contact")
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_no_state_of_these_pages_has_an_accessibility_violation_or_scrolls_sideways(
    chromium: Browser, readers: tuple[str, ReaderSite], lang: str, theme: Any
) -> None:
    address, _ = readers
    page = chromium.new_page(color_scheme=theme, reduced_motion="reduce", viewport={"width": 320, "height": 740})
    found: list[str] = []

    def look(state: str) -> None:
        width = page.evaluate("document.documentElement.scrollWidth")
        found.extend([f"{state}: {width} px wide"] if width > 320 else [])
        violations = Axe().run(page).response["violations"]
        found.extend(f"{state}: {each['id']}: {each['nodes'][0]['html']}" for each in violations)

    page.goto(f"{address}/en/articles/track-order")
    page.locator("[data-feedback] button[value=unhelpful]").click()
    page.locator(".feedback-reasons").wait_for()
    look("vote")
    page.goto(f"{address}/{lang}/contact")
    page.locator("#subject").fill("track my order" if lang == "en" else "وين طلبي تتبع الطلب")  # where is my order
    page.locator(".contact-send .button-primary").click()
    page.locator(".field-faults").first.wait_for()
    page.locator(".offer-open").first.click()
    page.locator(".answer").wait_for()
    look("contact")
    page.locator("#message").fill("help")
    page.locator("#email").fill("reem@example.com")
    page.locator(".contact-send .button-primary").click()
    page.locator(".contact-reference").wait_for()
    look("sent")
    page.close()

    assert found == []


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("huda@shop.example،", "huda@shop.example"),  # an Arabic comma
        ("\u200fhuda@shop.example\u200f", "huda@shop.example"),
        ("huda١@متجر.com", "huda1@متجر.com"),
    ],
)
def test_an_address_is_read_as_it_was_pasted_whatever_the_browser_makes_of_addresses(
    visitor: Page, readers: tuple[str, ReaderSite], typed: str, stored: str
) -> None:
    address, site = readers
    visitor.goto(f"{address}/ar/contact")
    visitor.locator("#subject").fill("تأخر الطلب")  # the order is late
    visitor.locator("#message").fill("لم يصل طلبي حتى الآن")  # it has not come yet
    visitor.locator("#email").fill(typed)
    visitor.locator(".contact-send .button-primary").click()

    expect(visitor.locator(".contact-reference")).to_be_visible()
    assert stored in {ticket.email for ticket in site.tickets()}


@pytest.mark.parametrize("width", [360, 1280])
def test_what_is_said_after_a_comment_stands_in_view(
    chromium: Browser, readers: tuple[str, ReaderSite], width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 600})
    page.goto(f"{readers[0]}/en/articles/track-order")
    page.locator("[data-feedback] button[value=unhelpful]").click()
    page.locator(".feedback-reason").first.click()
    page.locator("#feedback-comment").fill("no word of my parcel")
    page.get_by_role("button", name="Send").click()

    thanks = page.locator(".feedback-answer[role=status]", has_text="Thank you")
    expect(thanks).to_be_in_viewport(ratio=0.9)
    page.close()
