"""The agents' part of the desk: articles for a customer's message, tracked links, saved replies."""

from web.agent.registration import feature

__all__ = ["feature"]
