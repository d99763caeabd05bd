"""Addresses to go to next: only paths of this site."""

from urllib.parse import quote, urlsplit

from starlette.requests import Request


def local_path(address: str | None, otherwise: str = "/") -> str:
    """`address` when it is a path of this site, else `otherwise`. Backslashes and control characters are
    refused because browsers read "/\\\\host" as "//host"."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return otherwise
    if "\\" in address or any(ord(character) < 0x20 for character in address):
        return otherwise
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else otherwise


def here(request: Request) -> str:
    """The path and query that were asked for."""
    query = request.url.query
    return quote(request.url.path) + (f"?{query}" if query else "")


def came_from(request: Request) -> str:
    """The page of this site whose form was sent, so that after a new log-in its kept draft is offered there."""
    try:
        sender = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # an address that is none, for example "http://["
        return "/"
    if sender.netloc != request.url.netloc:
        return "/"
    return local_path(sender.path + (f"?{sender.query}" if sender.query else ""))


class SeeOther(Exception):
    """Raised by a dependency to send the browser elsewhere (303)."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address
