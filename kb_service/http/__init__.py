"""The API of the knowledge bank, /api/v1."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from kb_service.http import attachments, entries, history, lists, searching, work
from kb_service.http.bank import Bank
from kernel.web import Web

__all__ = ["UPLOADS", "Bank", "build_router"]

UPLOADS = (r"/api/v1/entries/[^/]+/attachments",)  # paths that take files


def build_router(bank: Bank, web: Web) -> APIRouter:
    """All endpoints; mounted on the app as it is."""
    router = APIRouter(prefix="/api/v1")
    for module in (lists, entries, history, attachments, searching, work):
        router.include_router(module.build(bank, web), generate_unique_id_function=_operation)
    return router


def _operation(route: APIRoute) -> str:
    """The operationId: list_entries becomes listEntries."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
