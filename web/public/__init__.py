"""The public help centre: home, search, categories, articles, and what machines read about them."""

from web.public.registration import feature

__all__ = ["feature"]
