"""Was this article helpful? One vote of each visitor on each revision, with a reason and a comment if they like."""

from web.feedback.registration import feature

__all__ = ["feature"]
