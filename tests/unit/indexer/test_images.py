from __future__ import annotations

import struct

import pytest

from indexer.images import MOST_BYTES, ImageFaultError, asset_name, image_size

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


def test_an_svg_may_refer_to_its_own_parts() -> None:
    drawing = svg('<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use xlink:href="#a"/>')
    assert image_size(drawing, "svg") == (640, 480)


def test_equal_images_share_a_name() -> None:
    assert asset_name(JPEG, "jpeg") == asset_name(JPEG, "jpg")
    assert asset_name(PNG, "png").endswith(".png")
