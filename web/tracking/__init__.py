"""What is recorded of readers: the visitor's cookie, the events of public pages, and the beacons of scripts."""

from web.tracking.registration import feature

__all__ = ["feature"]
