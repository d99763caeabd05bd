"""Where a page of a list ends: the moment and the id of its last row, or a position."""

from datetime import datetime

from sqlalchemy import Column, and_, or_
from sqlalchemy.sql.elements import ColumnElement

from kernel.errors import Invalid, Problem, Text

_SEPARATOR = "~"
_LONGEST = 9  # digits of a position


def cursor_of(moment: datetime, identifier: str) -> str:
    return f"{moment.isoformat()}{_SEPARATOR}{identifier}"


def beyond(
    cursor: str | None, moment: Column[datetime], identifier: Column[str]
) -> ColumnElement[bool] | None:
    """Rows after the cursor in the order moment descending, id descending; None without a cursor. Raises
    Invalid for a cursor that `cursor_of` has not made."""
    if cursor is None:
        return None
    when, separator, last = cursor.partition(_SEPARATOR)
    try:
        at = datetime.fromisoformat(when)
    except ValueError as error:
        raise _unknown() from error
    if at.tzinfo is None or not separator or not last.isalnum() or not last.isascii():
        raise _unknown()
    return or_(moment < at, and_(moment == at, identifier < last))


def position_of(cursor: str | None) -> int:
    """The position that a list ended at; 0 without a cursor. Raises Invalid."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > _LONGEST:
        raise _unknown()
    return int(cursor)


def _unknown() -> Invalid:
    text = Text(
        "続きの位置（cursor）が正しくありません。一覧の最初から読み直してください。",
        "The cursor is not one that a list has given. Read the list from its beginning.",
    )
    return Invalid(text, (Problem("cursor", text),))
