"""What a survey shows: one question with five answers, then thanks."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from kb.contact.surveys import SurveyLink
from kb.events import EventId, Survey
from web.i18n import gettext
from web.layout import Head
from web.services import services
from web.tracking.recording import stable_id


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer; `score` is 1 (worst) to 5 (best)."""

    score: int
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """The one question of a survey.

    Attributes:
        action: Where the answer is sent.
        choices: From worst to best.
    """

    text: str
    action: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """The page of a survey.

    Attributes:
        question: None when there is nothing more to answer.
        message: Thanks, or why the link asks nothing.
    """

    head: Head
    question: Question | None
    message: str = ""


def answer_id(link: SurveyLink) -> EventId:
    """Return the id of the one answer to a link."""
    return EventId(stable_id("survey", link.survey, link.ticket))


def given_score(link: SurveyLink) -> int | None:
    """Return the score that a link was answered with, None while it was not."""
    return services().history.survey_score(answer_id(link))


def question(survey: Survey, token: str) -> Question:
    """Return the question of a survey."""
    text = {
        Survey.EFFORT: gettext("How easy was it to reach us today?"),
        Survey.SATISFACTION: gettext("How satisfied are you with our answer?"),
    }[survey]
    return Question(text, url_for("survey.survey", token=token), _choices(survey))


def question_page(survey: Survey, token: str) -> SurveyPage:
    """Return the page that asks."""
    asked = question(survey, token)
    return SurveyPage(Head(asked.text), asked)


def thanks_page() -> SurveyPage:
    """Return the page after an answer."""
    return SurveyPage(Head(gettext("Thank you")), None, gettext("Your answer is counted. It helps us to do better."))


def answered_page(survey: Survey, score: int) -> SurveyPage:
    """Return the page of a link that was answered: what the answer was."""
    words = next(choice.words for choice in _choices(survey) if choice.score == score)
    message = gettext("You answered “%(answer)s”, and that is counted. One answer to each question is.", answer=words)
    return SurveyPage(Head(gettext("You have answered already")), None, message)


def ended_page() -> SurveyPage:
    """Return the page of a link that is too old."""
    return SurveyPage(Head(gettext("This survey has ended")), None, gettext("Thank you for wanting to tell us."))


def _choices(survey: Survey) -> tuple[Choice, ...]:
    words = {
        Survey.EFFORT: (
            gettext("Very hard"),
            gettext("Hard"),
            gettext("Neither easy nor hard"),
            gettext("Easy"),
            gettext("Very easy"),
        ),
        Survey.SATISFACTION: (
            gettext("Very dissatisfied"),
            gettext("Dissatisfied"),
            gettext("Neither satisfied nor dissatisfied"),
            gettext("Satisfied"),
            gettext("Very satisfied"),
        ),
    }[survey]
    return tuple(Choice(score, text) for score, text in enumerate(words, 1))
