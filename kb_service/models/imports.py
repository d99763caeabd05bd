"""What was imported from where."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Imported:
    """An entry made from a file: natural key owner + path; `digest` is the SHA-256 of the file then."""

    owner: str
    path: str
    digest: str
    entry_id: str
    imported_at: datetime
