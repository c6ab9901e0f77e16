"""What the product is made of: pins it by hash, lists it, and looks for known faults in it.

``python -m scripts.supply_chain pin``    after a change of setup.cfg or constraints.txt: writes both kinds of pins anew
``python -m scripts.supply_chain sbom``   writes a list of all parts (CycloneDX, JSON) to the standard output
``python -m scripts.supply_chain audit``  asks the package index for advisories about what is installed to run

`constraints.txt` holds the versions and is what people edit. ``requirements/*.txt`` hold the same versions for every
platform and Python that we support, with the SHA-256 of each file that the index has; `scripts/setup` installs nothing
else. torch stands apart: its files for CPUs are in an index of their own, whose hashes are known as far as seen.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = "3.11.5"
BUILD_TOOLS = ("pip>=25", "setuptools>=77", "wheel>=0.45")
UNREACHABLE = 0.5
"""Share of packages that nothing could be learned of, from which on the index of advisories counts as away."""

_CUDA = re.compile(r"nvidia-|cuda-|triton$")
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
_HEADER = "# Made by `python -m scripts.supply_chain pin` from setup.cfg and constraints.txt; not to be edited.\n"
_VENDORED = re.compile(r"^[A-Z]+ = \"(?P<name>[^\"]+)@(?P<version>[0-9][^\"@]*)\"$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pinned:
    """One package of a file of requirements.

    Attributes:
        lines: As written there: version, condition, hashes.
    """

    name: str
    version: str
    lines: str


def read_pins(text: str) -> tuple[Pinned, ...]:
    """Return the packages of a file of requirements with hashes, or of constraints."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + text)
    found = ((block, _PIN.match(block)) for block in blocks)
    return tuple(
        Pinned(normal_name(match["name"]), match["version"], block.rstrip() + "\n") for block, match in found if match
    )


def normal_name(name: str) -> str:
    """Return a package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pin() -> None:
    """Write constraints and requirements anew; versions that are pinned stay."""
    REQUIREMENTS.mkdir(exist_ok=True)
    everything = _resolved("setup.cfg", "--extra", "dev")
    run = {each.name for each in _resolved("setup.cfg")}
    torch = [each for each in everything if each.name == "torch"]
    cuda = [each for each in everything if _CUDA.match(each.name)]
    others = [each for each in everything if each not in torch and each not in cuda]
    _write("run.txt", [each for each in others if each.name in run])
    _write("dev.txt", others)
    _write("torch.txt", torch)
    _write("torch-cpu.txt", [_for_cpus(each) for each in torch])
    _write("torch-cuda.txt", cuda)
    with tempfile.NamedTemporaryFile("w", suffix=".in", encoding="utf-8") as tools:
        tools.write("\n".join(BUILD_TOOLS))
        tools.flush()
        _write("build.txt", _resolved(tools.name))
    listed = "".join(f"{each.name}=={each.version}\n" for each in [*others, *torch])
    first = "# The versions that Dalil was tested with. After an edit: `python -m scripts.supply_chain pin`.\n"
    CONSTRAINTS.write_text(first + "".join(sorted(listed.splitlines(keepends=True))), "utf-8")


def _resolved(*sources: str) -> tuple[Pinned, ...]:
    options = ("--universal", "--generate-hashes", "--no-annotate", "--no-header", "--quiet")
    command = (sys.executable, "-m", "uv", "pip", "compile", *sources, "-c", str(CONSTRAINTS), *options)
    found = subprocess.run(
        [*command, "--python-version", OLDEST_PYTHON], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return read_pins(found.stdout)


def _for_cpus(torch: Pinned) -> Pinned:
    """Return the build for CPUs with the hashes that its file has for this version, and that of this machine's."""
    path, version = REQUIREMENTS / "torch-cpu.txt", f"{torch.version}+cpu"
    before = read_pins(path.read_text("utf-8")) if path.is_file() else ()
    kept = (re.findall(r"sha256:[0-9a-f]{64}", each.lines) for each in before if each.version == version)
    hashes = sorted({*chain.from_iterable(kept), *_cpu_build(version)})
    lines = " \\\n".join([f"torch=={version}", *(f"    --hash={each}" for each in hashes)]) + "\n"
    return Pinned("torch", version, lines)


def _cpu_build(version: str) -> Iterable[str]:
    index = "https://download.pytorch.org/whl/cpu"
    with tempfile.TemporaryDirectory() as directory:
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", directory)
        options = ("--retries", "0", "--timeout", "20", "--index-url", index, f"torch=={version}")
        subprocess.run([*command, *options], check=False, stderr=subprocess.DEVNULL)
        return [f"sha256:{hashlib.sha256(each.read_bytes()).hexdigest()}" for each in Path(directory).glob("*.whl")]


def _write(name: str, pins: Sequence[Pinned]) -> None:
    (REQUIREMENTS / name).write_text(_HEADER + "".join(each.lines for each in pins), "utf-8")


def sbom() -> dict[str, Any]:
    """Return the parts of an installed product as CycloneDX: Python packages, and what npm gave to the pages."""
    pins = "".join((REQUIREMENTS / name).read_text("utf-8") for name in ("run.txt", "torch.txt"))
    command = (sys.executable, "-m", "cyclonedx_py", "requirements", "-", "--output-reproducible", "--of", "JSON")
    made = subprocess.run(command, input=pins, capture_output=True, check=True, text=True)
    bom: dict[str, Any] = json.loads(made.stdout)
    from kb import __version__

    itself = {"bom-ref": "dalil", "type": "application", "name": "dalil", "version": __version__}
    bom["metadata"]["component"] = itself | {"licenses": [{"license": {"id": "MIT"}}]}
    vendored = (ROOT / "scripts" / "vendor_assets.py").read_text("utf-8")
    bom["components"] += [_npm(match["name"], match["version"]) for match in _VENDORED.finditer(vendored)]
    refs = [component["bom-ref"] for component in bom["components"]]
    bom["dependencies"] = [{"ref": "dalil", "dependsOn": sorted(refs)}, *({"ref": ref} for ref in sorted(refs))]
    return bom


def _npm(name: str, version: str) -> dict[str, str]:
    purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
    return {"bom-ref": purl, "type": "library", "name": name, "version": version, "purl": purl}


def audit() -> int:
    """Print the known faults of what is installed to run, and return how many; says so where nothing can be learned."""
    files = [part for name in ("run.txt", "torch.txt") for part in ("-r", str(REQUIREMENTS / name))]
    command = (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off")
    made = subprocess.run([*command, *files, "-f", "json"], capture_output=True, check=False, text=True)
    try:
        packages: list[Mapping[str, Any]] = json.loads(made.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (made.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"SKIPPED: advisories cannot be asked for: {last}")
        return 0
    return report(packages)


def report(packages: Sequence[Mapping[str, Any]]) -> int:
    """Print what pip-audit found and return the number of known faults."""
    unknown = [str(each["name"]) for each in packages if "skip_reason" in each]
    if not packages or len(unknown) > UNREACHABLE * len(packages):
        print(f"SKIPPED: nothing could be learned of {len(unknown)} of {len(packages)} packages: no advisories here.")
        return 0
    faults = [(each, fault) for each in packages for fault in each.get("vulns", ())]
    for each, fault in faults:
        mended = ", ".join(fault.get("fix_versions", ())) or "no version yet"
        print(f"{each['name']} {each['version']}: {fault['id']}, mended in {mended}")
    print(f"{len(packages) - len(unknown)} packages asked about, {len(unknown)} not known, {len(faults)} known faults.")
    return len(faults)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("pin", "sbom", "audit"))
    command = parser.parse_args().command
    if command == "audit":
        return min(audit(), 1)
    if command == "sbom":
        print(json.dumps(sbom(), ensure_ascii=False, indent=2))
    else:
        pin()
    return 0


if __name__ == "__main__":
    sys.exit(main())
