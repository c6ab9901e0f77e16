"""What writers start from: the articles of the site, and where each is edited."""

from web.writer.registration import feature

__all__ = ["feature"]
