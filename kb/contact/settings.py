"""The settings of the contact page, of what carries tickets away, and of how long they are kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, field_validator

from kb.contact.addresses import AddressError, Mailbox, find_address, read_mailboxes
from kb.contact.hours import parse_hours

Minutes = Annotated[int, Field(ge=0, le=43_200)]
_HOURS = "as `sat-thu 09:00-21:00, fri 14:00-23:00`; empty means always."


class OutletKind(StrEnum):
    """Where tickets go."""

    NONE = "none"
    EMAIL = "email"
    WEBHOOK = "webhook"
    CHATWOOT = "chatwoot"
    ZENDESK = "zendesk"


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class ContactSettings(BaseModel):
    """How readers reach the team. Channels without an address are not shown; 0 minutes means no promise is shown."""

    # Channels of the contact page
    contact_form_reply_minutes: Minutes = Field(
        0, description="Minutes until the form is usually answered; 0 promises nothing."
    )
    contact_form_hours: str = Field("", description=f"When messages of the form are answered, {_HOURS}")
    contact_email: str = Field("", description="E-mail address shown to readers; empty means none.")
    contact_email_reply_minutes: Minutes = Field(0, description="Minutes until e-mails are usually answered.")
    contact_phone: str = Field("", description="Telephone number shown to readers; empty means none.")
    contact_phone_hours: str = Field("", description=f"When the telephone is answered, {_HOURS}")
    contact_chat_url: str = Field("", description="Address of the chat; empty means none.")
    contact_chat_hours: str = Field("", description=f"When the chat is answered, {_HOURS}")
    contact_chat_reply_minutes: Minutes = Field(0, description="Minutes until the chat is usually answered.")
    contact_whatsapp: str = Field("", description="WhatsApp number with country code; empty means none.")
    contact_whatsapp_hours: str = Field("", description=f"When WhatsApp is answered, {_HOURS}")
    contact_whatsapp_reply_minutes: Minutes = Field(0, description="Minutes until WhatsApp is usually answered.")
    contact_branch_ar: str = Field("", description="Address of the branch on Arabic pages; empty means none.")
    contact_branch_en: str = Field("", description="Address of the branch on English pages; empty means none.")
    contact_branch_map_url: str = Field("", description="Map of the branch.")
    contact_branch_hours: str = Field("", description=f"When the branch is open, {_HOURS}")
    time_zone: str = Field(
        "Asia/Riyadh", description="Time zone of the site, by its IANA name: of hours, and of the days of articles."
    )

    # Delivery of tickets
    contact_outlet: OutletKind = Field(
        OutletKind.NONE,
        description="Where tickets go: `none` (kept here), `email`, `webhook`, `chatwoot` or `zendesk`.",
    )
    contact_email_to: str = Field("", description="E-mail address that receives tickets; several with commas between.")
    smtp_host: str = Field("", description="Mail server.")
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = Field(587, description="Port of the mail server.")
    smtp_security: SmtpSecurity = Field(SmtpSecurity.STARTTLS, description="`starttls`, `tls` or `none`.")
    smtp_user: str = Field("", description="Account at the mail server; empty means no sign-in.")
    smtp_password: str = Field("", description="Password of that account.")
    smtp_from: str = Field("", description="Sender of the e-mails; empty means `contact_email_to`.")
    receipt_bounces_to: str = Field(
        "", description="E-mail address that undeliverable receipts come back to; empty means nobody."
    )
    webhook_url: str = Field("", description="Address that tickets are posted to.")
    webhook_secret: str = Field("", description="Signs what is posted; `whsec_` and base64 of 24 bytes or more.")
    chatwoot_url: str = Field("", description="Address of Chatwoot.")
    chatwoot_inbox_token: str = Field("", description="Identifier of Chatwoot's API inbox.")
    zendesk_url: str = Field("", description="Address of Zendesk, as `https://shop.zendesk.com`.")
    zendesk_email: str = Field("", description="E-mail address of the Zendesk agent that the token belongs to.")
    zendesk_token: str = Field("", description="API token of Zendesk.")
    ticket_retention_days: Annotated[int, Field(ge=1, le=3_650)] = Field(
        30, description="Days after delivery that name, e-mail and message of a ticket are kept."
    )

    @field_validator("time_zone")
    @classmethod
    def _time_zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("must be the IANA name of a time zone, for example Asia/Riyadh") from error
        return value

    @field_validator(
        "contact_form_hours",
        "contact_phone_hours",
        "contact_chat_hours",
        "contact_whatsapp_hours",
        "contact_branch_hours",
    )
    @classmethod
    def _hours_can_be_read(cls, value: str) -> str:
        parse_hours(value)
        return value

    @field_validator("contact_email", "smtp_from", "receipt_bounces_to", "zendesk_email")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if len(_mailboxes(value)) > 1:
            raise ValueError("must be one e-mail address")
        return value

    @field_validator("contact_email_to")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        _mailboxes(value)
        return value

    @field_validator("contact_chat_url", "contact_branch_map_url", "webhook_url", "chatwoot_url", "zendesk_url")
    @classmethod
    def _address_is_absolute(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")


def own_mailboxes(settings: ContactSettings) -> frozenset[str]:
    """Return what tells our own mailboxes from those of customers (`MailAddress.mailbox`)."""
    named = (settings.contact_email_to, settings.contact_email, settings.smtp_from)
    boxes = [
        box for text in (*named, settings.receipt_bounces_to, settings.zendesk_email) for box in read_mailboxes(text)
    ]
    account = find_address(settings.smtp_user)
    return frozenset(each.mailbox for each in [*(box.address for box in boxes), *([account] if account else [])])


def _mailboxes(text: str) -> tuple[Mailbox, ...]:
    try:
        return read_mailboxes(text)
    except AddressError as error:
        raise ValueError("must be an e-mail address, for example care@example.com") from error
