"""The public help centre: home, search, categories, articles, and what machines read about them."""

from web.public.registration import register

__all__ = ["register"]
