"""The desk: where the support team signs in and works."""

from web.desk.registration import feature

__all__ = ["feature"]
