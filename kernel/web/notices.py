"""One-time notices that survive a redirect, in a cookie signed with a key of the running server."""

import base64
import binascii
import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kernel.identity.secrets import derived, same

NOTICE_COOKIE = "chienowa_notice"
LONGEST = 1000  # characters; a cookie holds about 4 KB


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind` is "success", "info", "warning" or "error"."""

    kind: str
    text: str


def put(response: Response, key: str, notice: Notice, secure: bool) -> None:
    """Shown on the next page that this visitor opens."""
    payload = json.dumps([notice.kind, notice.text[:LONGEST]], ensure_ascii=False)
    encoded = base64.urlsafe_b64encode(payload.encode()).decode()
    value = f"{encoded}.{derived(key, 'notice' + encoded)}"
    response.set_cookie(
        NOTICE_COOKIE, value, max_age=300, path="/", httponly=True, samesite="lax", secure=secure
    )


def take(request: Request, key: str) -> Notice | None:
    """The waiting notice, None when there is none or it is not ours (a restart changes the key)."""
    encoded, _, signature = request.cookies.get(NOTICE_COOKIE, "").partition(".")
    if not encoded or not same(signature, derived(key, "notice" + encoded)):
        return None
    try:
        kind, text = json.loads(base64.urlsafe_b64decode(encoded))
    except (ValueError, binascii.Error):
        return None
    return Notice(str(kind), str(text))


def forget(response: Response) -> None:
    response.delete_cookie(NOTICE_COOKIE, path="/")
