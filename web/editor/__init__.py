"""Where editors work down what readers could not find and what did not help."""

from web.editor.registration import register

__all__ = ["register"]
