"""Lets `python -m kb.cli` stand for `kb`."""

import sys

from kb.cli import main

sys.exit(main())
