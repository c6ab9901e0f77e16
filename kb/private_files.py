"""Keeps what the product writes to itself: nobody but its user may read a file under `var_dir`."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

from kb.errors import OperatorError

OTHERS = 0o077
"""The permissions of group and others."""

_log = logging.getLogger(__name__)


def make_private(directory: Path) -> int:
    """Take from others what they may do with a directory and all that is in it, and return from how many things.

    Links are not followed. A directory that all may write to, such as /tmp, is somebody else's and stays as it is; what
    belongs to another user is named in the log.

    Raises:
        OperatorError: The directory cannot be made.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The directory {directory} cannot be made: {error.strerror}.", "set KB_VAR_DIR or make it writable."
        ) from error
    if directory.stat().st_mode & stat.S_ISVTX:
        _log.warning("%s is shared by all users of this machine; set KB_VAR_DIR to a directory of its own", directory)
        return 0
    _name_owner(directory)
    closed = int(close_to_others(directory))
    for place, folders, files in os.walk(directory):
        closed += sum(close_to_others(Path(place) / name) for name in (*folders, *files))
    return closed


def close_to_others(path: Path) -> bool:
    """Take from others what they may do with one file or directory, and return whether there was anything to take."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or not mode & OTHERS:
            return False
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:  # pruned meanwhile
        return False
    except OSError as error:
        _log.warning("%s can be read by others, and stays so: %s", path, error.strerror)
        return False
    return True


def _name_owner(directory: Path) -> None:
    owner = directory.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        _log.warning(
            "%s belongs to user %d, who cannot read what root writes there; run kb as that user", directory, owner
        )
