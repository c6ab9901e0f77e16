"""The agents' part of the desk: articles for a customer's message, tracked links, saved replies."""

from web.agent.registration import register

__all__ = ["register"]
