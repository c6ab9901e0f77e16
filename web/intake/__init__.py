"""What stands between the network and the site: a request gets a thread when all of it is there, not before."""

from web.intake.gate import Gate

__all__ = ["Gate"]
