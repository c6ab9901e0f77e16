"""Which SVG images are accepted: those made of known elements and attributes with plain values, and nothing else.

An allow-list, since SVG can run programs, load things, carry style sheets, and grow when it is drawn. Everything that
an attribute may say has its grammar here; what is not in the table is refused with its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree import ElementTree

MOST_ELEMENTS: Final = 10_000
MOST_DRAWN: Final = 100_000
DEEPEST: Final = 60
LARGEST_NUMBER: Final = 100_000.0

_SVG: Final = "{http://www.w3.org/2000/svg}"
_NAMESPACES: Final = {
    "{http://www.w3.org/1999/xlink}": "xlink:",
    "{http://www.w3.org/XML/1998/namespace}": "xml:",
}
_TAGS: Final = frozenset(
    "svg g defs title desc metadata path rect circle ellipse line polyline polygon text tspan textPath use symbol"
    " marker linearGradient radialGradient stop pattern clipPath mask filter feBlend feColorMatrix feComposite feFlood"
    " feGaussianBlur feMerge feMergeNode feOffset feDropShadow".split()
)

# Nothing is matched twice (possessive): long values cost no more than their length.
_NUMBER: Final = r"(?>[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)"
_LENGTH: Final = rf"{_NUMBER}(?:px|em|ex|pt|pc|cm|mm|in|%)?+"
_GAP: Final = r"[\s,]*+"
_FUNCTION: Final = rf"(?:translate|scale|rotate|skewX|skewY|matrix)\s*\({_GAP}(?:{_NUMBER}{_GAP}){{1,6}}+\)"
_REFERENCE: Final = r"url\(#[\w.:-]{1,100}\)"
_COLOUR: Final = rf"[a-zA-Z]{{3,24}}|#[0-9a-fA-F]{{3,8}}|(?:rgb|hsl)a?\({_GAP}(?:{_NUMBER}(?:%|deg)?[\s,/]*+){{3,4}}+\)"
_WORDS: Final = r"[\w .%+-]{0,100}"
_FOR_NUMBERS: Final = (
    "x y width height cx cy r rx ry x1 y1 x2 y2 dx dy fx fy fr offset points viewBox pathLength rotate refX refY"
    " markerWidth markerHeight stroke-width stroke-dasharray stroke-dashoffset stroke-miterlimit opacity fill-opacity"
    " stroke-opacity stop-opacity flood-opacity font-size letter-spacing word-spacing startOffset textLength"
    " stdDeviation values k1 k2 k3 k4 radius"
)
_FOR_WORDS: Final = (
    "text-anchor direction font-weight font-style font-variant font-stretch fill-rule clip-rule stroke-linecap"
    " stroke-linejoin dominant-baseline alignment-baseline baseline-shift text-decoration visibility display overflow"
    " preserveAspectRatio gradientUnits patternUnits patternContentUnits clipPathUnits maskUnits maskContentUnits"
    " filterUnits primitiveUnits markerUnits orient spreadMethod shape-rendering text-rendering image-rendering"
    " color-interpolation color-interpolation-filters paint-order vector-effect writing-mode unicode-bidi lengthAdjust"
    " method spacing in in2 result mode operator type version baseProfile focusable aria-hidden role xml:space"
)
_GRAMMARS: Final = {
    name: re.compile(grammar)
    for names, grammar in (
        (_FOR_NUMBERS, rf"(?:none|auto|normal|inherit|{_GAP}(?:{_LENGTH}{_GAP})*+)"),
        ("d", rf"(?:[MmLlHhVvCcSsQqTtAaZz\s,]++|{_NUMBER})*+"),
        ("transform gradientTransform patternTransform", rf"{_GAP}(?:{_FUNCTION}{_GAP})*+"),
        ("fill stroke", rf"{_COLOUR}|{_REFERENCE}(?:\s+(?:{_COLOUR}))?"),
        ("stop-color flood-color color", _COLOUR),
        ("clip-path mask filter marker-start marker-mid marker-end", rf"none|{_REFERENCE}"),
        ("href xlink:href", r"#[\w.:-]{1,100}"),
        (_FOR_WORDS, _WORDS),
        ("font-family", r"[\w ,'\"-]{0,300}"),
        ("id", r"[\w.:-]{1,100}"),
        ("class", r"[\w .:-]{0,200}"),
        ("lang xml:lang aria-label aria-labelledby aria-describedby data-name", r"[^\x00-\x1f]{0,1000}"),
    )
    for name in names.split()
}
# Attributes whose digits are no quantities.
_NOT_NUMBERS: Final = frozenset(
    "id class href xlink:href fill stroke stop-color flood-color color clip-path mask filter marker-start marker-mid"
    " marker-end font-family lang xml:lang aria-label aria-labelledby aria-describedby data-name in in2 result".split()
)
_FIND_NUMBERS: Final = re.compile(_NUMBER)
_FIND_REFERENCES: Final = re.compile(r"url\(#([\w.:-]+)\)|^#([\w.:-]+)$")
_ENCODING: Final = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")


class SvgFaultError(Exception):
    """An SVG is not accepted; the message says why, and goes on «The image …»."""


def read_svg(data: bytes) -> ElementTree.Element:
    """Check an SVG and return its root.

    Args:
        data: Content of the file.

    Raises:
        SvgFaultError: It is none, or could do more than show a picture.
    """
    encoding = _ENCODING.match(data)
    if b"\x00" in data or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise SvgFaultError("is not UTF-8")
    parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314 - its target refuses entities and instructions
    try:
        parser.feed(data)
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError) as error:
        raise SvgFaultError(f"is not valid SVG: {error}") from error
    if root.tag != f"{_SVG}svg":
        raise SvgFaultError("is not SVG")
    _Drawing(root).check()
    return root


class _Builder(ElementTree.TreeBuilder):
    """Builds the tree, refusing at once what must not be parsed to its end."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0

    def start(self, tag: Any, attrs: dict[Any, Any], /) -> ElementTree.Element:
        self._count += 1
        self._depth += 1
        if self._count > MOST_ELEMENTS:
            raise SvgFaultError(f"has more than {MOST_ELEMENTS:,} elements; simplify it")
        if self._depth > DEEPEST:
            raise SvgFaultError(f"is nested more than {DEEPEST} levels deep; simplify it")
        _check_element(tag, attrs)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, name: str, *_ids: str | None) -> None:
        raise SvgFaultError("declares a document type, which may hold entities; remove the line <!DOCTYPE …>")

    def pi(self, target: str, text: str | None = None, /) -> None:  # type: ignore[override]
        raise SvgFaultError(f"holds the instruction <?{target} …?>, which may load a style sheet; remove it")


def _check_element(tag: str, attributes: dict[str, str]) -> None:
    name = tag.removeprefix(_SVG)
    if name not in _TAGS:
        raise SvgFaultError(f"contains <{name.rpartition('}')[2]}>, which is not allowed; export it as plain SVG")
    for full_name, value in attributes.items():
        _check_attribute(_short_name(full_name), value.strip())


def _check_attribute(name: str, value: str) -> None:
    grammar = _GRAMMARS.get(name)
    if grammar is None:
        advice = " (write fill=, stroke= and so on instead)" if name == "style" else "; export it as plain SVG"
        raise SvgFaultError(f"contains the attribute {name}, which is not allowed{advice}")
    if not grammar.fullmatch(value):
        raise SvgFaultError(f'contains {name}="{value[:60]}", which is not allowed there')
    if name not in _NOT_NUMBERS:
        for number in _FIND_NUMBERS.findall(value):
            if not abs(float(number)) <= LARGEST_NUMBER:
                raise SvgFaultError(
                    f"contains the number {number[:20]} in {name}; at most {LARGEST_NUMBER:,.0f} is allowed"
                )


def _short_name(name: str) -> str:
    for namespace, prefix in _NAMESPACES.items():
        if name.startswith(namespace):
            return prefix + name.removeprefix(namespace)
    return name


@dataclass(slots=True)
class _Drawing:
    """What an image draws, with everything that it draws again by reference."""

    root: ElementTree.Element
    _by_id: dict[str, ElementTree.Element] = field(default_factory=dict)
    _drawn: dict[ElementTree.Element, int] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse references in a circle, and small images that are large to draw."""
        self._by_id.update((element.get("id", ""), element) for element in self.root.iter())
        self._by_id.pop("", None)
        self._count(self.root, frozenset())

    def _count(self, element: ElementTree.Element, above: frozenset[ElementTree.Element]) -> int:
        if element in above or len(above) > 4 * DEEPEST:
            raise SvgFaultError("refers to itself in a circle")
        if element not in self._drawn:
            above |= {element}
            parts = (*element, *(self._by_id[name] for name in _references(element) if name in self._by_id))
            total = 1
            for part in parts:
                total += self._count(part, above)
                if total > MOST_DRAWN:
                    raise SvgFaultError(f"draws more than {MOST_DRAWN:,} elements by reference; simplify it")
            self._drawn[element] = total
        return self._drawn[element]


def _references(element: ElementTree.Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if name != "id":
            for match in _FIND_REFERENCES.finditer(value.strip()):
                yield match[1] or match[2]
