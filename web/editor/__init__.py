"""Where editors work down what readers could not find and what did not help."""

from web.editor.registration import feature

__all__ = ["feature"]
