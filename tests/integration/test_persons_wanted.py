"""How often the search was asked for a person, as the statistics of contact tell it."""

from __future__ import annotations

from sqlalchemy import Engine

from kb.events import PersonWanted, Traffic
from kb.statistics.contact_page import PersonsWanted, persons_wanted
from kb.statistics.filters import FigureFilters
from kb.statistics.periods import Period
from kb.storage.event_log import append_many
from tests.stories import NOON, Story

DAY = Period(NOON.date(), NOON.date())


def test_who_asked_the_search_for_a_person_is_counted(engine: Engine) -> None:
    amal, badr, bot = Story("amal"), Story("badr"), Story("crawler", traffic=Traffic.BOT)
    for story, times in ((amal, 2), (badr, 1), (bot, 4)):
        for minute in range(times):
            story.add(PersonWanted, minute, query="speak to a human")
    append_many(engine, [*amal.events, *badr.events, *bot.events])

    assert persons_wanted(engine, DAY, FigureFilters()) == PersonsWanted(times=3, readers=2)
