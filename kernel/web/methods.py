"""Which methods an address takes. Starlette answers 405 with those of the first route only."""

from starlette.requests import Request
from starlette.routing import Match, Route


def allowed(request: Request) -> str:
    """The Allow header of the request's address: the methods of all routes with this path."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.methods and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods
    return ", ".join(sorted(methods))
