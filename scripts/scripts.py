"""Found instead of the package `scripts` where a script is started by its path: says how it is started.

Python then looks for modules beside the script, where this is the one of that name, and not in the project's folder.
"""

import sys
from pathlib import Path

sys.exit(f"Run it from the project's folder, as a module: python -m scripts.{Path(sys.argv[0]).stem}")
