"""Calls other systems over HTTP: with a time limit, without following redirects, and with failures told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests

from kb.contact.outlets import DeliveryError, DeliveryRefusedError

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 15.0
_FINAL = {400, 413, 415, 422}
_LONGEST_WAIT_S = 86_400


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        body: Sent as it is, so that it can be signed.
        auth: User and password, or None.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    auth: tuple[str, str] | None = None


def send(call: Call) -> Any:
    """Send a request and return the JSON of the answer, None if it has none.

    Raises:
        DeliveryRefusedError: The receiver understood and will never accept it.
        DeliveryError: Anything else that is not a success.
    """
    try:
        response = requests.request(
            call.method,
            call.url,
            data=call.body,
            headers=dict(call.headers),
            auth=call.auth,
            timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise DeliveryError(f"{type(error).__name__}: the receiver could not be reached") from error
    if response.status_code in _FINAL:
        raise DeliveryRefusedError(f"the receiver answered {response.status_code}")
    if not 200 <= response.status_code < 300:
        raise DeliveryError(f"the receiver answered {response.status_code}", _retry_after(response))
    return _json(response)


def _json(response: requests.Response) -> Any:
    if "json" not in response.headers.get("Content-Type", ""):
        return None
    try:
        return response.json()
    except ValueError as error:
        raise DeliveryError("the receiver answered something that is no JSON") from error


def _retry_after(response: requests.Response) -> timedelta | None:
    seconds = response.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(seconds), _LONGEST_WAIT_S)) if seconds.isascii() and seconds.isdigit() else None
