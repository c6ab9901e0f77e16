"""The agents' panel inside another help desk: Chatwoot, Zendesk, or one that signs its address."""

from web.panel.registration import feature

__all__ = ["feature"]
