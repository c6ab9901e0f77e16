"""Images of articles: which files are accepted, their size in pixels, and the name that they are served under."""

from __future__ import annotations

import re
import struct
from hashlib import sha256
from xml.etree import ElementTree

MOST_BYTES = 2_000_000
EXTENSIONS = ("png", "jpg", "jpeg", "webp", "svg")

_SVG = "{http://www.w3.org/2000/svg}"
_SVG_TAGS = frozenset(
    "svg g defs title desc metadata path rect circle ellipse line polyline polygon text tspan textPath use symbol"
    " marker linearGradient radialGradient stop pattern clipPath mask filter feBlend feColorMatrix feComposite feFlood"
    " feGaussianBlur feMerge feMergeNode feOffset feDropShadow".split()
)
_SVG_REFERENCE = re.compile(r"url\(\s*(?!['\"]?#)|javascript:|@import|expression\(", re.IGNORECASE)
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
    # Entities are refused before parsing: they can make a small file expand without end.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data:
        raise ImageFaultError("declares a document type, or is not UTF-8")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - no entities, see above
    except (ElementTree.ParseError, ValueError) as error:
        raise ImageFaultError(f"is not valid SVG: {error}") from error
    if root.tag != f"{_SVG}svg":
        raise ImageFaultError("is not SVG")
    for element in root.iter():
        _check_svg_element(element)
    width, height = (_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height"))
    if width and height:
        return round(float(width[1])), round(float(height[1]))
    numbers = root.get("viewBox", "").replace(",", " ").split()
    if len(numbers) == 4 and all(_LENGTH.fullmatch(number) for number in numbers[2:]):
        return round(float(numbers[2])), round(float(numbers[3]))
    return None


def _check_svg_element(element: ElementTree.Element) -> None:
    name = element.tag.removeprefix(_SVG)
    if name not in _SVG_TAGS:
        raise ImageFaultError(f"contains <{name.rpartition('}')[2]}>, which is not allowed")
    for attribute, value in element.attrib.items():
        local = attribute.rpartition("}")[2]
        if local.lower().startswith("on") or _SVG_REFERENCE.search(value):
            raise ImageFaultError(f"contains the attribute {local}, which could load or run something")
        if local == "href" and not value.startswith("#"):
            raise ImageFaultError("refers to something outside itself")
