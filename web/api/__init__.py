"""The JSON API, version 1, and its description."""

from web.api.registration import feature

__all__ = ["feature"]
