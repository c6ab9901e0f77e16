"""The token that a request carries in its Authorization header, whoever made it and whatever it is for."""

from __future__ import annotations

from flask import request


def sent_token() -> str:
    """Return the bearer token that was sent; empty if there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
