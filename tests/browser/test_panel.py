"""The panel inside pages that play Chatwoot, Zendesk and a host of one's own, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from kb.accounts.model import User
from kb.clock import SystemClock
from kb.events import LinkSent
from kb.storage.generations import GenerationStore
from scripts.build_zendesk_app import package
from tests.article_trees import write_tree
from tests.browser.agents import served, stranger, watched
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.conftest import SECRET, build_site, site_tree
from web.panel.embedding import sign_address

pytestmark = pytest.mark.browser
KEY = "k" * 32

# Chatwoot's side of the protocol of dashboard apps: it answers a request with the conversation, as JSON text.
CHATWOOT = """<!doctype html><title>Chatwoot</title><iframe src="{panel}" width="380" height="700"></iframe><script>
const conversation = {{ id: 42, messages: [
  {{ message_type: 0, content: "Hi, I forgot my password" }},
  {{ message_type: 1, content: "Hello, this is Reem" }},
  {{ message_type: 0, content: "I want to reset my password please" }}] }};
addEventListener("message", (event) => {{
  const context = {{ event: "appContext", data: {{ conversation, contact: {{ name: "Sara" }} }} }};
  if (event.data === "chatwoot-dashboard-app:fetch-info") event.source.postMessage(JSON.stringify(context), "*");
}});
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
      { author: { id: 1 }, value: "<div>I want to <b>reset</b> my password</div>" },
      { author: { id: 2 }, value: "no" }] }),
  invoke: async (name, value) => { if (name !== "resize") window.inserted.push([name, value]); },
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
    expect(panel.get_by_label("The customer's message")).to_have_value("Password\n\nI want to reset my password")
    panel.get_by_role("button", name="Insert Reset your password").click()
    expect(panel.get_by_role("status")).to_have_text("Inserted into the reply")

    name, html = tab.evaluate("window.inserted[0]")
    assert name == "ticket.editor.insert"
    assert f"/r/{last_link(hosts)}" in html


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
