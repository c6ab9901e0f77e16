"""What self-service achieves, for the support team: figures, charts, tables, exports and a monthly report."""

from web.statistics.registration import feature

__all__ = ["feature"]
