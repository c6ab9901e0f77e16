"""The agents' page: articles for a message, links, snippets, favourites, saved replies."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.accounts.model import Role
from kb.agents.shelf import ShelfKind
from kb.clock import FixedClock
from kb.events import LinkOpened, LinkSent, Traffic
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.filters import FigureFilters
from kb.statistics.operations import link_figures
from kb.statistics.periods import Period
from kb.statistics.rollups import roll_up
from kb.storage.generations import GenerationStore
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.conftest import SECRET
from tests.web.desk import form_token, post_form
from tests.web.html import page_of
from tests.web.reader_site import BROWSER, hidden_fields, open_page

HOME = "/desk/agent"
VOTE = "/en/articles/reset-password/feedback"
RESET = ArticleKey(ArticleId("reset-password"), Language.EN)


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> AgentSite:
    return open_agent_site(store, tmp_path, clock)


@pytest.fixture
def agent(site: AgentSite) -> FlaskClient:
    return site.agent()[1]


def ask(agent: FlaskClient, message: str, **fields: Any) -> Any:
    """Send the form of the agents' page as browsers do."""
    values = {"csrf_token": form_token(agent, HOME), "message": message, "lang": "", **fields}
    return agent.post(HOME, data=values, content_type="multipart/form-data")


def handed_out(answer: Any) -> str:
    """Return the token of the link in an answer."""
    found = re.search(r'value="http://localhost/r/([\w-]{16})"', answer.get_data(as_text=True))
    assert found is not None
    return found[1]


def test_only_agents_see_the_page(site: AgentSite) -> None:
    _, writer = site.agent(Role.WRITER, login="writer")

    assert writer.get(HOME).status_code == 403
    assert site.app.test_client().get(HOME).status_code == 303


def test_the_menu_of_the_desk_leads_there(agent: FlaskClient) -> None:
    assert f'href="{HOME}"' in agent.get("/desk/").get_data(as_text=True)


def test_a_message_gets_articles_and_stays_in_its_box(agent: FlaskClient) -> None:
    answer = ask(agent, "Hello,\nI forgot my password and want to reset it.\nRegards,\nSara")
    page = page_of(answer)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Reset your password" in page.text
    assert "Searched for: I forgot my password and want to reset it." in page.text
    assert "Regards,\nSara" in answer.get_data(as_text=True)


def test_internal_articles_are_marked_and_have_nothing_to_copy(agent: FlaskClient) -> None:
    html = ask(agent, f"agents {SECRET} code").get_data(as_text=True)
    hit = html[html.index("agent-hit-internal") :].split("</li>")[0]

    assert "Internal: for agents only" in hit
    assert "data-copy" not in hit


def test_drafts_are_shown_to_nobody(agent: FlaskClient) -> None:
    text = page_of(ask(agent, f"the {SECRET} plan, soon, once")).text

    assert f"Soon {SECRET}" not in text
    assert f"Once {SECRET}" not in text


def test_an_internal_article_is_never_handed_out(site: AgentSite, agent: FlaskClient) -> None:
    answer = ask(agent, f"agents {SECRET}", handout="en.refund-override")

    assert answer.status_code == 403
    assert "cannot be sent to customers" in page_of(answer).text
    assert site.events(LinkSent) == []


def test_a_handout_has_link_and_snippets_in_fields_to_select(site: AgentSite, agent: FlaskClient) -> None:
    answer = ask(agent, "reset my password", ticket="4711", handout="en.reset-password")
    html = answer.get_data(as_text=True)
    token = handed_out(answer)

    assert html.count(f"http://localhost/r/{token}") >= 4
    assert "**[Reset your password](" in html
    sent = site.events(LinkSent)
    assert [(event.link, event.article.key, event.origin.traffic) for event in sent] == [(token, RESET, Traffic.STAFF)]


def test_the_same_ticket_gets_the_same_link_and_counts_once(site: AgentSite, agent: FlaskClient) -> None:
    tokens = {handed_out(ask(agent, "reset my password", ticket="4711", handout="en.reset-password")) for _ in range(2)}

    assert len(tokens) == len(site.events(LinkSent)) == 1


def test_a_script_gets_only_the_part_that_changed(agent: FlaskClient) -> None:
    token = hidden_fields(open_page(agent, HOME), HOME)["csrf_token"]
    for name, part in (("handout", "handout"), ("preview", "preview"), ("favourite", "preview")):
        answer = agent.post(
            HOME,
            data={"csrf_token": token, "message": "x", "lang": "", name: "en.reset-password"},
            headers={"X-Requested-With": "fetch"},
        )
        html = answer.get_data(as_text=True)
        assert "<html" not in html
        assert f'data-part="{part}"' in html


def test_an_article_is_read_inside_the_desk_and_remembered(site: AgentSite) -> None:
    user, agent = site.agent()
    page = page_of(ask(agent, "x", preview="en.refund-override"))

    assert f"The {SECRET} code." in page.text
    assert [key.id for key in site.tools.shelf.articles(user.id, ShelfKind.RECENT)] == ["refund-override"]


def test_a_favourite_is_kept_and_dropped(site: AgentSite) -> None:
    user, agent = site.agent()
    ask(agent, "", favourite="en.reset-password")
    assert site.tools.shelf.articles(user.id, ShelfKind.FAVOURITE) == (RESET,)
    assert "Favourites" in open_page(agent, HOME).text

    ask(agent, "", unfavourite="en.reset-password")
    assert site.tools.shelf.articles(user.id, ShelfKind.FAVOURITE) == ()


@pytest.mark.parametrize("choice", ["en.nothing", "reset-password", "xx.y", "en.coming", "." * 500])
def test_a_choice_that_is_not_there_keeps_the_message(agent: FlaskClient, choice: str) -> None:
    answer = ask(agent, "keep this text", preview=choice)

    assert answer.status_code == 404
    assert "keep this text" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"message": "x" * 20_001}, "too long"),
        ({"message": "keep", "ticket": "no spaces here"}, "number or reference"),
        ({"message": "keep", "lang": "fr"}, "Not a valid choice"),
    ],
)
def test_bad_input_is_told_and_nothing_is_lost(agent: FlaskClient, fields: dict[str, str], text: str) -> None:
    answer = post_form(agent, HOME, **{"lang": "", **fields})

    assert answer.status_code == 400
    assert text in page_of(answer).text
    assert fields["message"] in answer.get_data(as_text=True)


@pytest.mark.parametrize("message", ["", "؟؟؟", '"', "-" * 500, "\0\0", "http://x " * 2_000, "س" * 20_000])
def test_any_message_is_answered(agent: FlaskClient, message: str) -> None:
    assert ask(agent, message).status_code == 200


def test_quotes_and_signs_of_a_message_do_not_narrow_the_search(agent: FlaskClient) -> None:
    text = page_of(ask(agent, 'It says "wrong zzz" -password when I reset my password')).text

    assert "Reset your password" in text


def test_an_arabic_message_gets_the_arabic_version(agent: FlaskClient) -> None:
    html = ask(agent, "السلام عليكم، وين طلبي؟").get_data(as_text=True)  # hello, where is my order?

    assert 'value="ar.track-order"' in html


class TestTrackedLinks:
    """The address that customers follow."""

    @pytest.fixture
    def token(self, agent: FlaskClient) -> str:
        return handed_out(ask(agent, "reset my password", ticket="4711", handout="en.reset-password"))

    def test_it_leads_to_the_article_and_is_counted(self, site: AgentSite, token: str) -> None:
        customer = site.reader()
        for _ in range(2):
            answer = customer.get(f"/r/{token}")
            assert answer.status_code == 302
            assert answer.location.split("#")[0] == "/en/articles/reset-password"

        assert [(event.link, event.origin.traffic) for event in site.events(LinkOpened)] == [(token, Traffic.READER)]

    def test_what_its_reader_says_afterwards_counts_for_it(
        self, site: AgentSite, token: str, clock: FixedClock
    ) -> None:
        customer = site.reader()
        customer.get(f"/r/{token}")
        fields = hidden_fields(open_page(customer, "/en/articles/reset-password"), VOTE)
        clock.instant += timedelta(hours=1)
        customer.post(VOTE, data=fields | {"verdict": "helpful"})
        roll_up(site.engine, clock)

        found = link_figures(site.engine, Period(clock.now().date(), clock.now().date()), FigureFilters())
        assert (found.sent, found.opened, found.solved, found.reopened) == (1, 1, 1, 0)

    def test_bots_are_marked_and_colleagues_left_out(self, site: AgentSite, token: str) -> None:
        site.reader(User_Agent="WhatsApp/2.23").get(f"/r/{token}")
        colleague = site.reader(User_Agent=BROWSER)
        colleague.set_cookie("staff", "1", domain="localhost")
        colleague.get(f"/r/{token}")
        site.reader(DNT="1").get(f"/r/{token}")
        site.reader().head(f"/r/{token}")

        assert [event.origin.traffic for event in site.events(LinkOpened)] == [Traffic.BOT]

    @pytest.mark.parametrize(
        "path", ["x" * 16, "https:%2F%2Fevil.example", "%2F%2Fevil.example", "..%2F..", "a?next=//evil.example", "%00"]
    )
    def test_anything_else_leads_nowhere_and_offers_the_search(self, site: AgentSite, path: str) -> None:
        answer = site.reader().get(f"/r/{path}", follow_redirects=True)

        assert answer.status_code == 404
        assert 'role="search"' in answer.get_data(as_text=True)
        assert site.events(LinkOpened) == []

    def test_parameters_change_nothing(self, site: AgentSite, token: str) -> None:
        answer = site.reader().get(f"/r/{token}?next=https://evil.example&url=//evil.example")

        assert answer.location.startswith("/en/articles/reset-password")

    def test_a_link_to_an_internal_article_leads_nowhere(self, site: AgentSite) -> None:
        user, _ = site.agent(login="omar")
        link = site.tools.links.make(user.id, "1", ArticleKey(ArticleId("refund-override"), Language.EN))

        assert site.reader().get(f"/r/{link.token}").status_code == 404


class TestSavedReplies:
    """Replies with placeholders."""

    NEW = f"{HOME}/replies/new"

    def test_one_is_written_used_changed_and_deleted(self, site: AgentSite, agent: FlaskClient) -> None:
        body = "Dear {name}, see {article:reset-password}. {agent}"
        made = post_form(agent, self.NEW, title="Password", lang="en", body=body)
        assert made.status_code == 303
        reply = site.tools.replies.all()[0]

        used = page_of(ask(agent, "reset my password", reply=reply.id)).text
        assert "Still to be written by you: {name}" in used
        link = site.events(LinkSent)[0].link
        assert f"see Reset your password: http://localhost/r/{link}. Reem" in used

        path = f"{HOME}/replies/{reply.id}"
        post_form(agent, path, title="Reset", lang="en", body="Short", version="1")
        assert page_of(agent.get(f"{HOME}/replies")).text.count("Reset") == 1
        post_form(agent, path, f"{path}/delete")
        assert site.tools.replies.all() == ()

    def test_what_a_colleague_changed_is_shown_not_overwritten(self, site: AgentSite, agent: FlaskClient) -> None:
        reply = site.tools.replies.add(Language.EN, "Password", "first", "Reem")
        site.tools.replies.change(reply.id, 1, Language.EN, "Password", "theirs", "Omar")
        path = f"{HOME}/replies/{reply.id}"
        answer = post_form(agent, path, title="Password", lang="en", body="mine", version="1")

        assert answer.status_code == 409
        text = answer.get_data(as_text=True)
        assert "Omar changed this reply" in text
        assert "theirs" in text
        assert "mine" in text
        assert post_form(agent, path, title="Password", lang="en", body="both", version="2").status_code == 303
        assert site.tools.replies.all()[0].body == "both"

    @pytest.mark.parametrize("placeholder", ["{nome}", "{article:nothing}", "{article:refund-override}"])
    def test_placeholders_that_mean_nothing_are_named(
        self, site: AgentSite, agent: FlaskClient, placeholder: str
    ) -> None:
        answer = post_form(agent, self.NEW, title="x", lang="en", body=f"Hello {placeholder}")

        assert answer.status_code == 400
        assert f"mean nothing: {placeholder}" in page_of(answer).text
        assert site.tools.replies.all() == ()


class TestWhatTheCustomerKnows:
    """Articles that the writer of a ticket has read or voted down."""

    @pytest.fixture
    def customer(self, site: AgentSite) -> FlaskClient:
        """Somebody who searched, read two articles and voted one down."""
        customer = site.reader()
        customer.get("/en/search?q=reset password")
        customer.get("/en/articles/track-order")
        page = open_page(customer, "/en/articles/reset-password")
        action = "/en/articles/reset-password/feedback"
        customer.post(action, data=hidden_fields(page, action) | {"verdict": "unhelpful"})
        return customer

    def send(self, site: AgentSite, customer: FlaskClient, **consent: str) -> str:
        """Send the contact form and return the ticket's reference."""
        form = hidden_fields(open_page(customer, "/en/contact"), "/en/contact")
        fields = {"email": "sara@example.com", "name": "Sara", "subject": "Password", "message": "It fails"}
        assert customer.post("/en/contact", data=form | fields | consent).status_code == 303
        return str(site.tickets()[0].reference)

    def test_it_is_greyed_out_and_what_failed_comes_last(
        self, site: AgentSite, agent: FlaskClient, customer: FlaskClient
    ) -> None:
        reference = self.send(site, customer, consent="y")
        answer = ask(agent, "reset my password, track my order, sign in with apple", ticket=reference.lower())
        html, text = answer.get_data(as_text=True), page_of(answer).text

        assert "The customer has read it" in text
        assert "The customer searched for: reset password" in text
        last = html.rsplit("data-hit", 1)[1]
        assert "The customer said it did not help" in last
        assert 'value="en.reset-password"' in last

    def test_the_reference_may_stand_in_the_message(
        self, site: AgentSite, agent: FlaskClient, customer: FlaskClient
    ) -> None:
        reference = self.send(site, customer, consent="y")

        assert "The customer has read it" in page_of(ask(agent, f"[{reference}] track my order")).text

    def test_without_consent_nothing_is_told(self, site: AgentSite, agent: FlaskClient, customer: FlaskClient) -> None:
        text = page_of(ask(agent, "track my order", ticket=self.send(site, customer))).text

        assert "was not shared" in text
        assert "has read it" not in text
        assert "reset password" not in text
