"""`kb search`: ask the index from the terminal, and see where every hit comes from."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from kb.cli.options import LANGUAGE, mode_option
from kb.model import Language
from kb.results import Hit, Query, SearchMode, SearchResponse, TextPart
from kb.settings import load_settings


@click.command()
@click.argument("text")
@click.option("--lang", type=LANGUAGE, help="The reader's language.")
@mode_option
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True, help="Results wanted.")
@click.option("--explain", is_flag=True, help="Show where each hit comes from.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def search(
    text: str,
    lang: Language | None,
    mode: str,
    limit: int,
    explain: bool,  # noqa: FBT001 - click passes by name
    as_json: bool,  # noqa: FBT001 - click passes by name
) -> None:
    """Search the published articles for TEXT, as a reader would."""
    from kb.language.detect import detect_language
    from search.serving.opening import open_search

    settings = load_settings()
    reader = lang or detect_language(text) or Language(settings.default_language)
    response = open_search(settings).service.search(Query(text, reader, limit=limit, mode=SearchMode(mode)))
    if as_json:
        click.echo(json.dumps(_as_json(response), ensure_ascii=False))
        return
    for place, hit in enumerate(response.hits, 1):
        _print_hit(place, hit)
        if explain:
            _print_explanation(hit)
    _print_summary(response)
    if explain:
        _print_decision(response)


def _print_hit(place: int, hit: Hit) -> None:
    address = f"{hit.article.lang}/{hit.slug}" + (f"#{hit.anchor}" if hit.anchor else "")
    click.echo(f"{place:>3}. {_marked(hit.title)}  {click.style(f'{address}  {hit.score:.3f}', dim=True)}")
    if hit.snippet:
        click.echo(f"     {_marked(hit.snippet)}")


def _print_explanation(hit: Hit) -> None:
    ranks = ", ".join(f"{name} {rank}" for name, rank in sorted(hit.ranks.items())) or "none"
    parts = ", ".join(f"{name} {value:.3f}" for name, value in hit.explanation.items())
    click.echo(click.style(f"     ranks: {ranks}; {parts}{'; pinned' if hit.pinned else ''}", fg="cyan"))


def _print_summary(response: SearchResponse) -> None:
    notes = [f"{response.total} found", f"{response.took_ms:.0f} ms", response.generation]
    if response.no_answer:
        notes.insert(0, "no good answer")
    if response.rewritten_query:
        notes.append(f"searched instead: {response.rewritten_query}")
    if response.degraded:
        notes.append(f"without: {', '.join(response.degraded)}")
    click.echo(click.style("; ".join(notes), bold=True))


def _print_decision(response: SearchResponse) -> None:
    decision = ", ".join(f"{name} {value:.3f}" for name, value in response.evidence.items())
    click.echo(click.style(f"answer: {decision}", fg="cyan"))


def _marked(parts: Sequence[TextPart]) -> str:
    return "".join(click.style(part.text, bold=True, underline=True) if part.mark else part.text for part in parts)


def _as_json(response: SearchResponse) -> dict[str, object]:
    return {
        "results": [_hit_as_json(hit) for hit in response.hits],
        "total": response.total,
        "no_answer": response.no_answer,
        "rewritten_query": response.rewritten_query,
        "degraded": list(response.degraded),
        "took_ms": round(response.took_ms, 1),
        "generation": response.generation,
        "evidence": dict(response.evidence),
    }


def _hit_as_json(hit: Hit) -> dict[str, object]:
    return {
        "id": hit.article.id,
        "lang": hit.article.lang,
        "title": "".join(part.text for part in hit.title),
        "slug": hit.slug,
        "anchor": hit.anchor,
        "snippet": [{"text": part.text, "mark": part.mark} for part in hit.snippet],
        "score": round(hit.score, 4),
        "ranks": dict(hit.ranks),
        "explanation": {name: round(value, 4) for name, value in hit.explanation.items()},
    }
