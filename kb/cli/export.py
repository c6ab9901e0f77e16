"""`kb export`: figures as CSV or JSON."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kb.cli.context import open_context
from kb.cli.stats import period_options, requested
from kb.model import Language

_WHAT = (
    "figures",
    "deflection",
    "outcomes",
    "searches",
    "queries",
    "queries-unanswered",
    "queries-unclicked",
    "articles",
    "votes",
)


@click.command()
@click.argument("what", type=click.Choice(_WHAT))
@period_options
@click.option("--grain", type=click.Choice(["day", "week", "month"]), default="day", show_default=True)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: print.")
def export(
    what: str,
    period: str,
    lang: Language | None,
    category: str | None,
    channel: str | None,
    window: str | None,
    grain: str,
    form: str,
    output: Path | None,
) -> None:
    """Write figures as CSV or JSON.

    WHAT is `figures` (all of a period); over time `deflection`, `outcomes` (how journeys with intent ended) or
    `searches`; of what enough different visitors typed `queries`, `queries-unanswered` or `queries-unclicked`;
    `articles` (views, contact after reading, votes) or `votes` (by revision). CSV begins with a byte order mark,
    so that spreadsheets read Arabic, and what they would run as a formula is defused; JSON holds everything as it is.
    """
    from kb.statistics import export as records
    from kb.statistics.filters import Grain
    from kb.statistics.overview import overview
    from kb.statistics.rollups import roll_up

    step = Grain(grain)
    with open_context() as opened:
        engine, now = opened.engine, opened.clock.now()
        days, chosen, filters = requested(opened.settings, period, lang, category, channel, window)
        roll_up(engine, opened.clock)
        makers = {
            "figures": lambda: records.overview_records(overview(engine, days, chosen, filters), now),
            "deflection": lambda: records.deflection_records(engine, days, chosen, filters, step, now),
            "outcomes": lambda: records.outcome_records(engine, days, chosen, filters, step, now),
            "searches": lambda: records.search_records(engine, days, filters, step),
            "votes": lambda: records.vote_records(engine, days, filters),
            "articles": lambda: records.article_records(engine, days, filters),
        }
        if order := records.QUERY_EXPORTS.get(what):
            rows = records.query_records(engine, days, filters, opened.settings.k_anonymity, order)
        else:
            rows = makers[what]()
    text = records.to_csv(rows) if form == "csv" else json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")
