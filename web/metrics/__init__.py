"""What a monitoring system asks for at /metrics, in the text format of Prometheus."""

from web.metrics.registration import feature

__all__ = ["feature"]
