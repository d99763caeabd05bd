"""Cursors that clients hand back as they got them, and the Link header (RFC 8288) of the next page."""

import base64
import binascii

from starlette.requests import Request

from kernel.errors import Invalid, Problem, Text


def cursor_out(cursor: str | None) -> str | None:
    """A service's cursor as clients see it."""
    return None if cursor is None else base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")


def cursor_in(given: str | None) -> str | None:
    """The inverse. Raises Invalid for what no list has given."""
    if not given:
        return None
    try:
        decoded = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        return decoded.decode("ascii")
    except (binascii.Error, UnicodeError, ValueError) as error:
        text = Text(
            "続きの位置（cursor）が正しくありません。一覧の最初から読み直してください。",
            "The cursor is not one that a list has given. Read the list from its beginning.",
        )
        raise Invalid(text, (Problem("cursor", text),)) from error


def link_next(request: Request, cursor: str | None) -> dict[str, str]:
    """Headers that point to the next page: the same address with the client's cursor; none at the end."""
    if cursor is None:
        return {}
    address = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{address.path}?{address.query}>; rel="next"'}
