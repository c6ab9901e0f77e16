"""The panel inside pages that play Chatwoot, Zendesk and a host of one's own, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from kb.accounts.model import User
from kb.clock import SystemClock
from kb.events import LinkSent
from kb.storage.generations import GenerationStore
from scripts.build_zendesk_app import package
from tests.article_trees import write_tree
from tests.browser.agents import served, stranger, watched
from tests.browser.waiting import wait_until
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.conftest import SECRET, build_site, site_tree
from web.panel.embedding import sign_address

pytestmark = pytest.mark.browser
KEY = "k" * 32

# Chatwoot's side of the protocol of dashboard apps: it answers a request with the conversation, as JSON text.
CHATWOOT = """<!doctype html><title>Chatwoot</title><iframe src="{panel}" width="380" height="700"></iframe><script>
let conversation = {{ id: 42, messages: [
  {{ message_type: 0, content: "Hi, I forgot my password" }},
  {{ message_type: 1, content: "Hello, this is Reem" }},
  {{ message_type: 0, content: "I want to reset my password please" }}] }};
const tell = (context = {{ event: "appContext", data: {{ conversation, contact: {{ name: "Sara" }} }} }}) =>
  document.querySelector("iframe").contentWindow.postMessage(JSON.stringify(context), "*");
addEventListener("message", (event) => {{ if (event.data === "chatwoot-dashboard-app:fetch-info") tell(); }});
</script>"""
# A host of one's own, which inserts what it is given.
OWN = """<!doctype html><title>Host</title><iframe src="{panel}" width="380" height="700"></iframe>
<textarea aria-label="Reply"></textarea><script>
addEventListener("message", (event) => {{
  const text = "agents {secret} code; I want to reset my password";
  if (event.data.type === "dalil:ready")
    event.source.postMessage({{ type: "dalil:conversation", text, ticket: "4711" }}, event.origin);
  if (event.data.type !== "dalil:insert") return;
  document.querySelector("textarea").value += event.data.text;
  event.source.postMessage({{ type: "dalil:inserted" }}, event.origin);
}});
</script>"""
# What the bridge of the package needs of Zendesk's SDK.
SDK = """window.inserted = []; window.ZAFClient = { init: () => ({
  get: async () => ({ "ticket.id": 7, "ticket.subject": "Password", "ticket.description": "<p>old</p>",
    "ticket.requester": { id: 1 }, "ticket.comments": [
      { id: 3, author: { id: 1 }, value: "<div>I want to <b>reset</b> my password</div><div>Please</div>" },
      { id: 2, author: { id: 2 }, value: "no" },
      { id: 1, author: { id: 1 }, value: "<p>Good morning</p>" }] }),
  invoke: async (name, value) => {
    if (name === window.unknown) throw new Error("unknown action");
    if (name !== "resize") window.inserted.push([name, value]);
  },
  on: () => {} }) };"""


@dataclass
class Hosts:
    """A stranger's pages and the site whose panel they show."""

    address: str
    site: AgentSite
    agent: User


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    root: Path = tmp_path_factory.mktemp("panel")
    build_site(root, write_tree(root / "articles", site_tree()))
    site_address = ""

    def page(name: str) -> tuple[str, str]:
        if name in {"iframe.html", "bridge.js"}:
            return package(site_address)[f"assets/{name}"].decode(), ""
        signed = sign_address(KEY, "reem", datetime.now(UTC) + timedelta(minutes=4))
        panel = f"{site_address}/panel?embed={signed}" if name == "signed" else f"{site_address}/panel"
        return (OWN if name == "signed" else CHATWOOT).format(panel=panel, secret=SECRET), ""

    with served(stranger(page)) as address:
        store = GenerationStore(root / "var" / "index", SystemClock())
        site = open_agent_site(store, root, SystemClock(), panel_origins=address, panel_secret=KEY)
        with served(site.app) as site_address:
            yield Hosts(address, site, site.agent(login="reem")[0])


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    with watched(chromium, viewport={"width": 900, "height": 900}) as page:
        yield page


def enter_token(panel: FrameLocator, hosts: Hosts) -> None:
    """Type an API token of the agent into the panel."""
    token = hosts.site.token(hosts.agent)["Authorization"].split()[1]
    panel.get_by_label("Your API token").fill(token)
    panel.get_by_role("button", name="Use this token").click()


def test_in_chatwoot_the_conversation_is_answered_and_the_text_copied(tab: Page, hosts: Hosts) -> None:
    tab.goto(f"{hosts.address}/chatwoot")
    panel = tab.frame_locator("iframe")
    enter_token(panel, hosts)
    expect(panel.get_by_label("The customer's message")).to_have_value(
        "Hi, I forgot my password\n\nI want to reset my password please"
    )
    panel.get_by_role("button", name="Insert Reset your password").click()

    expect(panel.get_by_role("status")).to_have_text("Copied: paste it into the reply")
    assert last_link(hosts) in panel.get_by_label("Text for the reply").input_value()


def last_link(hosts: Hosts) -> str:
    """Return the token of the link that was sent last."""
    return max(hosts.site.events(LinkSent), key=lambda event: event.at).link


def test_a_host_that_signs_needs_no_token_and_inserts(tab: Page, hosts: Hosts) -> None:
    tab.goto(f"{hosts.address}/signed")
    panel = tab.frame_locator("iframe")
    internal = panel.locator(".agent-hit-internal")
    expect(internal).to_contain_text("Internal: for agents only")
    assert internal.get_by_role("button").count() == 0
    panel.get_by_role("button", name="Insert Reset your password").click()

    expect(panel.get_by_role("status")).to_have_text("Inserted into the reply")
    assert last_link(hosts) in tab.get_by_label("Reply").input_value()


def test_the_zendesk_package_carries_ticket_and_reply(tab: Page, hosts: Hosts) -> None:
    tab.route(
        "https://static.zdassets.com/**", lambda route: route.fulfill(body=SDK.encode(), content_type="text/javascript")
    )
    tab.goto(f"{hosts.address}/iframe.html")
    panel = tab.frame_locator("iframe")
    enter_token(panel, hosts)
    expect(panel.get_by_label("The customer's message")).to_have_value(
        "Password\n\nGood morning\n\nI want to reset my password\n\nPlease"
    )
    insert = panel.get_by_role("button", name="Insert Reset your password")
    insert.click()
    expect(panel.get_by_role("status")).to_have_text("Inserted into the reply")
    tab.evaluate("window.unknown = 'ticket.editor.insert'")
    insert.click()
    wait_until(tab, "window.inserted.length === 2")

    (first, html), (second, _) = tab.evaluate("window.inserted")
    assert (first, second) == ("ticket.editor.insert", "ticket.comment.appendHtml")
    assert f"/r/{last_link(hosts)}" in html


def tell(tab: Page, conversation: str) -> None:
    """Have Chatwoot tell the panel of a conversation."""
    tab.evaluate(f"conversation = {conversation}; tell()")


def test_conversations_come_and_go(tab: Page, hosts: Hosts) -> None:
    tab.goto(f"{hosts.address}/chatwoot")
    panel = tab.frame_locator("iframe")
    box, status, hits = panel.get_by_label("The customer's message"), panel.get_by_role("status"), panel.locator("li")
    enter_token(panel, hosts)
    expect(hits.first).to_be_visible()

    tell(tab, "undefined")  # no conversation is open
    expect(status).to_have_text("The customer has not written anything yet.")
    expect(hits).to_have_count(0)

    tell(tab, "{ id: 43, messages: [{ message_type: 0, content: null }, { message_type: 0, content: 'my parcel' }] }")
    expect(box).to_have_value("my parcel")
    expect(hits.first).to_be_visible()

    long = "'\\u{1F600} hello. '.repeat(3000) + ' I want to reset my password!!!'"  # is cut in a smiley
    tell(tab, f"{{ id: 44, messages: [{{ message_type: 0, content: {long} }}] }}")
    expect(hits.first).to_be_visible()
    assert len(box.input_value()) < 20_000


def test_what_the_agent_wrote_stays_until_another_conversation(tab: Page, hosts: Hosts) -> None:
    tab.goto(f"{hosts.address}/chatwoot")
    panel = tab.frame_locator("iframe")
    box = panel.get_by_label("The customer's message")
    enter_token(panel, hosts)
    expect(box).not_to_have_value("")
    box.fill("where is my parcel")

    tell(tab, "{ id: 42, messages: [{ message_type: 0, content: 'one more thing' }] }")
    tell(tab, "{ id: 42, messages: [{ message_type: 0, content: 'and another' }] }")
    panel.get_by_role("button", name="Find articles").click()
    expect(panel.get_by_role("button", name="Insert Track your order")).to_be_visible()
    expect(box).to_have_value("where is my parcel")

    tell(tab, "{ id: 45, messages: [{ message_type: 0, content: 'I want to reset my password' }] }")
    expect(box).to_have_value("I want to reset my password")


def test_late_answers_touch_no_other_conversation(tab: Page, hosts: Hosts) -> None:
    waiting: list[Route] = []
    tab.goto(f"{hosts.address}/signed")
    panel = tab.frame_locator("iframe")
    insert = panel.get_by_role("button", name="Insert Reset your password")
    expect(insert).to_be_visible()
    tab.route("**/api/v1/agent/*", lambda route: waiting.append(route))
    insert.click()
    frame = "document.querySelector('iframe').contentWindow"
    for ticket in (4712, 4713):
        said = f"{{ type: 'dalil:conversation', text: 'my parcel {ticket}', ticket: '{ticket}' }}"
        tab.evaluate(f"{frame}.postMessage({said}, '*')")
        expect(panel.get_by_label("The customer's message")).to_have_value(f"my parcel {ticket}")
    while len(waiting) < 3:
        tab.wait_for_timeout(20)

    link, older, newer = waiting
    newer.continue_()
    expect(panel.get_by_role("button", name="Insert Track your order")).to_be_visible()
    older.fulfill(status=500, body="")
    link.continue_()
    tab.wait_for_timeout(1_500)  # longer than a host may take to insert

    assert tab.get_by_label("Reply").input_value() == ""
    expect(panel.locator("[data-status]")).not_to_contain_text("did not work")


def test_a_signed_panel_that_was_open_for_too_long_says_what_to_do(tab: Page, hosts: Hosts) -> None:
    tab.route("**/api/v1/agent/*", lambda route: route.fulfill(status=401, body="{}"))
    tab.goto(f"{hosts.address}/signed")

    expect(tab.frame_locator("iframe").get_by_role("status")).to_contain_text("Load the page of the help desk again")


@pytest.fixture
def site_of_panel(hosts: Hosts) -> Iterator[str]:
    """Another address of the same site."""
    with served(hosts.site.app) as address:
        yield address


def test_a_page_that_is_not_listed_cannot_show_the_panel(chromium: Browser, site_of_panel: str) -> None:
    with served(stranger(lambda _: (CHATWOOT.format(panel=f"{site_of_panel}/panel"), ""))) as address:
        page = chromium.new_page()
        page.goto(f"{address}/x")
        page.wait_for_timeout(500)
        assert page.frame_locator("iframe").locator("#panel").count() == 0
        page.close()


def test_a_token_that_is_not_accepted_is_asked_for_again(tab: Page, hosts: Hosts) -> None:
    tab.goto(f"{hosts.address}/chatwoot")
    panel = tab.frame_locator("iframe")
    panel.get_by_label("Your API token").fill("dalil_wrong")
    panel.get_by_role("button", name="Use this token").click()

    expect(panel.get_by_role("status")).to_contain_text("This token is not accepted")
    expect(panel.get_by_label("Your API token")).to_be_visible()


def test_the_panel_has_no_accessibility_faults(chromium: Browser, hosts: Hosts) -> None:
    with watched(chromium, bypass_csp=True) as page:
        page.goto(f"{hosts.address}/signed")
        expect(page.frame_locator("iframe").locator(".agent-hit").first).to_be_visible()
        page.goto(page.locator("iframe").get_attribute("src") or "")
        assert Axe().run(page).response["violations"] == []
