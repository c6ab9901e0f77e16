"""The boundaries of docs/ARCHITECTURE.md: who imports whom, where heavy libraries live, how large things grow."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from scripts.imports import PACKAGES, ROOT, imports_among, layers, levels, sources

# Each package, or room of one, with what it may import of the others; the narrowest name that fits a module counts.
ALLOWED_IMPORTS = {
    "kb": {"kb"},
    "indexer.articles": {"kb", "indexer.articles"},
    "indexer.parts": {"kb", "indexer.parts"},
    "indexer.build": {"kb", "indexer"},
    "search": {"kb", "indexer.parts", "search"},
    "web": {"kb", "search", "web"},
    "scripts": {"kb", "indexer", "search", "web", "scripts"},
}

HOMES = {
    "faiss": {"indexer/parts/vector_index.py"},
    "whoosh": {"indexer/parts/phrase_index.py"},
    "camel_tools": {"kb/language/morphology.py", "kb/language/normalise.py"},
    "sentence_transformers": {"kb/embedding/sentence_transformer.py"},
    "torch": {"kb/embedding/sentence_transformer.py"},
    "transformers": {"kb/embedding/sentence_transformer.py"},
    "onnxruntime": {"kb/embedding/onnx.py"},
    "tokenizers": {"kb/embedding/onnx.py"},
    "markdown": {"indexer/articles/markdown_reader.py"},
    "mdit_py_plugins": {"indexer/articles/markdown_grammar.py"},
    # Its tokens are what these hand on to each other.
    "markdown_it": {
        "indexer/articles/bare_addresses.py",
        "indexer/articles/left_markup.py",
        "indexer/articles/markdown_checks.py",
        "indexer/articles/markdown_grammar.py",
        "indexer/articles/markdown_notes.py",
        "indexer/articles/markdown_tree.py",
    },
    "nh3": {"indexer/articles/sanitise.py"},
}

MODULE_LINES = 400
FUNCTION_LINES = 60


MODULES = tuple(sources())


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, node.lineno


def package_of(path: str) -> str:
    # The command line and the scripts are entry points: they see everything and nothing sees them.
    return "scripts" if path.startswith(("kb/cli/", "scripts/")) else path.split("/")[0]


def allowed_in(path: str) -> set[str]:
    if package_of(path) == "scripts":
        return ALLOWED_IMPORTS["scripts"]
    module = path.removesuffix(".py").replace("/", ".")
    return ALLOWED_IMPORTS[max((name for name in ALLOWED_IMPORTS if is_within(module, name)), key=len, default="kb")]


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_packages_import_only_downwards() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path, tree in MODULES
        for name, line in imported(tree)
        if name.split(".")[0] in PACKAGES and not any(is_within(name, allowed) for allowed in allowed_in(path))
    ]
    assert wrong == []


def test_no_package_imports_in_a_circle_at_any_level() -> None:
    """Neither its sub-packages nor its modules, not even inside functions or for types alone."""
    imports = imports_among(MODULES)
    assert "kb.contact.dispatch" in imports["web.opening"]
    for _, level in levels(imports):
        layers(level)


def test_nothing_imports_an_entry_point() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path, tree in MODULES
        for name, line in imported(tree)
        if package_of(path) != "scripts" and (name.startswith(("kb.cli", "scripts")))
    ]
    assert wrong == []


def test_each_heavy_library_has_one_home() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path, tree in MODULES
        for name, line in imported(tree)
        if (homes := HOMES.get(name.split(".")[0])) and path not in homes and not path.startswith("scripts/")
    ]
    assert wrong == []


def test_heavy_libraries_are_imported_when_used() -> None:
    wrong = [
        f"{path}:{line} imports {name} at import time"
        for path, tree in MODULES
        for statement in tree.body
        for name, line in imported(statement)
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.Try)
        and name.split(".")[0] in HOMES
        and not path.startswith("scripts/")
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["web", "web.app", "search.serving.service", "indexer.build.pipeline", "kb.cli"])
def test_importing_a_package_loads_no_heavy_library(name: str) -> None:
    program = f"import sys, {name}; print(*sorted({set(HOMES)!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert loaded.stdout.split() == []


def test_modules_stay_small() -> None:
    large = [
        f"{path}: {lines} lines"
        for path, _ in MODULES
        if (lines := len((ROOT / path).read_text("utf-8").splitlines())) > MODULE_LINES
    ]
    assert large == []


def test_functions_stay_small() -> None:
    large = [
        f"{path}:{node.lineno} {node.name}: {length} lines"
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.body[0].lineno + 1) > FUNCTION_LINES
    ]
    assert large == []


def test_every_public_name_is_documented() -> None:
    missing = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in MODULES
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert missing == []
