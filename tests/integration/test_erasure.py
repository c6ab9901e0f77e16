"""What deleted rows leave in the files of a database."""

import random
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from kb.storage.erasure import erase_leftovers


def churn(engine: Engine) -> list[bytes]:
    """Write rows in an order that makes SQLite move them about, delete a seventh, and return what these said."""
    chance, secrets = random.Random(1), []
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for number in range(20_000):
            word = f"{'SECRET' if number % 7 == 0 else 'plain'}{number:06}"
            secrets += [word.encode()] * (number % 7 == 0)
            text = f"{word} {'x' * chance.randrange(60)}"
            row = (chance.randrange(1 << 40), "en", text, 1)
            cursor.execute("INSERT INTO queries (id, lang, query, visitors) VALUES (?, ?, ?, ?)", row)
            if number % 50 == 0:
                cursor.execute("DELETE FROM queries WHERE query LIKE 'plain%' AND id % 13 = ?", (number % 13,))
        cursor.execute("DELETE FROM queries WHERE query LIKE 'SECRET%'")
        cursor.execute("COMMIT")
    return secrets


def left(engine: Engine, secrets: list[bytes]) -> int:
    path = Path(str(engine.url.database))
    raw = b"\0".join(each.read_bytes() for each in path.parent.iterdir() if each.name.startswith(path.name))
    return sum(secret in raw for secret in secrets)


@pytest.mark.slow
def test_neither_the_log_nor_gaps_of_pages_keep_what_was_deleted(engine: Engine) -> None:
    secrets = churn(engine)
    assert left(engine, secrets) > 0  # overwriting deleted rows does not suffice

    assert erase_leftovers(engine)

    assert left(engine, secrets) == 0


def test_a_large_file_is_left_to_a_quiet_hour_and_the_log_says_so(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    assert not erase_leftovers(engine, largest=1_000)
    assert "kb stats prune" in caplog.text


def test_a_database_that_is_written_to_is_tried_again_later(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with closing(engine.raw_connection()) as writer:
        writer.cursor().execute("BEGIN IMMEDIATE")
        with closing(engine.raw_connection()) as other:
            other.cursor().execute("PRAGMA busy_timeout=10")
        assert not erase_leftovers(engine)
        writer.cursor().execute("ROLLBACK")

    assert "could not be overwritten" in caplog.text
    assert erase_leftovers(engine)
