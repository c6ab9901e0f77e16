"""One-question surveys behind signed links: effort after the contact form, satisfaction after the answer."""

from web.survey.registration import feature

__all__ = ["feature"]
