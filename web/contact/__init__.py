"""The contact page: channels with honest hours, and a form that offers answers while it is filled in."""

from web.contact.registration import feature

__all__ = ["feature"]
