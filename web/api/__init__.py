"""The JSON API, version 1, and its description."""

from web.api.registration import register

__all__ = ["register"]
