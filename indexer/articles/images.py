"""Images of articles: which files are accepted, their size in pixels, and the name that they are served under."""

from __future__ import annotations

import re
import struct
from hashlib import sha256

from indexer.articles.svg import SvgFaultError, read_svg

MOST_BYTES = 2_000_000
LONGEST_SIDE = 10_000
MOST_PIXELS = 40_000_000
EXTENSIONS = ("png", "jpg", "jpeg", "webp", "svg")

_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:px)?")


class ImageFaultError(Exception):
    """An image is not accepted; the message says why."""


def asset_name(data: bytes, extension: str) -> str:
    """Return the name that an image is served under: its content's hash and its kind."""
    return f"{sha256(data).hexdigest()[:16]}.{'jpg' if extension == 'jpeg' else extension}"


def image_size(data: bytes, extension: str) -> tuple[int, int] | None:
    """Check an image and return its width and height in pixels, None if they cannot be told.

    Args:
        data: Content of the file.
        extension: Lower-case ending of its name; one of `EXTENSIONS`.

    Raises:
        ImageFaultError: It is too large, not of that kind, or an SVG that could do more than show a picture.
    """
    if len(data) > MOST_BYTES:
        raise ImageFaultError(f"has {len(data):,} bytes; {MOST_BYTES:,} are allowed")
    size = _size(data, extension)
    if size and not (min(size) > 0 and max(size) <= LONGEST_SIDE and size[0] * size[1] <= MOST_PIXELS):
        raise ImageFaultError(
            f"is {size[0]:,} x {size[1]:,} pixels; each side may have 1 to {LONGEST_SIDE:,}, all {MOST_PIXELS:,}"
        )
    return size


def _size(data: bytes, extension: str) -> tuple[int, int] | None:
    match extension:
        case "png":
            return _png_size(data)
        case "jpg" | "jpeg":
            return _jpeg_size(data)
        case "webp":
            return _webp_size(data)
        case "svg":
            return _svg_size(data)
        case _:
            raise ImageFaultError(f"is not one of {', '.join(EXTENSIONS)}")


def _png_size(data: bytes) -> tuple[int, int]:
    if len(data) < 24 or not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ImageFaultError("is not a PNG image")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(b"\xff\xd8\xff"):
        raise ImageFaultError("is not a JPEG image")
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ImageFaultError("is not a WebP image")
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            return None


def _svg_size(data: bytes) -> tuple[int, int] | None:
    try:
        root = read_svg(data)
    except SvgFaultError as error:
        raise ImageFaultError(str(error)) from error
    width, height = (_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height"))
    if width and height:
        return round(float(width[1])), round(float(height[1]))
    numbers = root.get("viewBox", "").replace(",", " ").split()
    if len(numbers) == 4 and all(_LENGTH.fullmatch(number) for number in numbers[2:]):
        return round(float(numbers[2])), round(float(numbers[3]))
    return None
