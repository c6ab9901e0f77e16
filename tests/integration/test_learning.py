"""What the product learns from readers, and the jobs that run by themselves."""

import time
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, Table, create_engine, func, inspect, select, text

import kb.storage.migrations
from kb.clock import FixedClock
from kb.events import (
    LinkId,
    LinkOpened,
    LinkSent,
    Survey,
    SurveyAnswered,
    Traffic,
    Verdict,
)
from kb.statistics.feedback import survey_result
from kb.statistics.filters import FigureFilters
from kb.statistics.housekeeping import Housekeeping
from kb.statistics.learned import liked_queries
from kb.statistics.movers import top_movers
from kb.statistics.operations import AnnotationKind, annotate, annotations_of, link_figures, remove_annotation
from kb.statistics.periods import Period
from kb.statistics.retention import Terms
from kb.statistics.rollups import roll_up
from kb.storage.database import open_database, reading, writing
from kb.storage.event_log import append_many
from kb.storage.event_rows import event_to_row
from kb.storage.tables import events, rollup_state
from tests.stories import NOON, Story, seen

TERMS = Terms(raw_days=90, ticket_days=30, k=5)
TODAY = Period(NOON.date(), NOON.date())


def like_after_search(engine: Engine, visitor: str, query: str, verdict: Verdict = Verdict.HELPFUL) -> None:
    story = Story(visitor)
    search = story.search(0, query)
    story.vote(2, verdict, search=search.id)
    append_many(engine, story.events)


def test_what_k_visitors_typed_before_they_liked_an_article_is_learned(engine: Engine) -> None:
    for number in range(3):
        like_after_search(engine, f"v{number}", "Forgot  my PASSWORD")
    for number in range(2):
        like_after_search(engine, f"w{number}", "my account number")
    for number in range(3):
        like_after_search(engine, f"x{number}", "disliked", Verdict.UNHELPFUL)

    assert liked_queries(engine, k=3) == {seen().key: ("forgot my password",)}
    assert liked_queries(engine, k=4) == {}


def test_a_vote_may_not_borrow_another_visitors_search(engine: Engine) -> None:
    search = Story("amal").search(0, "private words")
    append_many(engine, [search, *(Story(f"v{n}").vote(1, Verdict.HELPFUL, search=search.id) for n in range(5))])

    assert liked_queries(engine, k=2) == {}


def test_housekeeping_rolls_up_and_prunes_once_a_day(engine: Engine) -> None:
    clock = FixedClock(NOON + timedelta(days=200))
    jobs = Housekeeping(engine, clock, TERMS)
    append_many(engine, [Story().view(0)])

    jobs.run_once()
    append_many(engine, [Story("omar").view(0)])
    jobs.run_once()

    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar() == 1


def test_housekeeping_runs_by_itself_and_outlives_an_error(engine: Engine) -> None:
    clock = FixedClock(NOON)
    jobs = Housekeeping(engine, clock, TERMS, pause_s=0.01)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE rollup_state RENAME TO elsewhere"))
    jobs.start()
    time.sleep(0.1)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO rollup_state"))
    append_many(engine, [Story().view(minute) for minute in range(1)])

    deadline = time.monotonic() + 20
    while not top_movers(engine, TODAY, FigureFilters()) and time.monotonic() < deadline:
        time.sleep(0.02)
    jobs.stop()

    assert top_movers(engine, TODAY, FigureFilters())


def test_links_are_followed_to_their_end(engine: Engine) -> None:
    agent, reader, preview = Story("agent", traffic=Traffic.STAFF), Story("reader"), Story("x", traffic=Traffic.BOT)
    for number in range(4):
        agent.add(LinkSent, number, link=LinkId(f"l{number}"), article=seen())
    preview.add(LinkOpened, 4, link=LinkId("l2"), article=seen())
    append_many(engine, [*agent.events, *preview.events])
    roll_up(engine, FixedClock(NOON))
    reader.add(LinkOpened, 3 * 24 * 60, link=LinkId("l0"), article=seen())
    reader.vote(3 * 24 * 60 + 1, Verdict.HELPFUL)
    other = Story("other")
    other.add(LinkOpened, 4 * 24 * 60, link=LinkId("l1"), article=seen())
    append_many(engine, [*reader.events, *other.events])
    roll_up(engine, FixedClock(NOON))

    assert figures(engine) == (4, 2, 1, 0)

    append_many(engine, [other.ticket(5 * 24 * 60)])
    roll_up(engine, FixedClock(NOON))

    assert figures(engine) == (4, 2, 1, 1)


def test_a_link_from_which_one_reader_came_back_is_not_solved_by_another(engine: Engine) -> None:
    agent = Story("agent", traffic=Traffic.STAFF)
    agent.add(LinkSent, 0, link=LinkId("l0"), article=seen())
    happy, unhappy = Story("happy"), Story("unhappy")
    for minute, story in enumerate((happy, unhappy), 1):
        story.add(LinkOpened, minute, link=LinkId("l0"), article=seen())
    happy.vote(3, Verdict.HELPFUL)
    append_many(engine, [*agent.events, *happy.events, *unhappy.events])
    roll_up(engine, FixedClock(NOON))
    assert figures(engine) == (1, 1, 1, 0)

    append_many(engine, [unhappy.phoned(4)])
    roll_up(engine, FixedClock(NOON))

    assert figures(engine) == (1, 1, 0, 1)


def test_links_that_were_opened_before_the_format_told_it_keep_their_figures(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    old = create_engine(url)
    agent, reader = Story("agent", traffic=Traffic.STAFF), Story("reader")
    agent.add(LinkSent, 0, link=LinkId("l0"), article=seen())
    reader.add(LinkOpened, 1, link=LinkId("l0"), article=seen())
    with old.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(kb.storage.migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        rows = [event_to_row(event) for event in (*agent.events, *reader.events)]
        stored = {column["name"] for column in inspect(connection).get_columns("events")}
        known = [{name: value for name, value in row.items() if name in stored} for row in rows]
        connection.execute(Table("events", MetaData(), autoload_with=connection).insert(), known)
        connection.execute(rollup_state.insert(), {"name": "last_seq", "value": len(rows)})
    old.dispose()

    engine = open_database(url)
    append_many(engine, [Story("other").view(2)])  # the day is built anew
    roll_up(engine, FixedClock(NOON))

    assert figures(engine) == (1, 1, 0, 0)
    engine.dispose()


def figures(engine: Engine) -> tuple[int, int, int, int]:
    """Return the links sent, opened, solved, reopened."""
    found = link_figures(engine, TODAY, FigureFilters())
    return found.sent, found.opened, found.solved, found.reopened


def test_survey_answers_are_counted_by_score(engine: Engine) -> None:
    for number, score in enumerate((1, 4, 5, 5)):
        story = Story(f"v{number}")
        story.add(SurveyAnswered, 0, survey=Survey.SATISFACTION, score=score)
        append_many(engine, story.events)
    roll_up(engine, FixedClock(NOON))

    found = survey_result(engine, TODAY, FigureFilters(), Survey.SATISFACTION)

    assert found.counts == (1, 0, 0, 1, 2)
    assert (found.favourable.numerator, found.favourable.denominator) == (3, 4)
    assert survey_result(engine, TODAY, FigureFilters(), Survey.EFFORT).counts == (0, 0, 0, 0, 0)


def test_an_article_that_surely_changed_moves_before_one_that_is_only_read_more(engine: Engine) -> None:
    day = 24 * 60
    for number in range(80):
        before, now = Story(f"b{number}"), Story(f"n{number}")
        before.view(0, seen("worse"))
        now.view(day, seen("worse"))
        if number % 2:
            now.contact(day + 1)
        append_many(engine, [*before.events, *now.events])
    for number in range(200):
        append_many(engine, [Story(f"p{number}").view(day, seen("popular"))])
    roll_up(engine, FixedClock(NOON))

    first, second = top_movers(
        engine, Period(NOON.date() + timedelta(days=1), NOON.date() + timedelta(days=1)), FigureFilters()
    )

    assert (first.article.id, second.article.id) == ("worse", "popular")
    assert first.certain_change > 0.3
    assert second.certain_change == 0


def test_notes_on_the_calendar_are_written_and_removed(engine: Engine) -> None:
    note = annotate(engine, NOON.date(), AnnotationKind.RELEASE, "الإصدار الثاني")  # "the second release"
    assert annotations_of(engine, TODAY) == (note,)

    assert remove_annotation(engine, note.id)
    assert not remove_annotation(engine, note.id)
    assert annotations_of(engine, TODAY) == ()
