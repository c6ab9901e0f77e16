"""Lists what people start: each script with the first line of what it says about itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


def entries() -> Iterator[tuple[str, str]]:
    """Yield how each script is started, and what it does."""
    for path in sorted(FOLDER.iterdir()):
        if path.suffix == ".py" and not path.stem.startswith("__"):
            text = path.read_text("utf-8")
            if 'if __name__ == "__main__"' in text:
                yield f"python -m scripts.{path.stem}", (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        elif path.is_file() and not path.suffix:
            yield f"scripts/{path.name}", path.read_text("utf-8").splitlines()[1].removeprefix("# ")


if __name__ == "__main__":
    for command, summary in entries():
        print(f"{command:<38} {summary}")
