"""Who made a request."""

import pytest
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


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_fetching_ahead_is_not_reading(headers: dict[str, str]) -> None:
    assert classify_traffic(Headers({"User-Agent": BROWSER} | headers).get) is Traffic.PREFETCH


def test_a_request_signed_in_to_the_desk_is_staff() -> None:
    assert classify_traffic(Headers({"User-Agent": BROWSER}).get, staff=True) is Traffic.STAFF
