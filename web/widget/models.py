"""The shapes of the widget's calls."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kb.contact.model import LONGEST_MESSAGE
from kb.events import Reason, Verdict
from kb.model import Language
from kb.storage.event_log import MAXIMUM_COMMENT_LENGTH
from web.api.models import LanguageParameters, Part

ArticleName = Annotated[str, Field(min_length=1, max_length=200, description="Id of the article.")]
Token = Annotated[str, Field(max_length=500, description="`form_token` of the start.")]


class StartParameters(LanguageParameters):
    """Parameters of the start."""


class Start(BaseModel):
    """What the widget needs before it can be opened."""

    lang: Language
    site_name: str
    home_url: str
    texts: dict[str, str] = Field(description="Texts of the interface, by name.")
    reasons: dict[Reason, str] = Field(description="Why an article may not have helped, in words.")
    contact: bool = Field(description="Messages can be sent.")
    form_token: str = Field(description="Names the message that may be sent; a token makes one ticket.")
    visitor: str = Field(description="To be sent along as X-Dalil-Visitor while the page's tab is open.")


class WidgetCall(BaseModel):
    """A body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    lang: Language = Field(description="Language of the page, or of the article that is named.")


class EventCall(WidgetCall):
    """Something the reader did."""

    kind: Literal["viewed", "read", "contact"]
    article: Annotated[str, Field(max_length=200, description="Id of the article; not for `contact`.")] = ""
    dwell_s: Annotated[float, Field(ge=0, le=86_400, description="For `read`: seconds that it was visible.")] = 0
    form_token: Token = ""


class VoteCall(WidgetCall):
    """Whether an article helped."""

    article: ArticleName
    verdict: Verdict
    reason: Reason | None = None
    comment: Annotated[str, Field(max_length=MAXIMUM_COMMENT_LENGTH)] = ""


class MessageCall(WidgetCall):
    """A message to the team, or what there is of it so far."""

    form_token: Token
    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=300)] = ""
    subject: Annotated[str, Field(max_length=300)] = ""
    message: Annotated[str, Field(max_length=2 * LONGEST_MESSAGE)] = ""


class OpenCall(WidgetCall):
    """A suggested article that is opened."""

    form_token: Token
    choice: Annotated[str, Field(max_length=250)]


class OfferItem(BaseModel):
    """A suggested article."""

    choice: str = Field(description="What names it in the next call.")
    id: str
    lang: Language
    title: list[Part]


class Offers(BaseModel):
    """Articles that may answer the message that is being written."""

    articles: list[OfferItem]


class Receipt(BaseModel):
    """A message that was taken."""

    reference: str = Field(description="What the customer may name later.")
    promise: str = Field(description="How soon it is answered; empty if nothing is promised.")
    form_token: str = Field(description="For the next message.")
