from __future__ import annotations

import struct
import time
from contextlib import suppress

import pytest

from indexer.articles.images import MOST_BYTES, ImageFaultError, asset_name, image_size

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab" + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x00" * 9
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\x7f\x02\x00" + b"\xdf\x01\x00"
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + (639 | 479 << 14).to_bytes(4, "little") + b"\x00" * 9


NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(content: str, attributes: str = 'viewBox="0 0 640 480"') -> bytes:
    return f"<svg {NAMESPACES} {attributes}>{content}</svg>".encode()


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (PNG, "png"),
        (JPEG, "jpg"),
        (JPEG, "jpeg"),
        (WEBP, "webp"),
        (LOSSLESS, "webp"),
        (svg(""), "svg"),
        (svg("", 'width="640px" height="480"'), "svg"),
    ],
)
def test_sizes_are_read_from_the_file(data: bytes, extension: str) -> None:
    assert image_size(data, extension) == (640, 480)


@pytest.mark.parametrize("extension", ["png", "jpg", "webp", "svg"])
def test_a_file_of_another_kind_is_refused(extension: str) -> None:
    with pytest.raises(ImageFaultError):
        image_size(b"GIF89a and something else entirely", extension)


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(ImageFaultError, match="bytes"):
        image_size(PNG + b"\x00" * MOST_BYTES, "png")


@pytest.mark.parametrize(
    "data",
    [
        svg("<script>alert(1)</script>"),
        svg('<rect onclick="alert(1)"/>'),
        svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
        svg('<use xlink:href="https://evil.example/a.svg#b"/>'),
        svg('<rect fill="url(https://evil.example/a)"/>'),
        svg("<rect style=\"fill:url( '//evil.example')\"/>"),
        svg("<style>@import url(//evil.example)</style>"),
        svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        svg("").decode().encode("utf-16"),
        svg("<rect>"),
    ],
)
def test_an_svg_that_could_do_more_than_show_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ImageFaultError):
        image_size(data, "svg")


NESTED = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))
REFUSED = {
    "style sheet instruction": (b'<?xml-stylesheet href="//evil.example/a.css"?>' + svg(""), "instruction"),
    "instruction after the root": (svg("") + b"<?php evil ?>", "instruction"),
    "style element": (svg("<style>rect{fill:red}</style>"), "<style>"),
    "style attribute": (svg('<rect style="fill:red"/>'), "style"),
    "escaped url": (svg(r'<rect fill="u\\72l(//evil.example)"/>'), "fill"),
    "url with a space": (svg('<rect fill="url( //evil.example)"/>'), "fill"),
    "url of data": (svg('<rect filter="url(data:image/svg+xml,x#a)"/>'), "filter"),
    "url in a colour": (svg('<stop stop-color="url(#a)"/>'), "stop-color"),
    "image": (svg('<image href="data:image/png;base64,AA"/>'), "<image>"),
    "outer use": (svg('<use href="other.svg#a"/>'), "href"),
    "script link": (svg('<a href="javascript:alert(1)"><rect/></a>'), "<a>"),
    "event": (svg('<rect onload="alert(1)"/>'), "onload"),
    "event in capitals": (svg('<rect ONLOAD="alert(1)"/>'), "ONLOAD"),
    "entity": (b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg("&b;"), "document type"),
    "outer entity": (b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + svg(""), "document type"),
    "entity in another encoding": ('<?xml version="1.0" encoding="cp037"?>'.encode("cp037"), "SVG"),
    "encoding": (b'<?xml version="1.0" encoding="iso-8859-6"?>' + svg(""), "UTF-8"),
    "huge number": (svg('<circle r="1e300"/>'), "1e300"),
    "infinite number": (svg('<path d="M0 0L1e999 5"/>'), "1e999"),
    "number that is none": (svg('<rect width="NaN"/>'), "width"),
    "huge width": (svg("", 'width="99999" height="1"'), "pixels"),
    "nothing wide": (svg("", 'width="0" height="10"'), "pixels"),
    "huge view": (svg("", 'viewBox="0 0 9e9 9"'), "9e9"),
    "long number": (svg(f'<rect x="{"9" * 400}"/>'), "999"),
    "function": (svg('<g transform="translate(1) attr(x)"/>'), "transform"),
    "circle": (svg('<g id="a"><use href="#a"/></g>'), "circle"),
    "circle of two": (svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "circle"),
    "pattern in itself": (svg('<pattern id="p"><rect fill="url(#p)"/></pattern>'), "circle"),
    "drawn again and again": (svg(f'<g id="a0"><rect/></g>{NESTED}'), "by reference"),
    "too many": (svg("<rect/>" * 10_001), "elements"),
    "too deep": (svg("<g>" * 100 + "</g>" * 100), "levels"),
    "editor's data": (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://ink.example"><i:view/></svg>',
        "<view>",
    ),
    "editor's attribute": (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://ink.example" i:label="x"/>',
        "label",
    ),
}


@pytest.mark.parametrize(("data", "named"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_on_the_list_is_refused_by_name(data: bytes, named: str) -> None:
    with pytest.raises(ImageFaultError) as refused:
        image_size(data, "svg")
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="UTF-8" standalone="no"?><!-- by a tool -->' + svg("<title>T</title>"),
        svg('<g transform="translate(-1.5,2) rotate(45 9 9)matrix(1 0 0 1 0 0)"/><path d="M.5.5l-1-1a1 1 0 01.5.5z"/>'),
        svg('<text x="1,2 3" font-family="\'Plex Sans\', sans-serif" xml:space="preserve" direction="rtl">نص</text>'),
        svg('<rect fill="rgba(1, 2, 3, .5)" stroke="#abc" stroke-dasharray="4 2,1" opacity="50%" class="a b"/>'),
        svg('<filter id="f"><feGaussianBlur in="SourceAlpha" stdDeviation="2"/></filter><g filter="url(#f)"/>'),
        svg('<linearGradient id="a"><stop offset="0%" stop-color="hsl(120 50% 50%)"/></linearGradient>'
            '<linearGradient id="b" xlink:href="#a"/><path fill="url(#b) none" d=""/>'),
        svg("<rect/>" * 9_000),
    ],
)  # fmt: skip
def test_plain_drawings_are_accepted(data: bytes) -> None:
    assert image_size(data, "svg") == (640, 480)


@pytest.mark.parametrize("attribute", ["d", "points", "transform", "fill", "font-family", "stroke-dasharray"])
@pytest.mark.parametrize("piece", ["1", "1 ", "1.", "-", "e1", "rotate(", "rgb(1 ", "a", ","])
def test_long_values_take_no_time(attribute: str, piece: str) -> None:
    began = time.perf_counter()
    with suppress(ImageFaultError):
        image_size(svg(f'<path {attribute}="{piece * 5_000}!"/>'), "svg")
    assert time.perf_counter() - began < 1


def test_a_picture_that_unpacks_to_too_much_is_refused() -> None:
    bomb = PNG[:16] + struct.pack(">II", 9_999, 9_999)
    with pytest.raises(ImageFaultError, match="pixels"):
        image_size(bomb, "png")


def test_an_svg_may_refer_to_its_own_parts() -> None:
    drawing = svg('<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use xlink:href="#a"/>')
    assert image_size(drawing, "svg") == (640, 480)


def test_equal_images_share_a_name() -> None:
    assert asset_name(JPEG, "jpeg") == asset_name(JPEG, "jpg")
    assert asset_name(PNG, "png").endswith(".png")
