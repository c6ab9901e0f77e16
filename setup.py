"""Puts the sample articles into the package, where an installed `kb init` finds them; all else is in setup.cfg."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithSample(build_py):
    """Builds the packages and lays articles/ beside the command line that copies it."""

    def run(self) -> None:
        """Build; an editable install reads the articles of the checkout."""
        super().run()
        if not self.editable_mode:
            self.copy_tree("articles", str(Path(self.build_lib, "kb", "sample")))


setup(cmdclass={"build_py": BuildWithSample})
