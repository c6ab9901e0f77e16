"""Every figure by name, with its definition: shown by the pages, the terminal, the exports and docs/STATISTICS.md.

The texts are English and complete sentences without a full stop; pages translate them by their wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a figure's value is."""

    SHARE = "share"
    DIFFERENCE = "difference of shares"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Metric:
    """The definition of a figure.

    Attributes:
        name: Stable name, as in JSON and CSV.
        title: Short name for people.
        definition: What it says.
        numerator: What is counted.
        denominator: Of what.
    """

    name: str
    title: str
    definition: str
    numerator: str
    denominator: str
    unit: Unit


_INTENT = "Intent journeys, without the holdout"
_READING = "Journeys without intent that opened an article"
_SEARCHES = "Searches, keystrokes collapsed"

METRICS = (
    Metric(
        "deflection",
        "Deflection, published range",
        "Share of those who meant to contact support and did not need to; the interval holds the truth and runs from "
        "the lower bound of what is confirmed to the upper bound of what is confirmed or potential",
        "Confirmed, to confirmed and potential",
        _INTENT,
        Unit.SHARE,
    ),
    Metric(
        "deflection_confirmed",
        "Deflection, confirmed",
        "An article was opened, the last word was “this solved it” or a helpful vote, and no contact followed within "
        "the window",
        "Confirmed journeys",
        _INTENT,
        Unit.SHARE,
    ),
    Metric(
        "deflection_possible",
        "Deflection, at most",
        "Confirmed, or a suggested article was visible for 10 seconds or more, the last word was not “no”, and no "
        "contact followed within the window",
        "Confirmed and potential journeys",
        _INTENT,
        Unit.SHARE,
    ),
    Metric(
        "failed",
        "Read, and contacted all the same",
        "An article was opened, and a ticket or another contact followed within the window",
        "Failed journeys",
        _INTENT,
        Unit.SHARE,
    ),
    Metric(
        "abandoned",
        "Abandoned",
        "No contact, and nothing that speaks for an answer; never counted as deflection",
        "Abandoned journeys",
        _INTENT,
        Unit.SHARE,
    ),
    Metric(
        "not_attempted",
        "Contacted without reading",
        "A contact, and no article opened before it",
        "Journeys that were not attempted",
        _INTENT,
        Unit.SHARE,
    ),
    Metric(
        "naive_deflection",
        "Naive formula",
        "Sessions without a sent form; shown for comparison only, since it counts everybody who never wanted to write",
        "Sessions minus sent forms",
        "Sessions",
        Unit.SHARE,
    ),
    Metric(
        "prevented_contacts",
        "Contacts prevented by suggestions",
        "Share of journeys with an opened contact form that contacted support, without suggestions minus with "
        "suggestions; the causal figure, with Newcombe's interval",
        "Contact rate of the holdout minus contact rate with suggestions",
        "Visitors' first journeys that opened the contact form, by arm",
        Unit.DIFFERENCE,
    ),
    Metric(
        "self_service_success",
        "Self-service success",
        "The last word was “this solved it” or a helpful vote, and no contact followed within the window; most readers "
        "say nothing, so this is a lower bound",
        "Solved journeys",
        _READING,
        Unit.SHARE,
    ),
    Metric(
        "self_service_unknown",
        "Self-service, unknown",
        "An article was opened, nothing was said, and no contact followed within the window",
        "Silent journeys",
        _READING,
        Unit.SHARE,
    ),
    Metric(
        "zero_result_rate",
        "Searches without an answer",
        "The search found nothing, or said that nothing here answers the question",
        "Searches without an answer",
        _SEARCHES,
        Unit.SHARE,
    ),
    Metric(
        "no_click_rate",
        "Searches without a click",
        "The search found something and no result was opened",
        "Searches with results where nothing was opened",
        "Searches with results",
        Unit.SHARE,
    ),
    Metric(
        "reformulation_rate",
        "Reformulated searches",
        "Nothing was opened and other words were tried within five minutes",
        "Reformulated searches",
        _SEARCHES,
        Unit.SHARE,
    ),
    Metric(
        "click_mrr",
        "Rank of the first click",
        "Mean of 1 / rank of the result that was opened first; 1 means always the first result",
        "Sum of 1 / rank",
        "Searches with a click",
        Unit.MEAN,
    ),
    Metric(
        "helpful_votes",
        "Helpful votes",
        "Present votes of visitors on revisions that say helpful; articles are ordered by Wilson's lower bound",
        "Helpful votes",
        "Votes",
        Unit.SHARE,
    ),
    Metric(
        "link_open_rate",
        "Agents' links opened",
        "Links that agents sent in the period and customers opened, until now",
        "Opened links",
        "Sent links",
        Unit.SHARE,
    ),
    Metric(
        "link_solve_rate",
        "Agents' links that solved it",
        "Links that agents sent in the period whose reader, within 72 hours of opening the link, said last that the "
        "article helped or solved it, and did not contact support again; until now",
        "Solving links",
        "Sent links",
        Unit.SHARE,
    ),
    Metric(
        "link_reopen_rate",
        "Contacted again after a link",
        "Links that agents sent in the period whose reader contacted support again on our pages within 72 hours of "
        "opening the link, until now; answers to the ticket itself are not seen",
        "Links whose reader contacted support again",
        "Sent links",
        Unit.SHARE,
    ),
    Metric(
        "satisfaction",
        "Satisfied with the answer (CSAT)",
        "Answers of 4 or 5 to the question after a ticket was answered",
        "Answers of 4 or 5",
        "Answers",
        Unit.SHARE,
    ),
    Metric(
        "effort",
        "Easy to get help (CES)",
        "Answers of 4 or 5 to the question after the contact form",
        "Answers of 4 or 5",
        "Answers",
        Unit.SHARE,
    ),
    Metric(
        "excluded_events",
        "Events left out",
        "Events of known bots, staff and browsers that fetch ahead; in no other figure",
        "Events that are not a reader's",
        "Events",
        Unit.SHARE,
    ),
)
"""All figures of the overview, in the order in which they are shown."""


def metric(name: str) -> Metric:
    """Return the definition of a figure.

    Raises:
        KeyError: There is none of this name.
    """
    return _BY_NAME[name]


_BY_NAME = {each.name: each for each in METRICS}
