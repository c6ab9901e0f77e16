"""The widget for other websites: its script, its calls, and which websites may use them."""

from web.widget.registration import register

__all__ = ["register"]
