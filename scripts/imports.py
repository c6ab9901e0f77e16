"""Draws who imports whom: at each level the children of one package, each above everything that it imports.

Imports inside functions and those for types alone count like the others: they are known before the file is run.

    python -m scripts.imports [PACKAGE]
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("kb", "indexer", "search", "web", "scripts")

# The command line sees everything and nothing sees it; in the picture of the whole it stands beside the packages.
ENTRY_POINT = "kb.cli"

Imports = Mapping[str, frozenset[str]]
"""What each module imports, both by full name; a package is named after its `__init__`, `kb.__init__`."""


def sources(root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    """Yield the product's modules: path from the root, and syntax tree."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_text("utf-8"))


def imports_among(modules: Iterable[tuple[str, ast.Module]]) -> Imports:
    """Return what modules import of each other."""
    trees = {path.removesuffix(".py").replace("/", "."): tree for path, tree in modules}
    return {name: frozenset(_imported(tree, trees.keys())) - {name} for name, tree in trees.items()}


def _imported(tree: ast.Module, modules: Container[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = [f"{node.module}.{alias.name}" for alias in node.names]
            inner = [member for member in members if member in modules or f"{member}.__init__" in modules]
            names = [*inner, *([node.module] if len(inner) < len(members) else [])]
        yield from (found for name in names for found in (name, f"{name}.__init__") if found in modules)


def levels(imports: Imports) -> Iterator[tuple[str, Imports]]:
    """Yield the name of each package and what its children import of each other; first the whole, without a name."""
    yield "", _level(imports, "")
    for package in sorted(name.removesuffix(".__init__") for name in imports if name.endswith(".__init__")):
        yield package, _level(imports, f"{package}.")


def layers(level: Imports) -> tuple[tuple[str, ...], ...]:
    """Return the names of a level from top to bottom; none imports another of its own layer or of one above.

    Raises:
        CycleError: Its second argument names the members of a circle.
    """
    sorter = TopologicalSorter({name: sorted(level[name]) for name in sorted(level)})
    sorter.prepare()
    found: list[tuple[str, ...]] = []
    while ready := sorter.get_ready():
        found.append(tuple(sorted(ready)))
        sorter.done(*ready)
    return tuple(reversed(found))


def picture(package: str, level: Imports) -> str:
    """Return a level as text in which every arrow points down."""
    lines = [package or "the whole"]
    for layer in layers(level):
        lines += [f"    {name}{' -> ' if level[name] else ''}{' '.join(sorted(level[name]))}" for name in layer]
    return "\n".join(lines)


def _level(imports: Imports, prefix: str) -> Imports:
    inside = {name: _child(name, prefix) for name in imports if name.startswith(prefix)}
    found: dict[str, set[str]] = defaultdict(set)
    for name, child in inside.items():
        found[child] |= {inside[other] for other in imports[name] if other in inside} - {child}
    return {name: frozenset(others) for name, others in found.items()}


def _child(name: str, prefix: str) -> str:
    if not prefix and name.startswith(f"{ENTRY_POINT}."):
        return ENTRY_POINT
    return name.removeprefix(prefix).split(".")[0]


def main() -> None:
    """Print the picture; exit with 1 where there is a circle."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", nargs="?", help="draw this package only, such as kb.contact")
    wanted = parser.parse_args().package
    circles = 0
    for package, level in levels(imports_among(sources())):
        if wanted in {None, package}:
            try:
                print(picture(package, level), end="\n\n")
            except CycleError as error:
                circles += 1
                print(f"{package or 'the whole'}: circle {' <- '.join(error.args[1])}", end="\n\n")
    sys.exit(bool(circles))


if __name__ == "__main__":
    main()
