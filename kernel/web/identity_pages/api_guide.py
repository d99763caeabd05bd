"""The API on one page, from the application's own OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kernel.identity.models import Actor
from kernel.identity.service import Accounts
from kernel.web.web import Web


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the page."""

    method: str
    path: str
    summary: str
    description: str


def build_router(web: Web, accounts: Accounts) -> APIRouter:  # noqa: ARG001  one shape for all parts
    router = APIRouter()

    @router.get("/api/docs")
    def guide(request: Request, _actor: Actor = Depends(web.page_actor)) -> Response:
        document = request.app.openapi()
        return web.render(
            request,
            "kernel/api_guide.html",
            groups=operations(document),
            document=request.app.openapi_url,
            base=str(request.base_url).rstrip("/"),
        )

    return router


def operations(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Tag → operations, in the order of the document."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            groups.setdefault(tag, []).append(
                Operation(
                    method.upper(), path, operation.get("summary", ""), operation.get("description", "")
                )
            )
    return groups
