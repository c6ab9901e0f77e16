"""The catalogue of figures and its page in the documentation are one."""

from pathlib import Path

from kb.statistics.catalogue import METRICS, metric

DOCUMENT = Path(__file__).parents[3] / "docs" / "STATISTICS.md"


def test_the_documentation_has_exactly_the_rows_of_the_catalogue() -> None:
    expected = [
        f"| `{each.name}` | {each.title} | {each.definition} | {each.numerator} | {each.denominator} | {each.unit} |"
        for each in METRICS
    ]

    section = DOCUMENT.read_text("utf-8").split("## All figures\n")[1].split("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == expected


def test_every_figure_says_what_is_counted_and_of_what() -> None:
    assert [each.name for each in METRICS if not (each.definition and each.numerator and each.denominator)] == []


def test_names_are_unique_and_found() -> None:
    assert len({each.name for each in METRICS}) == len(METRICS)
    assert [metric(each.name) for each in METRICS] == list(METRICS)
