"""The widget for other websites: its script, its calls, and which websites may use them."""

from web.widget.registration import feature

__all__ = ["feature"]
