"""How much room is left on the disk of the home folder."""

import shutil
from pathlib import Path

LEAST_FREE = 500_000_000  # bytes; below it the next large upload may fill the disk


def free_space(folder: Path) -> int:
    """Bytes that are free where the folder lies."""
    return shutil.disk_usage(folder).free
