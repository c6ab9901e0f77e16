"""Who made a request."""

from pathlib import Path

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from werkzeug.datastructures import Headers

from kb.events import Traffic
from kb.traffic import classify_traffic

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1"


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "Mozilla/5.0 AppleWebKit/537.36 (compatible; ClaudeBot/1.0)",
        "curl/8.9.1",
        "python-requests/2.32",
        "WhatsApp/2.23.20.0",
        "Mozilla/5.0 (X11) HeadlessChrome/131.0",
        "facebookexternalhit/1.1",
        "",
    ],
)
def test_programs_that_name_themselves_are_bots(agent: str) -> None:
    assert classify_traffic(Headers({"User-Agent": agent}).get) is Traffic.BOT


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
        "Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG 9) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    ],
)
def test_browsers_of_people_are_readers(agent: str) -> None:
    assert classify_traffic(Headers({"user-agent": agent}).get) is Traffic.READER


DATA = Path(__file__).parent.parent / "data"
AN_ANDROID_BUILD = r"AP3A\.240617\.008"  # on the package's list, though it names no program


def judged(agents: list[str]) -> dict[str, Traffic]:
    return {agent: classify_traffic({"User-Agent": agent}.get) for agent in agents}


def test_phones_sold_in_arab_countries_and_other_browsers_are_readers() -> None:
    agents = (DATA / "agents_of_readers.txt").read_text("utf-8").splitlines()

    assert len(agents) >= 120
    assert [agent for agent, traffic in judged(agents).items() if traffic is not Traffic.READER] == []


def test_crawlers_fetchers_monitors_and_libraries_are_not() -> None:
    agents = (DATA / "agents_of_programs.txt").read_text("utf-8").splitlines()

    assert len(agents) >= 140
    assert [agent for agent, traffic in judged(agents).items() if traffic is not Traffic.BOT] == []


def test_neither_are_all_that_the_kept_list_gives_as_examples() -> None:
    listed = [each for each in CRAWLER_USER_AGENTS_DATA if each["pattern"] != AN_ANDROID_BUILD]
    agents = [agent for each in listed for agent in each["instances"]]

    assert len(agents) > 2_000
    assert [agent for agent, traffic in judged(agents).items() if traffic is not Traffic.BOT] == []


@pytest.mark.parametrize(
    "model", ["CUBOT_X70", "CUBOT-A1", "cubot j20", "CUBOT/KK S", "CUBOT9", "SpiderPhone 2", "Preview X"]
)
def test_what_a_telephone_is_called_makes_nobody_a_program(model: str) -> None:
    agent = f"Mozilla/5.0 (Linux; Android 12; {model} Build/SP1A) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"

    assert judged([agent]) == {agent: Traffic.READER}
    robot = f"{agent} (compatible; SomeBot/1.0)"
    assert judged([robot]) == {robot: Traffic.BOT}


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_fetching_ahead_is_not_reading(headers: dict[str, str]) -> None:
    assert classify_traffic(Headers({"User-Agent": BROWSER} | headers).get) is Traffic.PREFETCH


def test_a_request_signed_in_to_the_desk_is_staff() -> None:
    assert classify_traffic(Headers({"User-Agent": BROWSER}).get, staff=True) is Traffic.STAFF
