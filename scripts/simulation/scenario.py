"""What simulated visitors are like: every probability that decides the truth, and every trap on the way to it."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scenario:
    """Probabilities in [0, 1], and counts.

    Attributes:
        people: People with a problem.
        intent: Turn to the contact form and type (else they only browse).
        open_suggestion: Open a suggested article, given intent and a form with suggestions.
        helped: An opened suggestion really solves the problem.
        would_write: Would have sent a ticket without help, given intent.
        says_solved: Say so, given that it was solved.
        glance: Look at the article for less than ten seconds, given that it was solved.
        wrong_thanks: Say "solved" although it was not.
        still_writes: Send a ticket in spite of suggestions, given that nothing helped and they would have written.
        another_channel: Phone or chat instead of the form, unseen, given that they still contact.
        seen_channel: The link to phone or chat is followed on the page instead, given that they still contact.
        within_window: The ticket comes one to two days later, given that an article was read.
        after_window: The ticket comes five to ten days later, given that an article was read.
        second_ticket: Another ticket about the same problem.
        cleared_cookie: The cookie is gone between reading and what follows.
        shared_device: Two people with one cookie, one after the other: a kiosk, a tablet of a family; what a NAT is to
            statistics by address.
        bots: Known bots, as a share of people; each fetches many pages.
        hidden_bots: Bots that look like browsers, as a share of people; they open pages and forms and type nothing.
        holdout: Share of visitors whose form suggests nothing.
    """

    people: int = 2_000
    intent: float = 0.6
    open_suggestion: float = 0.5
    helped: float = 0.4
    would_write: float = 0.9
    says_solved: float = 0.4
    glance: float = 0.05
    wrong_thanks: float = 0.01
    still_writes: float = 0.85
    another_channel: float = 0.05
    seen_channel: float = 0.05
    within_window: float = 0.15
    after_window: float = 0.04
    second_ticket: float = 0.1
    cleared_cookie: float = 0.04
    shared_device: float = 0.03
    bots: float = 0.2
    hidden_bots: float = 0.1
    holdout: float = 0.1

    @property
    def deflected(self) -> float:
        """Return the truth: who would have written and was really helped, of those with intent and suggestions."""
        return self.open_suggestion * self.helped * self.would_write


def drawn_scenario(chance: random.Random, people: int) -> Scenario:
    """Return a scenario whose every probability is drawn anew, so that coverage does not rest on one lucky setting."""
    between = chance.uniform
    return Scenario(
        people=people,
        intent=between(0.4, 0.8),
        open_suggestion=between(0.3, 0.8),
        helped=between(0.15, 0.7),
        would_write=between(0.8, 1.0),
        says_solved=between(0.1, 0.7),
        glance=between(0.0, 0.1),
        wrong_thanks=between(0.0, 0.03),
        still_writes=between(0.6, 0.95),
        another_channel=between(0.0, 0.15),
        seen_channel=between(0.0, 0.1),
        within_window=between(0.0, 0.3),
        after_window=between(0.0, 0.1),
        second_ticket=between(0.0, 0.3),
        cleared_cookie=between(0.0, 0.08),
        shared_device=between(0.0, 0.06),
        bots=between(0.0, 0.5),
        hidden_bots=between(0.0, 0.2),
        holdout=between(0.0, 0.2),
    )
