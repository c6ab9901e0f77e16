"""Fetches fonts, icons and the chart library from npm at pinned versions: ``python -m scripts.vendor_assets``.

The results are committed, so that neither installing nor serving needs npm. npm itself verifies each package against
the integrity digest of its registry.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

STATIC = Path(__file__).parent.parent / "web" / "static"

ARABIC = "@fontsource/ibm-plex-sans-arabic@5.3.0"
LATIN = "@fontsource-variable/ibm-plex-sans@5.3.0"
MONO = "@fontsource/ibm-plex-mono@5.3.0"
LUCIDE = "lucide-static@1.62.0"
CHARTS = "chart.js@4.6.1"

FONTS = {
    ARABIC: {
        f"files/ibm-plex-sans-arabic-arabic-{w}-normal.woff2": f"plex-arabic-{w}.woff2" for w in (400, 500, 600, 700)
    },
    LATIN: {
        "files/ibm-plex-sans-latin-wght-normal.woff2": "plex-latin.woff2",
        "files/ibm-plex-sans-latin-wght-italic.woff2": "plex-latin-italic.woff2",
    },
    MONO: {"files/ibm-plex-mono-latin-400-normal.woff2": "plex-mono.woff2"},
}

# The map is not served; a browser's tools would ask for it in vain.
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)

# Those that pages use and a broad choice for categories; `docs/WEB.md` tells how to add one.
ICONS = """
archive arrow-down arrow-left arrow-right arrow-up arrow-up-right badge-percent bell book-open building-2 calendar
calendar-days camera chart-column chart-line check chevron-down chevron-left chevron-right chevron-up circle-check
circle-question-mark circle-user-round circle-x clipboard-list clock compass copy corner-down-left credit-card download
ellipsis external-link eye file-text flag folder funnel gift git-compare globe graduation-cap hash headset heart
heart-handshake history house image inbox info key-round languages life-buoy lightbulb link list loader-circle lock
lock-open log-in log-out mail map-pin menu message-circle message-square-text minus monitor moon newspaper
octagon-alert package paperclip pencil percent phone pin plus printer receipt-text refresh-cw rss save search send
settings shield-check shopping-cart sliders-horizontal smartphone sparkles star store sun tablet tag thumbs-down
thumbs-up ticket trash-2 triangle-alert truck undo-2 upload user users wallet wrench x zap
""".split()


def main() -> int:
    """Replace the committed fonts, icons and chart library by those of the pinned packages."""
    with tempfile.TemporaryDirectory() as directory:
        for package, files in FONTS.items():
            unpacked = _unpack(package, Path(directory))
            for source, target in files.items():
                (STATIC / "fonts" / target).write_bytes((unpacked / source).read_bytes())
            licence = f"LICENSE-{package.split('/')[1].split('@')[0]}.txt"
            (STATIC / "fonts" / licence).write_bytes((unpacked / "LICENSE").read_bytes())
        lucide = _unpack(LUCIDE, Path(directory))
        (STATIC / "icons.svg").write_text(_sprite(lucide / "icons"), "utf-8")
        (STATIC / "icons-LICENSE.txt").write_bytes((lucide / "LICENSE").read_bytes())
        charts = _unpack(CHARTS, Path(directory))
        script = (charts / "dist" / "chart.umd.min.js").read_text("utf-8")
        (STATIC / "vendor" / "chart.umd.min.js").write_text(SOURCE_MAP.sub("", script), "utf-8")
        (STATIC / "vendor" / "LICENSE-chart.js.txt").write_bytes((charts / "LICENSE.md").read_bytes())
    print(f"Wrote {STATIC / 'fonts'}, {STATIC / 'vendor'} and {STATIC / 'icons.svg'}")
    return 0


def _unpack(package: str, directory: Path) -> Path:
    target = Path(tempfile.mkdtemp(dir=directory))
    packed = subprocess.run(
        ["npm", "pack", package, "--silent"], cwd=target, check=True, capture_output=True, text=True
    ).stdout.strip()
    with tarfile.open(target / packed) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def _sprite(icons: Path) -> str:
    symbols = []
    for name in ICONS:
        text = (icons / f"{name}.svg").read_text("utf-8")
        body = re.sub(r"\s+", " ", text.split(">", 2)[2].rsplit("</svg>", 1)[0]).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    notice = f"<!-- {LUCIDE}, ISC licence: icons-LICENSE.txt -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{notice}\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    sys.exit(main())
