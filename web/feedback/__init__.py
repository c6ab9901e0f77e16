"""Was this article helpful? One vote of each visitor on each revision, with a reason and a comment if they like."""

from web.feedback.registration import register

__all__ = ["register"]
